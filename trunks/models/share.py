"""Shares: links that show one trunk to whoever has them, without an account."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.models.role import reads_only
from trunks.models.site_limit import Sight
from trunks.models.trunk import Trunk
from trunks.roles import RoleName

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=90)
LONGEST_LABEL = 100
MAY_SHARE = "trunks.add_share"
# What others shared: to see it, and to revoke it.
SEES_ALL, MAY_REVOKE = "trunks.view_share", "trunks.change_share"
_RIGHTS = "django.contrib.auth.backends.ModelBackend"


class ShareState(models.TextChoices):
    """Whether a link opens, and if not, why."""

    OPEN = "open", _("open")
    REVOKED = "revoked", _("revoked")
    ENDED = "ended", _("ended")
    ORPHANED = "orphaned", _("closed: its maker may not share any more")


class ShareQuerySet(models.QuerySet["Share"]):
    """Named reads over shares."""

    def alive(self) -> ShareQuerySet:
        """Those that open now: not ended, not revoked, and made by somebody who may share still."""
        return self.lasting().filter(Exists(_makers()))

    def lasting(self) -> ShareQuerySet:
        """Those that are not over; one whose maker may not share now opens again when that person may."""
        return self.filter(revoked_at=None, ends_at__gt=timezone.now())

    def of_trunk(self, slug: str, remote_id: str) -> ShareQuerySet:
        """Those of one trunk."""
        return self.filter(trunk__pbx__slug=slug, trunk__remote_id=remote_id)

    def made_by(self, person_id: int) -> ShareQuerySet:
        """Those that one person made."""
        return self.filter(made_by=person_id)

    def in_sight(self, sight: Sight) -> ShareQuerySet:
        """Those of trunks whose PBX a person may see."""
        return self if sight.pbxs is None else self.filter(trunk__pbx__in=sight.pbxs)

    def of_token(self, token_hash: str) -> Share | None:
        """The one that a link opens now; one look into an index, whatever comes of it."""
        named = ("trunk__name", "trunk__remote_id", "trunk__pbx__name", "trunk__pbx__slug")
        own = [field.name for field in self.model._meta.concrete_fields]  # noqa: SLF001  documented
        found = self.alive().select_related("trunk__pbx").only(*own, *named)
        return found.filter(token_hash=token_hash).first()

    def visible_to(self, person: User) -> ShareQuerySet:
        """A person's own, and for those who may see them the ones of others."""
        return self.all() if person.has_perm(SEES_ALL) else self.filter(made_by=person)

    def for_list(self) -> ShareQuerySet:
        """Newest first, with what a row shows, and neither what opens a link nor what it shows."""
        return (
            self.select_related("trunk__pbx", "made_by")
            .only(
                *("label", "is_pinned", "with_bindings", "with_usernames", "made_at", "ends_at"),
                *("revoked_at", "opens", "program_opens", "last_opened_at", "made_by__username"),
                *("trunk__name", "trunk__remote_id", "trunk__pbx__name", "trunk__pbx__slug"),
            )
            .annotate(maker_may_share=Exists(_makers()), has_passphrase=~Q(passphrase=""))
            .order_by("-made_at", "-pk")
        )


class Share(models.Model):
    """One link to one trunk, as it is now or as it was when the link was made.

    The token in the link is shown once and not kept; found is it by its hash. The row goes with its trunk and with
    the account of its maker.
    """

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="shares")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares"
    )
    label = models.CharField(_("for whom"), max_length=LONGEST_LABEL)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    is_pinned = models.BooleanField(default=False)
    # Of a pinned one what it shows, made like the page of a live one, and so without anything left out there.
    snapshot = models.JSONField(null=True, editable=False)
    with_bindings = models.BooleanField(_("with its DOD bindings"), default=True)
    with_usernames = models.BooleanField(_("with usernames"), default=False)
    # As Django keeps passwords; empty: none is asked for.
    passphrase = models.CharField(max_length=128, blank=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # By people, as far as a request tells, and by programs such as link previews.
    opens = models.PositiveIntegerField(default=0)
    program_opens = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        default_permissions = ("add", "change", "view")
        indexes = [
            models.Index(fields=["-made_at", "-id"], name="share_by_age"),
            models.Index(fields=["made_by", "-made_at", "-id"], name="share_by_maker"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_pinned=False, snapshot=None)
                | Q(is_pinned=True, snapshot__isnull=False),
                name="pinned_share_has_its_snapshot",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def state(self) -> ShareState:
        """Whether the link opens now; looks at its maker only where a list brought that along."""
        if self.revoked_at is not None:
            return ShareState.REVOKED
        if self.ends_at <= timezone.now():
            return ShareState.ENDED
        may_share: bool = getattr(self, "maker_may_share", True)
        return ShareState.OPEN if may_share else ShareState.ORPHANED

    @property
    def is_over(self) -> bool:
        """Tell whether it will never open again."""
        return self.state in {ShareState.REVOKED, ShareState.ENDED}

    def may_be_revoked_by(self, person: User) -> bool:
        """Tell whether a person may end it: an own one, or that of others with the right to."""
        if reads_only(person):
            return False
        return self.made_by_id == person.pk or person.has_perm(MAY_REVOKE)


def _makers() -> models.QuerySet[User]:
    """Return the maker of the share in the outer query, if that person may share now."""
    may_share = User.objects.with_perm(MAY_SHARE, backend=_RIGHTS)
    return may_share.filter(pk=OuterRef("made_by")).exclude(groups__role__name=RoleName.AUDITOR)
