"""PBXs and the tests of their connections."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from trunks.addresses import authority_of
from trunks.keyring import SecretUnavailable, keyring
from trunks.models.pbx_state import PbxState, severity_in_sql, stale_before, state_in_sql
from trunks.models.sealed import SealedTextField
from trunks.models.site_limit import Sight

DEFAULT_API_PATH = "api/v2.0.0"


class Trust(models.TextChoices):
    """How we know that the other end is the PBX."""

    SYSTEM = "system", _("Certificate from a known authority")
    PINNED = "pinned", _("This one certificate, pinned")
    PLAIN = "plain", _("Plain HTTP, not encrypted")


class Connection(models.Model):
    """What it takes to call a PBX; shared by a saved PBX and by a test of one that is not saved yet.

    The secret is the MD5 that the API takes for a password (help.yeastar.com, S-Series API v2, login), sealed for
    its row: the typed password is not kept.
    """

    base_url = models.CharField(_("address"), max_length=300)
    api_path = models.CharField(_("API path"), max_length=100, default=DEFAULT_API_PATH)
    username = models.CharField(_("API username"), max_length=150)
    secret = SealedTextField(_("API password"), blank=True, editable=False)
    # Another one with each password that is typed; it stays when the same secret is sealed under another key.
    secret_given = models.CharField(max_length=22, default="", blank=True, editable=False)
    trust = models.CharField(_("trust"), max_length=8, choices=Trust, default=Trust.PINNED)
    pinned_fingerprint = models.CharField(_("pinned certificate"), max_length=64, blank=True)
    connect_timeout = models.PositiveSmallIntegerField(_("seconds to connect"), default=3)
    deadline = models.PositiveSmallIntegerField(_("seconds for a whole fetch"), default=20)

    SECRET_FIELDS = ("secret", "secret_given")

    class Meta:
        abstract = True

    @property
    def secret_context(self) -> str:
        """The place the secret is sealed for; needs a saved row."""
        field = self._meta.get_field("secret")
        return cast("SealedTextField", field).context_of(self.pk)

    def keep_secret(self, password_md5: str) -> None:
        """Seal the API secret for this row; the caller saves. Raises `KeysUnusable`."""
        self.secret = keyring().seal(password_md5, context=self.secret_context)
        self.secret_given = get_random_string(22)

    def read_secret(self) -> str:
        """Return the MD5 that the API takes; raise `SecretUnavailable`."""
        if not self.secret:
            raise SecretUnavailable("no API password is kept")
        return keyring().unseal(self.secret, context=self.secret_context)

    @property
    def authority(self) -> str:
        """Host and port, the unit that a PBX counts bad log-ins by."""
        return urlsplit(self.base_url).netloc

    def leads_to(self, base_url: str, trust: str, pinned_fingerprint: str) -> bool:
        """Tell whether these settings mean the machine that this row's secret was given for."""
        same_place = self.base_url.startswith("https://") == base_url.startswith(
            "https://"
        ) and authority_of(self.base_url) == authority_of(base_url)
        same_proof = (trust, pinned_fingerprint) == (self.trust, self.pinned_fingerprint)
        return same_place and same_proof


class StateTotals(NamedTuple):
    """How many PBXs are in a state, how old their oldest data is, and the one when there is only one."""

    state: str
    pbxs: int
    oldest: datetime | None
    name: str
    slug: str


