"""Trunks, and what a trunk looked like before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Case, Count, Prefetch, Q, Sum, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trunks.models.fetch import Fetch
from trunks.models.pbx import Pbx
from trunks.models.pbx_state import stale_before, troubles
from trunks.models.registration import registration_rank
from trunks.models.site_limit import Sight
from trunks.models.supplement import Supplement


class TrunkKind(models.TextChoices):
    """The kinds that the API documents; a PBX may report others, which are kept as they come."""

    REGISTER = "register", pgettext_lazy("kind of trunk", "Register")
    PEER = "peer", pgettext_lazy("kind of trunk", "Peer")
    ACCOUNT = "account", pgettext_lazy("kind of trunk", "Account")


# Which fields the API documents for a kind (help.yeastar.com, S-Series API v2, siptrunk-query).
FIELDS_OF_KIND: dict[str, frozenset[str]] = {
    TrunkKind.REGISTER: frozenset(
        {"host", "port", "domain", "username", "authname", "fromuser", "password"}
    ),
    TrunkKind.PEER: frozenset({"host", "port", "domain"}),
    TrunkKind.ACCOUNT: frozenset({"username", "authname", "password"}),
}


class TrunkState(models.TextChoices):
    """What to beware of in a trunk's details, worst first."""

    REMOVED = "removed", _("Removed")
    DISABLED = "disabled", _("PBX disabled")
    BLOCKED = "blocked", _("Log-in stopped")
    FAILING = "failing", _("PBX not answering")
    HELD = "held", _("Answer held back")
    STALE = "stale", _("Stale")
    FRESH = "fresh", _("Up to date")


# Of the states of a PBX, those that its trunks share; each trunk has an age of its own.
_OF_THE_PBX = {TrunkState.DISABLED, TrunkState.BLOCKED, TrunkState.FAILING, TrunkState.HELD}


def _severity() -> Case:
    """Return the place of `Trunk.state` among the states as an expression over trunks, 0 for the worst."""
    states = [(Q(removed_at__isnull=False), TrunkState.REMOVED)]
    states += [(condition, TrunkState(state.value)) for condition, state in troubles("pbx__")]
    states += [(Q(observed_at__lt=stale_before()), TrunkState.STALE)]
    places = list(TrunkState)
    whens = [When(condition, then=Value(places.index(state))) for condition, state in states]
    return Case(*whens, default=Value(places.index(TrunkState.FRESH)))


def _with_registrations() -> Prefetch[str, models.QuerySet[Supplement], str]:
    """Bring along when and with what success a PBX was last asked for registration states."""
    told = Supplement.objects.filter(kind=Supplement.Kind.REGISTRATION).defer("data")
    return Prefetch("pbx__supplements", queryset=told)


class TrunkTotals(NamedTuple):
    """How many trunks of a kind a PBX has, with how many DOD bindings; of all kinds when kind is empty."""

    pbx_id: int
    kind: str
    trunks: int
    dods: int


class TrunkQuerySet(models.QuerySet["Trunk"]):
    """Named reads over trunks."""

    def in_sight(self, sight: Sight) -> TrunkQuerySet:
        """Those of PBXs that a person may see."""
        return self if sight.pbxs is None else self.filter(pbx__in=sight.pbxs)

    def present(self) -> TrunkQuerySet:
        """Those that their PBX still reported when last asked."""
        return self.filter(removed_at=None)

    def with_pbx(self) -> TrunkQuerySet:
        """Bring the PBX of each row along."""
        return self.select_related("pbx")

    def to_compare(self) -> models.QuerySet[Trunk, tuple[int, int, str, str, bool]]:
        """Bring only what tells whether an answer says something new; `StoredTrunk` names the values."""
        is_removed = models.ExpressionWrapper(
            Q(removed_at__isnull=False), output_field=models.BooleanField()
        )
        return self.order_by().values_list("pk", "pbx_id", "remote_id", "digest", is_removed)

    def to_sort(self) -> TrunkQuerySet:
        """Work out what a list can be sorted by beside its fields; `severity` sorts by `Trunk.state`."""
        return self.annotate(severity=_severity(), registration_rank=registration_rank())

    def for_table(self) -> TrunkQuerySet:
        """Bring along what a row shows, without the long texts."""
        return (
            self.with_pbx()
            .defer("search_text", "extensions_dod", "groups_dod", "pbx__secret", "pbx__notes")
            .annotate(dods_reported=Q(extensions_dod__isnull=False) | Q(groups_dod__isnull=False))
            .prefetch_related(_with_registrations())
        )

    def for_page(self) -> TrunkQuerySet:
        """Bring along what the page of one trunk shows."""
        return (
            self.select_related("pbx__last_fetch", "pbx__held_answer")
            .defer("search_text", "pbx__secret", "pbx__held_answer__trunks")
            .prefetch_related(_with_registrations())
        )

    def bindings_in_all(self) -> int:
        """Count the DOD bindings of these trunks."""
        return int(self.aggregate(bindings=Sum("dod_count"))["bindings"] or 0)

    def totals(self) -> tuple[int, int]:
        """Count trunks and their DOD bindings, in one query that an index answers."""
        counted = self.order_by().aggregate(trunks=Count("id"), dods=Sum("dod_count"))
        return counted["trunks"], counted["dods"] or 0

    def counts_by_pbx(self) -> dict[int, int]:
        """Count the trunks of each PBX that has any, in one query."""
        return dict(self.order_by().values_list("pbx_id").annotate(Count("id")))

    def totals_by_pbx_and_kind(self) -> list[TrunkTotals]:
        """Count trunks and their DOD bindings for each PBX and kind, in one query."""
        rows = self.order_by().values_list("pbx_id", "kind").annotate(Count("id"), Sum("dod_count"))
        return [TrunkTotals(*row) for row in rows]


