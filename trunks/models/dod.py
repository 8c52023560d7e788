"""DOD bindings: which number an extension or an extension group shows."""

from __future__ import annotations

from typing import NamedTuple, cast

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from trunks.models.site_limit import Sight
from trunks.models.trunk import Trunk


class TargetKind(models.TextChoices):
    """Who shows a DOD number."""

    EXTENSION = "extension", _("Extension")
    GROUP = "group", _("Extension group")


# In a table the column already says that it is about extensions.
SHORT_TARGETS = {TargetKind.EXTENSION: _("Extension"), TargetKind.GROUP: _("Group")}


class DodIssue(models.TextChoices):
    """What is uncertain about how a piece of a DOD text was read."""

    NONE = "none", _("None")
    AMBIGUOUS = "ambiguous", _("Ambiguous")
    MALFORMED = "malformed", _("Malformed")
    ODD_TARGET = "odd-target", _("Odd target")
    NO_TARGET = "no-target", _("Target does not exist")


# How little of a piece could be read, worst first.
SEVERITIES = (
    DodIssue.MALFORMED,
    DodIssue.AMBIGUOUS,
    DodIssue.NO_TARGET,
    DodIssue.ODD_TARGET,
    DodIssue.NONE,
)


class SharedRow(NamedTuple):
    """What a shared link shows of a binding."""

    number: str
    name: str
    target_kind: str
    target: str
    issue: str
    raw: str


class DodBindingQuerySet(models.QuerySet["DodBinding"]):
    """Named reads over DOD bindings."""

    def in_sight(self, sight: Sight) -> DodBindingQuerySet:
        """Those on PBXs that a person may see; their trunks are looked up first."""
        if not sight.is_limited:
            return self
        return self.filter(trunk__in=Trunk.objects.in_sight(sight).order_by())

    def present(self) -> DodBindingQuerySet:
        """Those of trunks that still exist."""
        return self.filter(is_present=True)

    def with_trunk(self) -> DodBindingQuerySet:
        """Bring trunk and PBX of each row along."""
        return self.select_related("trunk__pbx")

    def without_long_texts(self) -> DodBindingQuerySet:
        """Leave out what is only searched and sorted by."""
        return self.defer("search_text", "search_name", "search_target", "severity", "digits")

    def for_table(self) -> DodBindingQuerySet:
        """Bring along what a row shows, without the long texts."""
        return (
            self.with_trunk()
            .without_long_texts()
            .defer(
                "trunk__search_text",
                "trunk__extensions_dod",
                "trunk__groups_dod",
                "trunk__pbx__secret",
                "trunk__pbx__notes",
            )
        )

    def for_rows(self) -> DodBindingQuerySet:
        """Bring along only what a report shows of a row; lists and files, which have many, take plain values."""
        return self.with_trunk().only(
            "target_kind",
            "number",
            "name",
            "target",
            "raw",
            "issue",
            "trunk__remote_id",
            "trunk__name",
            "trunk__observed_at",
            "trunk__pbx__slug",
            "trunk__pbx__name",
            "trunk__pbx__site",
        )

    def for_share(self, most: int) -> models.QuerySet[DodBinding, SharedRow]:
        """Bring the first ones with what a shared link shows of them, and nothing else."""
        rows = self.order_by("digits", "id").values_list(*SharedRow._fields, named=True)
        return cast("models.QuerySet[DodBinding, SharedRow]", rows[:most])

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
    # What lists are sorted by: the digits of the number alone, however it is written; the name without
    # case and accents; extensions as numbers; and how little of the piece could be read, 0 for the least.
    digits = models.TextField(blank=True, editable=False)
    search_name = models.TextField(editable=False, default="")
    search_target = models.TextField(editable=False, default="")
    severity = models.PositiveSmallIntegerField(editable=False, default=0)
    name = models.CharField(_("name"), max_length=500, blank=True)
    target = models.CharField(_("extension or group"), max_length=500, blank=True)
    raw = models.TextField(_("as reported"))
    issue = models.CharField(_("issue"), max_length=10, choices=DodIssue, default=DodIssue.NONE)
    search_text = models.TextField(editable=False)
    # What the trunk says of them all, kept here too: a search would look a thousand trunks up for it.
    pbx = models.ForeignKey(
        "trunks.Pbx",
        on_delete=models.DO_NOTHING,  # goes with its trunk
        related_name="+",
        db_constraint=False,
        db_index=False,
        editable=False,
    )
    trunk_kind = models.CharField(max_length=500, blank=True, editable=False)
    is_present = models.BooleanField(default=True, editable=False)

    # The name of the extension, where a page brought it along; no column.
    extension_name = ""

    objects = DodBindingQuerySet.as_manager()

    class Meta:
        ordering = ["digits", "id"]
        verbose_name = _("DOD binding")
        verbose_name_plural = _("DOD bindings")
        constraints = [
            models.UniqueConstraint(
                fields=["trunk", "target_kind", "position"], name="one_binding_per_position"
            )
        ]
        indexes = [
            # One for each order that the list of a million can have by its own columns.
            models.Index(fields=["digits", "id"], name="dod_by_digits"),
            models.Index(fields=["search_name", "id"], name="dod_by_name"),
            models.Index(fields=["target_kind", "search_target", "id"], name="dod_by_target"),
            models.Index(fields=["severity", "id"], name="dod_by_severity"),
        ]

    def __str__(self) -> str:
        return self.raw

    @property
    def target_label(self) -> str:
        """Whether an extension or a group is bound, in one word."""
        return str(SHORT_TARGETS[TargetKind(self.target_kind)])