class PbxQuerySet(models.QuerySet["Pbx"]):
    """Named reads over PBXs."""

    def in_sight(self, sight: Sight) -> PbxQuerySet:
        """Those that a person may see."""
        return self if sight.pbxs is None else self.filter(pk__in=sight.pbxs)

    def enabled(self) -> PbxQuerySet:
        """Those that may be fetched."""
        return self.filter(enabled=True)

    def due(self) -> list[Pbx]:
        """Those whose own interval has passed since they were read, and that may be called now."""
        timed = self.enabled().filter(fetch_every__isnull=False)
        return [pbx for pbx in timed if pbx.is_due]

    def sites(self) -> list[str]:
        """The sites that these are at, by name."""
        named = self.exclude(site="").order_by("site")
        return list(named.values_list("site", flat=True).distinct())

    def for_lists(self) -> PbxQuerySet:
        """All by name, with what a list says of them and no secret."""
        return self.order_by("search_name", "id").defer("secret", "notes")

    def for_table(self) -> PbxQuerySet:
        """Bring along what a row shows and what it is sorted by, and no secret."""
        return self.with_state().with_trunk_count().defer("secret", "notes")

    def insecure(self) -> PbxQuerySet:
        """Those whose passwords cross the network in clear."""
        return self.filter(trust=Trust.PLAIN)

    def with_sightings(self, moment: datetime) -> PbxQuerySet:
        """Find when each was last seen whole by a moment, and first after it, and whether single trunks were."""
        fetches = apps.get_model("trunks", "Fetch").objects.filter(pbx=OuterRef("pk"))
        whole = fetches.landed_whole().values("finished_at")
        versions = apps.get_model("trunks", "TrunkVersion").objects.filter(
            trunk__pbx=OuterRef("pk"), valid_from__lte=moment
        )
        return self.annotate(
            seen_before=Subquery(
                whole.filter(finished_at__lte=moment).order_by("-finished_at")[:1]
            ),
            seen_after=Subquery(whole.filter(finished_at__gt=moment).order_by("finished_at")[:1]),
            some_seen=Exists(versions),
        )

    def worst_first(self) -> PbxQuerySet:
        """In the order in which people should look at them, with what a list says of them and no secret."""
        rows = self.defer("secret", "notes").with_state()
        return rows.order_by(F("severity"), "search_name", "id")

    def with_state(self) -> PbxQuerySet:
        """Work out `Pbx.state` as `state_now`, and as `severity` to sort by, 0 for the worst."""
        return self.annotate(state_now=state_in_sql()).annotate(severity=severity_in_sql())

    def in_states(self, states: Collection[str]) -> PbxQuerySet:
        """Those whose state is one of these."""
        return self.alias(state_of=state_in_sql()).filter(state_of__in=states)

    def totals_by_state(self) -> list[StateTotals]:
        """Count PBXs by state, in one query of at most one row a state."""
        rows = self.order_by().annotate(state_now=state_in_sql()).values_list("state_now")
        counted = rows.annotate(Count("id"), Min("observed_at"), Min("name"), Min("slug"))
        return [StateTotals(*row) for row in counted]

    def with_trunk_count(self) -> PbxQuerySet:
        """Count the trunks that each still reported when last asked, as `trunk_count`."""
        # A query of its own for each row, since grouped rows cannot be compared with a place in their order.
        present = Pbx.objects.filter(
            pk=OuterRef("pk"), trunks__isnull=False, trunks__removed_at=None
        )
        counted = present.order_by().values("pk").annotate(number=Count("*")).values("number")
        return self.annotate(trunk_count=Coalesce(Subquery(counted), 0)).order_by("name")