class Trunk(models.Model):
    """One SIP trunk as its PBX last reported it. A field that the answer did not have is null.

    The client refuses fields of more than 500 characters, so that every text fits.
    """

    pbx = models.ForeignKey(Pbx, on_delete=models.CASCADE, related_name="trunks")
    remote_id = models.CharField(_("id"), max_length=500)
    name = models.CharField(_("name"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=500, blank=True)
    host = models.CharField(_("host"), max_length=500, null=True)  # noqa: DJ001  null: not reported
    port = models.CharField(_("port"), max_length=500, null=True)  # noqa: DJ001
    domain = models.CharField(_("domain"), max_length=500, null=True)  # noqa: DJ001
    username = models.CharField(_("username"), max_length=500, null=True)  # noqa: DJ001
    authname = models.CharField(_("authentication name"), max_length=500, null=True)  # noqa: DJ001
    fromuser = models.CharField(_("From user"), max_length=500, null=True)  # noqa: DJ001
    # Null: not reported; empty: an empty password; otherwise a keyed fingerprint, never the password.
    password_fingerprint = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    extensions_dod = models.TextField(null=True)  # noqa: DJ001  the raw text, as reported
    groups_dod = models.TextField(null=True)  # noqa: DJ001
    dod_count = models.PositiveIntegerField(_("DOD bindings"), default=0)
    # The PBX's own word, as it wrote it; empty: not reported. It comes and goes, so no version keeps it.
    registration = models.CharField(_("registration"), max_length=100, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    search_name = models.TextField(editable=False)
    search_text = models.TextField(editable=False)
    first_seen = models.DateTimeField(_("first seen"))
    observed_at = models.DateTimeField(_("fetched"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    objects = TrunkQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("trunk")
        verbose_name_plural = _("trunks")
        permissions = [("reveal_sip_password", "Can see a SIP password once")]
        constraints = [
            models.UniqueConstraint(fields=["pbx", "remote_id"], name="one_trunk_per_remote_id")
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="trunk_by_name"),
            models.Index(fields=["search_name", "id"], name="trunk_by_search_name"),
            models.Index(fields=["pbx", "search_name", "id"], name="trunk_by_pbx_and_name"),
            models.Index(fields=["observed_at", "id"], name="trunk_by_age"),
            models.Index(Lower("kind"), "id", name="trunk_by_kind"),
            models.Index(
                fields=["removed_at"], name="removed_trunks", condition=Q(removed_at__isnull=False)
            ),
            # What is counted on every page, without a look at the rows.
            models.Index(
                fields=["pbx", "kind", "dod_count"],
                name="present_trunks",
                condition=Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.remote_id

    def get_absolute_url(self) -> str:
        return reverse("trunk", args=[self.pbx.slug, self.remote_id])

    def applies(self, field: str) -> bool:
        """Tell whether this kind of trunk has the field; of an unknown kind nothing is ruled out."""
        return self.kind not in FIELDS_OF_KIND or field in FIELDS_OF_KIND[self.kind]

    @property
    def endpoint(self) -> str:
        """Host and port in one text; empty without a host."""
        if not self.host or not self.port:
            return self.host or ""
        is_bare_ipv6 = ":" in self.host and not self.host.startswith("[")
        return f"[{self.host}]:{self.port}" if is_bare_ipv6 else f"{self.host}:{self.port}"

    @property
    def state(self) -> TrunkState:
        """The worst thing to beware of; looks at the PBX too."""
        if self.removed_at is not None:
            return TrunkState.REMOVED
        if self.pbx.state.value in _OF_THE_PBX:
            return TrunkState(self.pbx.state.value)
        return TrunkState.STALE if self.observed_at < stale_before() else TrunkState.FRESH

    @property
    def registration_told(self) -> Supplement | None:
        """The asking that `registration` came from; costs no query on a trunk for a table or its page."""
        asked = self.pbx.supplements.all()
        return next((one for one in asked if one.kind == Supplement.Kind.REGISTRATION), None)

    @property
    def reports_dods(self) -> bool:
        """Tell whether the answer had DOD bindings at all; none is an answer too."""
        return self.extensions_dod is not None or self.groups_dod is not None

    @property
    def may_be_fetched(self) -> bool:
        """Tell whether asking the PBX for this trunk makes sense."""
        return self.removed_at is None and self.pbx.enabled


class TrunkVersionQuerySet(models.QuerySet["TrunkVersion"]):
    """Named reads over versions."""

    def as_of(self, moment: datetime) -> TrunkVersionQuerySet:
        """Those that trunks had at a moment, at most one of each."""
        ended_later = Q(valid_to=None) | Q(valid_to__gt=moment)
        return self.filter(ended_later, valid_from__lte=moment)

    def of_trunks(self, ids: Collection[int]) -> TrunkVersionQuerySet:
        """Those of these trunks."""
        return self.filter(trunk__in=ids)


class TrunkVersion(models.Model):
    """What a trunk looked like from one moment to another; `valid_to` is null for now."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    # The reported fields and the password's fingerprint; no secret.
    fields = models.JSONField()
    digest = models.CharField(max_length=64)
    fetch = models.ForeignKey(Fetch, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = TrunkVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]
        verbose_name = _("trunk version")
        constraints = [
            models.UniqueConstraint(
                fields=["trunk"], condition=Q(valid_to=None), name="one_open_version_per_trunk"
            )
        ]

    def __str__(self) -> str:
        return f"{self.trunk_id} from {self.valid_from:%Y-%m-%d %H:%M}"
