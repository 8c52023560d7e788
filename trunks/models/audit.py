"""The audit log: who did what, from where and when. Entries are added, and never changed.

Each entry names the one before by its code (`mac`, a keyed hash), so that the entries form a chain.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.origin import Place

# What the first entry has in the place of the code of the one before.
GENESIS = "0" * 64
MAC_LENGTH = 64


class Action(models.TextChoices):
    """What is recorded. New ones need no migration; the code of one never changes, since it is in the chain."""

    LOG_IN = "log-in", _("Logged in")
    LOG_IN_FAILED = "log-in-failed", _("Log-in failed")
    LOG_OUT = "log-out", _("Logged out")
    SESSIONS_ENDED = "sessions-ended", _("Sessions ended")
    FACTOR_CHANGED = "factor-changed", _("Second factor changed")
    FETCH_ASKED = "fetch-asked", _("Fetch asked for")
    RUN_ASKED = "run-asked", _("Run asked for")
    RUN_CANCELLED = "run-cancelled", _("Run cancelled")
    CONNECTION_TESTED = "connection-tested", _("Connection tested")
    PBX_ADDED = "pbx-added", _("PBX added")
    PBX_CHANGED = "pbx-changed", _("PBX changed")
    PBX_ENABLED = "pbx-enabled", _("PBX enabled")
    PBX_DISABLED = "pbx-disabled", _("PBX disabled")
    PBX_DELETED = "pbx-deleted", _("PBX deleted")
    HELD_APPLIED = "held-applied", _("Held answer applied")
    HELD_GIVEN_UP = "held-given-up", _("Held answer given up")
    EXPORT = "export", _("Export begun")
    EXPORT_ENDED = "export-ended", _("Export ended")
    REPORT_MADE = "report-made", _("Audit report made")
    SHARE_MADE = "share-made", _("Share made")
    SHARE_OPENED = "share-opened", _("Share opened")
    SHARE_REFUSED = "share-refused", _("Share not opened: wrong passphrase")
    SHARE_REVOKED = "share-revoked", _("Share revoked")
    REVEALED = "revealed", _("SIP password revealed")
    REVEAL_REFUSED = "reveal-refused", _("Reveal refused")
    USER_MADE = "user-made", _("Account made")
    USER_CHANGED = "user-changed", _("Account changed")
    USER_ENABLED = "user-enabled", _("Account enabled")
    USER_DISABLED = "user-disabled", _("Account disabled")
    USER_DELETED = "user-deleted", _("Account deleted")
    ROLES_CHANGED = "roles-changed", _("Roles changed")
    GROUP_CHANGED = "group-changed", _("Group changed")
    KEYS_ROTATED = "keys-rotated", _("Keys rotated")
    BACKUP_MADE = "backup-made", _("Backup made")
    TRIMMED = "trimmed", _("Audit log trimmed")


class AppendOnly(Exception):
    """An audit entry was to be changed or deleted."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Named reads over entries; nothing here changes one."""

    def newest_first(self) -> AuditEntryQuerySet:
        """The order of the page."""
        return self.order_by("-sequence")

    def after(self, sequence: int) -> AuditEntryQuerySet:
        """Those that were written later, in the order of the chain."""
        return self.filter(sequence__gt=sequence).order_by("sequence")

    def of_pbxs(self, pbx_ids: Collection[int] | models.QuerySet[Any]) -> AuditEntryQuerySet:
        """Those that are about one of these PBXs alone, for people who may see no others."""
        return self.filter(pbx_id__in=pbx_ids)

    def containing(self, word: str) -> AuditEntryQuerySet:
        """Those that have a word anywhere in what people read of them."""
        fields = ("subject", "actor_name", "pbx_slug", "address", "details")
        return self.filter(Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR))

    def forget_through(self, sequence: int) -> int:
        """Delete the oldest up to one; the database refuses unless a checkpoint stands for them."""
        return super(AuditEntryQuerySet, self.filter(sequence__lte=sequence)).delete()[0]

    def update(self, **kwargs: object) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class AuditEntry(models.Model):
    """One thing that was done. Who and which PBX are copies, since both may be renamed and deleted."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=32)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    place = models.CharField(max_length=7)
    address = models.CharField(max_length=45, blank=True)
    # A keyed hash, which tells sessions apart and opens none.
    session = models.CharField(max_length=16, blank=True)
    pbx_id = models.BigIntegerField(null=True)
    pbx_slug = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    # JSON as text, so that what was hashed is what is kept, to the letter.
    details = models.TextField(default="{}")
    previous = models.CharField(max_length=MAC_LENGTH)
    mac = models.CharField(max_length=MAC_LENGTH)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["at", "sequence"], name="audit_by_time"),
            models.Index(fields=["action", "sequence"], name="audit_by_action"),
            models.Index(fields=["actor_name", "sequence"], name="audit_by_actor"),
            models.Index(fields=["pbx_slug", "sequence"], name="audit_by_pbx"),
            models.Index(fields=["pbx_id", "sequence"], name="audit_by_pbx_id"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        """Add it; refuse to change one that is there."""
        if not self._state.adding:
            raise AppendOnly
        super().save(force_insert=True)

    def get_absolute_url(self) -> str:
        return reverse("audit-entry", args=[self.sequence])

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    @property
    def action_label(self) -> str:
        """What was done, in words; the code itself where this version does not know it."""
        return str(Action(self.action).label) if self.action in Action.values else self.action

    @property
    def place_label(self) -> str:
        """From where, in words: the address of a browser, or what kind of place it was."""
        if self.address:
            return self.address
        return str(Place(self.place).label) if self.place in Place.values else self.place

    @property
    def facts(self) -> dict[str, Any]:
        """What else is known of it, by name."""
        try:
            facts = json.loads(self.details)
        except ValueError:
            facts = None
        return facts if isinstance(facts, dict) else {"?": self.details}


class AuditCheckpoint(models.Model):
    """What stands for entries that were kept long enough: the chain goes on from here. Sealed like an entry."""

    # Of the last entry that it stands for.
    sequence = models.PositiveBigIntegerField(primary_key=True)
    mac = models.CharField(max_length=MAC_LENGTH)
    entries = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    seal = models.CharField(max_length=MAC_LENGTH)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"1–{self.sequence}"


class AuditHead(models.Model):
    """The end of the chain, sealed: entries that are cut off at the end are missed. One row."""

    sequence = models.PositiveBigIntegerField()
    mac = models.CharField(max_length=MAC_LENGTH)
    seal = models.CharField(max_length=MAC_LENGTH)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sequence}:{self.mac}"


class AuditCheckQuerySet(models.QuerySet["AuditCheck"]):
    """Named reads over checks."""

    def newest_first(self) -> AuditCheckQuerySet:
        """By when they were made."""
        return self.order_by("-at", "-pk")


class AuditCheck(models.Model):
    """One walk over the whole chain, and the first break that it met; sealed."""

    at = models.DateTimeField(default=timezone.now)
    # The end of the chain as it was found.
    sequence = models.PositiveBigIntegerField()
    mac = models.CharField(max_length=MAC_LENGTH)
    entries = models.PositiveBigIntegerField()
    # The kind of break and the entry it is at; empty when the chain holds.
    broken = models.CharField(max_length=16, blank=True)
    broken_at = models.PositiveBigIntegerField(null=True)
    seal = models.CharField(max_length=MAC_LENGTH)

    objects = AuditCheckQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.broken}"
