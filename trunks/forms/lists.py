"""The lists: which rows each is of, and what it can be searched, sorted and narrowed by."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from functools import cached_property

from django.http import QueryDict

from trunks.forms.list_state import ListForm
from trunks.freshness import Freshness, read_freshness
from trunks.models import UNLIMITED, DodBinding, Pbx, Trunk
from trunks.models.dod import DodBindingQuerySet
from trunks.models.pbx import PbxQuerySet
from trunks.models.trunk import TrunkQuerySet
from trunks.search.columns import BINDING_COLUMNS, DOD_COLUMNS, TRUNK_COLUMNS
from trunks.search.fields import BINDING_FIELDS, DOD_FIELDS, TRUNK_FIELDS
from trunks.search.language import Question
from trunks.search.matching import matching_pbxs
from trunks.search.rows import PRESENT, Rows
from trunks.search.sample import Count
from trunks.search.sql import ALWAYS, Sql

# What a PBX calls the fields of its trunks that name it.
_NAMES_OF_PBX = {"pbx": "name", "site": "site"}


class OverPbxs(ListForm):
    """A list over several PBXs."""

    @cached_property
    def shows_removed(self) -> bool:
        """Tell whether the question is about what is there no longer, which lists leave out by themselves."""
        return "removed" in self.question.asks_for("is")

    @cached_property
    def about_pbxs(self) -> Question:
        """What the question says of PBXs, as their own list is asked."""
        terms = [term for term in self.question.terms if term.field in _NAMES_OF_PBX]
        renamed = tuple(replace(term, field=_NAMES_OF_PBX[term.field]) for term in terms)
        return Question(" ".join(term.typed for term in terms), renamed)

    @property
    def pbxs(self) -> PbxQuerySet:
        """The PBXs that rows may come from."""
        return matching_pbxs(Pbx.objects.in_sight(self.sight), self.about_pbxs)

    @abstractmethod
    def total(self) -> int:
        """Count all rows that the list shows without a question, from numbers that are at hand."""

    def count(self) -> Count:
        """Count the rows; without a question that takes no look at them."""
        return super().count() if self.question else Count(self.total(), is_exact=True)

    @property
    def asked_of_pbxs(self) -> str:
        """Only what is said of PBXs decides which they are."""
        return self.about_pbxs.text

    def freshness(self) -> Freshness:
        """Sum up how far the rows of these PBXs can be trusted, in one query."""
        return read_freshness(self.pbxs, within=self.about_pbxs.text)


class TrunkListForm(OverPbxs):
    """The list of trunks."""

    list_name = "trunks"
    kind = Rows.TRUNKS
    columns = TRUNK_COLUMNS
    search_fields = TRUNK_FIELDS
    facet_fields = ("kind", "pbx", "site")
    switches = ("bound", "unregistered", "stale", "insecure", "removed")

    def all_rows(self) -> TrunkQuerySet:
        """All trunks, with what they are sorted by."""
        return Trunk.objects.to_sort()

    def total(self) -> int:
        """Count the trunks that their PBXs still report."""
        return Trunk.objects.in_sight(self.sight).present().count()

    def scope(self) -> Sql:
        """The trunks that their PBXs still report, unless others are asked for."""
        return ALWAYS if self.shows_removed else PRESENT


class DodListForm(OverPbxs):
    """The list of DOD bindings of all trunks."""

    list_name = "dods"
    kind = Rows.BINDINGS
    columns = DOD_COLUMNS
    search_fields = DOD_FIELDS
    facet_fields = ("target", "issue", "kind", "pbx", "site")
    switches = ("stale", "insecure", "removed")

    def all_rows(self) -> DodBindingQuerySet:
        """All bindings."""
        return DodBinding.objects.all()

    def total(self) -> int:
        """Count their bindings, from the numbers kept on trunks."""
        return Trunk.objects.in_sight(self.sight).present().bindings_in_all()

    def scope(self) -> Sql:
        """The bindings of trunks that their PBXs still report, unless others are asked for."""
        return ALWAYS if self.shows_removed else PRESENT


class BindingListForm(ListForm):
    """The DOD bindings on the page of their trunk."""

    list_name = "bindings"
    kind = Rows.BINDINGS_OF_ONE_TRUNK
    columns = BINDING_COLUMNS
    search_fields = BINDING_FIELDS
    trunk: Trunk

    @classmethod
    def of(cls, trunk: Trunk, data: QueryDict) -> BindingListForm:
        """Read the address of a trunk's page."""
        # Who has the trunk in sight may see all of it.
        form = cls(data, path=trunk.get_absolute_url(), sight=UNLIMITED)
        form.trunk = trunk
        return form

    def all_rows(self) -> DodBindingQuerySet:
        """All bindings of the trunk."""
        return DodBinding.objects.filter(trunk=self.trunk)

    def scope(self) -> Sql:
        """The trunk alone."""
        return Sql("trunks_dodbinding.trunk_id = %s", (self.trunk.pk,))