class Pbx(Connection):
    """One Yeastar S-Series PBX: where it is, how to log in, and what we know of its state."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("address name"), max_length=60, unique=True)
    site = models.CharField(_("site"), max_length=100, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    # How numbers are written where it stands, without + and 00: 44 and 0. They make the forms of a number equal.
    country_code = models.CharField(_("country code"), max_length=3, blank=True)
    national_prefix = models.CharField(_("national prefix"), max_length=4, blank=True)
    search_name = models.CharField(max_length=250, editable=False)
    search_text = models.TextField(editable=False, default="")
    # Rule 5 of the design: no log-in after a refused one until the credentials are edited, none
    # for ten minutes after a lock-out.
    credentials_rejected_at = models.DateTimeField(null=True, blank=True, editable=False)
    login_blocked_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when no key that we have opens the secret: the password must be entered again.
    secret_lost_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When all trunks were last read; a fetch of some trunks does not move it.
    observed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The newest attempt that has ended, and since when attempts have failed without a good one.
    last_fetch = models.ForeignKey(
        "trunks.Fetch", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    # One that fails again and again is left alone for a while; a person can always try now.
    failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when an answer waits for a person's word; see `HeldAnswer`.
    answer_held_at = models.DateTimeField(null=True, blank=True, editable=False)
    keeps_login = models.BooleanField(_("stay logged in between fetches"), default=True)
    reads_extensions = models.BooleanField(_("read extensions and groups"), default=True)
    # Minutes; null: only when somebody asks.
    fetch_every = models.PositiveIntegerField(_("fetch by itself every"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PbxQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("PBX")
        verbose_name_plural = _("PBXs")
        # By which the lists of what is on them are sorted too.
        indexes = [
            models.Index(fields=["search_name", "id"], name="pbx_by_name"),
            models.Index(fields=["site", "id"], name="pbx_by_site"),
        ]

    # Edited in any of these, it may be another machine.
    CONNECTION_FIELDS = (
        "base_url",
        "api_path",
        "username",
        "secret_given",
        "trust",
        "pinned_fingerprint",
    )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pbx", args=[self.slug])

    def is_reached_as(self, other: Pbx) -> bool:
        """Tell whether both rows lead to the same machine, by the same account."""
        return all(getattr(self, name) == getattr(other, name) for name in self.CONNECTION_FIELDS)

    @property
    def is_insecure(self) -> bool:
        """Tell whether passwords cross the network in clear."""
        return self.trust == Trust.PLAIN

    @property
    def login_is_stopped(self) -> bool:
        """Tell whether no log-in may be tried: the credentials were refused or lost, or the lock-out lasts."""
        blocked_until = self.login_blocked_until
        return (
            self.credentials_rejected_at is not None
            or self.secret_lost_at is not None
            or (blocked_until is not None and blocked_until > timezone.now())
        )

    @property
    def rests(self) -> bool:
        """Tell whether it failed so often that it is left alone for now."""
        return self.resting_until is not None and self.resting_until > timezone.now()

    @property
    def is_due(self) -> bool:
        """Tell whether it wants to be fetched by itself now; never while log-ins stop or it is left alone."""
        if self.fetch_every is None or self.login_is_stopped or self.rests:
            return False
        interval = timedelta(minutes=self.fetch_every)
        return self.observed_at is None or timezone.now() - self.observed_at >= interval

    @property
    def is_stale(self) -> bool:
        """Tell whether the data is older than the settings call fresh; never read is stale too."""
        return self.observed_at is None or self.observed_at < stale_before()

    @property
    def state(self) -> PbxState:
        """What to think of this PBX's data now."""
        if not self.enabled:
            return PbxState.DISABLED
        if self.login_is_stopped:
            return PbxState.BLOCKED
        if self.failing_since is not None:
            return PbxState.FAILING
        if self.answer_held_at is not None:
            return PbxState.HELD
        if self.observed_at is None:
            return PbxState.NEVER
        return PbxState.STALE if self.is_stale else PbxState.FRESH


class ConnectionTest(Connection):
    """One press of "Test connection": settings that are not saved, tried by the worker.

    The secret is erased as soon as the test has ended. Detail and certificate hold what the PBX said of itself,
    or what is safe to say of the failure.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")

    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    errno = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    device = models.JSONField(default=dict)
    certificate = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("connection test")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"]) | Q(secret=""),
                name="connection_test_forgets_its_secret",
            )
        ]

    def __str__(self) -> str:
        return f"{self.base_url} ({self.state})"

    @property
    def is_over(self) -> bool:
        """Tell whether there is a result to show."""
        return self.state in {self.State.SUCCEEDED, self.State.FAILED}
