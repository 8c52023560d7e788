"""The lists: what each can be filtered by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trunks.forms.list_state import AnyOf, Choices, ListForm
from trunks.freshness import Freshness, read_freshness
from trunks.models import DodIssue, Pbx, Registration, TargetKind, Trunk, TrunkKind
from trunks.models.dod import DodBindingQuerySet
from trunks.models.trunk import TrunkQuerySet
from trunks.search.columns import BINDING_COLUMNS, DOD_COLUMNS, TRUNK_COLUMNS
from trunks.search.fields import BINDING_FIELDS, DOD_FIELDS, TRUNK_FIELDS
from trunks.search.matching import (
    matching_bindings,
    matching_bindings_of_one_trunk,
    matching_trunks,
)


class OverPbxs(ListForm):
    """A list over several PBXs."""

    pbx = AnyOf()

    def __init__(
        self, data: QueryDict, *, path: str, pbxs: Sequence[Pbx], **choices: Choices
    ) -> None:
        self.pbxs = pbxs
        super().__init__(data, path=path, pbx=[(pbx.slug, pbx.name) for pbx in pbxs], **choices)

    @property
    def pbxs_shown(self) -> list[Pbx]:
        """The PBXs that the list is about."""
        slugs = self.chosen("pbx")
        return [pbx for pbx in self.pbxs if pbx.slug in slugs] if slugs else list(self.pbxs)

    @property
    def asks_for_removed(self) -> bool:
        """Tell whether the question is about what is there no longer, which lists leave out by themselves."""
        return "removed" in self.question.asks_for("is")

    def freshness(self) -> Freshness:
        """Sum up how far the rows of these PBXs can be trusted, in one query."""
        slugs = self.chosen("pbx")
        pbxs = Pbx.objects.filter(slug__in=slugs) if slugs else Pbx.objects.all()
        return read_freshness(pbxs, within=[("pbx", slug) for slug in slugs])

    @property
    def notes(self) -> list[str]:
        """Add the PBXs that there are not."""
        if self.chosen("pbx"):
            sentence = gettext("There is no PBX named “%(name)s”.")
        else:
            sentence = gettext("There is no PBX named “%(name)s”; showing all.")
        return [*super().notes, *(sentence % {"name": name} for name in self.unknown("pbx"))]


class TrunkListForm(OverPbxs):
    """The list of trunks."""

    kind = AnyOf()
    dod = AnyOf(choices=[("1", _("Has DOD"))])
    registration = AnyOf(choices=[(Registration.FAILURE.value, Registration.FAILURE.label)])
    removed = AnyOf(choices=[("1", _("Show removed"))])

    columns = TRUNK_COLUMNS
    search_fields = TRUNK_FIELDS
    filters = ("pbx", "kind", "dod", "registration", "removed")

    def __init__(
        self, data: QueryDict, *, path: str, pbxs: Sequence[Pbx], other_kinds: Sequence[str]
    ) -> None:
        kinds: list[tuple[str, str | Promise]] = [(kind.value, kind.label) for kind in TrunkKind]
        kinds += [(kind, kind) for kind in other_kinds]
        super().__init__(data, path=path, pbxs=pbxs, kind=kinds)

    @property
    def notes(self) -> list[str]:
        """Add the kinds that no trunk is of."""
        sentence = gettext("No PBX has reported a trunk of type “%(kind)s”.")
        return [*super().notes, *(sentence % {"kind": kind} for kind in self.unknown("kind"))]

    @property
    def is_narrowed(self) -> bool:
        """Showing removed trunks too leaves nothing out."""
        names = ("pbx", "kind", "dod", "registration")
        return bool(self.question) or any(self.chosen(name) for name in names)

    def within(self, rows: TrunkQuerySet) -> TrunkQuerySet:
        """Keep the rows that the list is a part of: without filters, all of these are shown."""
        return rows if self.chosen("removed") or self.asks_for_removed else rows.present()

    def apply(self, rows: TrunkQuerySet) -> TrunkQuerySet:
        """Filter, search and sort."""
        rows = self.within(rows)
        if self.chosen("pbx"):
            rows = rows.filter(pbx__in=self.pbxs_shown)
        if kinds := self.chosen("kind"):
            rows = rows.filter(kind__in=kinds)
        if self.chosen("dod"):
            rows = rows.with_dods()
        if self.chosen("registration"):
            rows = rows.failing_to_register()
        return self.ordered(matching_trunks(rows, self.question))


class DodListForm(OverPbxs):
    """The list of DOD bindings of all trunks."""

    target = AnyOf(choices=TargetKind.choices)
    issue = AnyOf(choices=[choice for choice in DodIssue.choices if choice[0] != DodIssue.NONE])
    trunk = forms.ModelChoiceField(Trunk.objects.with_pbx(), required=False)

    columns = DOD_COLUMNS
    search_fields = DOD_FIELDS
    filters = ("pbx", "target", "issue", "trunk")

    @property
    def one_trunk(self) -> Trunk | None:
        """The trunk that the list is narrowed to."""
        return cast("Trunk | None", self.cleaned_data.get("trunk"))

    def freshness(self) -> Freshness:
        """Sum up the PBXs that rows may come from: of one trunk there is one."""
        if self.one_trunk:
            return read_freshness(Pbx.objects.filter(pk=self.one_trunk.pbx_id))
        return super().freshness()

    @property
    def notes(self) -> list[str]:
        """Add the trunk that there is not."""
        if not self.unknown("trunk"):
            return super().notes
        return [*super().notes, gettext("There is no such trunk; showing those of all trunks.")]

    def within(self, rows: DodBindingQuerySet) -> DodBindingQuerySet:
        """Keep what trunks have now; a trunk asked for by itself may be a removed one."""
        return rows if self.one_trunk or self.asks_for_removed else rows.present()

    def apply(self, rows: DodBindingQuerySet) -> DodBindingQuerySet:
        """Filter, search and sort."""
        rows = self.within(rows)
        if self.chosen("pbx"):
            rows = rows.filter(trunk__pbx__in=self.pbxs_shown)
        if targets := self.chosen("target"):
            rows = rows.filter(target_kind__in=targets)
        if issues := self.chosen("issue"):
            rows = rows.filter(issue__in=issues)
        if self.one_trunk:
            rows = rows.filter(trunk=self.one_trunk)
        return self.ordered(matching_bindings(rows, self.question))


class BindingListForm(ListForm):
    """The DOD bindings on the page of their trunk."""

    columns = BINDING_COLUMNS
    search_fields = BINDING_FIELDS

    def apply(self, rows: DodBindingQuerySet) -> DodBindingQuerySet:
        """Search and sort."""
        return self.ordered(matching_bindings_of_one_trunk(rows, self.question))
