"""Trunks, their DOD bindings, and what a trunk looked like before."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunks.models.fetch import Fetch
from trunks.models.pbx import Pbx


class TrunkKind(models.TextChoices):
    """The kinds that the API documents; a PBX may report others, which are kept as they come."""

    REGISTER = "register", _("Register")
    PEER = "peer", _("Peer")
    ACCOUNT = "account", _("Account")


# Which fields the API documents for a kind (help.yeastar.com, S-Series API v2, siptrunk-query).
FIELDS_OF_KIND: dict[str, frozenset[str]] = {
    TrunkKind.REGISTER: frozenset(
        {"host", "port", "domain", "username", "authname", "fromuser", "password"}
    ),
    TrunkKind.PEER: frozenset({"host", "port", "domain"}),
    TrunkKind.ACCOUNT: frozenset({"username", "authname", "password"}),
}


class TrunkTotals(NamedTuple):
    """How many trunks of a kind a PBX has, with how many DOD bindings; of all kinds when kind is empty."""

    pbx_id: int
    kind: str
    trunks: int
    dods: int


class TrunkQuerySet(models.QuerySet["Trunk"]):
    """Named reads over trunks."""

    def present(self) -> TrunkQuerySet:
        """Those that their PBX still reported when last asked."""
        return self.filter(removed_at=None)

    def with_pbx(self) -> TrunkQuerySet:
        """Bring the PBX of each row along."""
        return self.select_related("pbx")

    def totals_by_pbx(self) -> list[TrunkTotals]:
        """Count trunks and their DOD bindings for each PBX that has any, in one query."""
        rows = self.order_by().values_list("pbx_id").annotate(Count("id"), Sum("dod_count"))
        return [TrunkTotals(pbx_id, "", trunks, dods) for pbx_id, trunks, dods in rows]

    def totals_by_pbx_and_kind(self) -> list[TrunkTotals]:
        """Count trunks and their DOD bindings for each PBX and kind, in one query."""
        rows = self.order_by().values_list("pbx_id", "kind").annotate(Count("id"), Sum("dod_count"))
        return [TrunkTotals(*row) for row in rows]


class Trunk(models.Model):
    """One SIP trunk as its PBX last reported it. A field that the answer did not have is null."""

    pbx = models.ForeignKey(Pbx, on_delete=models.CASCADE, related_name="trunks")
    remote_id = models.CharField(_("id"), max_length=40)
    name = models.CharField(_("name"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    host = models.CharField(_("host"), max_length=300, null=True)  # noqa: DJ001  null: not reported
    port = models.CharField(_("port"), max_length=40, null=True)  # noqa: DJ001
    domain = models.CharField(_("domain"), max_length=300, null=True)  # noqa: DJ001
    username = models.CharField(_("username"), max_length=300, null=True)  # noqa: DJ001
    authname = models.CharField(_("authentication name"), max_length=300, null=True)  # noqa: DJ001
    fromuser = models.CharField(_("From user"), max_length=300, null=True)  # noqa: DJ001
    # Null: not reported; empty: an empty password; otherwise a keyed fingerprint, never the password.
    password_fingerprint = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    extensions_dod = models.TextField(null=True)  # noqa: DJ001  the raw text, as reported
    groups_dod = models.TextField(null=True)  # noqa: DJ001
    dod_count = models.PositiveIntegerField(_("DOD bindings"), default=0)
    digest = models.CharField(max_length=64, editable=False)
    search_name = models.CharField(max_length=500, editable=False)
    search_text = models.TextField(editable=False)
    first_seen = models.DateTimeField(_("first seen"))
    observed_at = models.DateTimeField(_("fetched"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    objects = TrunkQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("trunk")
        verbose_name_plural = _("trunks")
        constraints = [
            models.UniqueConstraint(fields=["pbx", "remote_id"], name="one_trunk_per_remote_id")
        ]
        indexes = [models.Index(fields=["name", "id"], name="trunk_by_name")]

    def __str__(self) -> str:
        return self.name or self.remote_id

    def get_absolute_url(self) -> str:
        return reverse("trunk", args=[self.pbx.slug, self.remote_id])

    def applies(self, field: str) -> bool:
        """Tell whether this kind of trunk has the field; of an unknown kind nothing is ruled out."""
        return self.kind not in FIELDS_OF_KIND or field in FIELDS_OF_KIND[self.kind]


class TargetKind(models.TextChoices):
    """Who shows a DOD number."""

    EXTENSION = "extension", _("Extension")
    GROUP = "group", _("Extension group")


class DodIssue(models.TextChoices):
    """What is uncertain about how a piece of a DOD text was read."""

    NONE = "none", _("None")
    AMBIGUOUS = "ambiguous", _("Ambiguous")
    MALFORMED = "malformed", _("Malformed")
    ODD_TARGET = "odd-target", _("Odd target")


class DodBindingQuerySet(models.QuerySet["DodBinding"]):
    """Named reads over DOD bindings."""

    def present(self) -> DodBindingQuerySet:
        """Those of trunks that still exist."""
        return self.filter(trunk__removed_at=None)

    def with_trunk(self) -> DodBindingQuerySet:
        """Bring trunk and PBX of each row along."""
        return self.select_related("trunk__pbx")

    def distinct_numbers(self) -> int:
        """Count the numbers that are bound, each once."""
        found = self.exclude(number="").aggregate(numbers=Count("number", distinct=True))
        return int(found["numbers"])


class DodBinding(models.Model):
    """One piece of a trunk's DOD text: this number is shown for that extension or extension group."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="bindings")
    target_kind = models.CharField(_("bound to"), max_length=9, choices=TargetKind)
    position = models.PositiveIntegerField()
    number = models.CharField(_("DOD number"), max_length=500, blank=True)
    # The digits of the number alone, by which it is found however it is written.
    digits = models.CharField(max_length=500, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=500, blank=True)
    target = models.CharField(_("extension or group"), max_length=500, blank=True)
    raw = models.TextField(_("as reported"))
    issue = models.CharField(_("issue"), max_length=10, choices=DodIssue, default=DodIssue.NONE)
    search_text = models.TextField(editable=False)

    objects = DodBindingQuerySet.as_manager()

    class Meta:
        ordering = ["number", "id"]
        verbose_name = _("DOD binding")
        verbose_name_plural = _("DOD bindings")
        constraints = [
            models.UniqueConstraint(
                fields=["trunk", "target_kind", "position"], name="one_binding_per_position"
            )
        ]
        indexes = [
            models.Index(fields=["number", "id"], name="dod_by_number"),
            models.Index(fields=["issue", "id"], name="dod_by_issue"),
        ]

    def __str__(self) -> str:
        return self.raw


class TrunkVersion(models.Model):
    """What a trunk looked like from one moment to another; `valid_to` is null for now."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    # The reported fields and the password's fingerprint; no secret.
    fields = models.JSONField()
    digest = models.CharField(max_length=64)
    fetch = models.ForeignKey(Fetch, null=True, on_delete=models.SET_NULL, related_name="+")

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
