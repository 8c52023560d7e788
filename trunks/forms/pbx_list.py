"""The list of PBXs: what it can be filtered by."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext

from trunks.forms.list_state import AnyOf, ListForm
from trunks.freshness import Freshness, read_freshness
from trunks.models import Pbx, PbxState
from trunks.models.pbx import PbxQuerySet
from trunks.search.columns import PBX_COLUMNS
from trunks.search.fields import PBX_FIELDS
from trunks.search.matching import matching_pbxs


class PbxListForm(ListForm):
    """The list of PBXs; `pbx` keeps those that another list was narrowed to."""

    state = AnyOf(choices=PbxState.choices)
    site = AnyOf()
    pbx = AnyOf()

    columns = PBX_COLUMNS
    search_fields = PBX_FIELDS
    filters = ("state", "site", "pbx")

    def __init__(self, data: QueryDict, *, path: str) -> None:
        self.sites = Pbx.objects.sites()
        slugs = [slug for slug in data.getlist("pbx") if "\0" not in slug]
        named = Pbx.objects.filter(slug__in=slugs).order_by("search_name") if slugs else []
        super().__init__(
            data,
            path=path,
            site=[(site, site) for site in self.sites],
            pbx=[(pbx.slug, pbx.name) for pbx in named],
        )

    @property
    def notes(self) -> list[str]:
        """Add the sites and PBXs that there are not."""
        at = gettext("No PBX is at site “%(name)s”.")
        named = gettext("There is no PBX named “%(name)s”.")
        return [
            *super().notes,
            *(at % {"name": name} for name in self.unknown("site")),
            *(named % {"name": name} for name in self.unknown("pbx")),
        ]

    def freshness(self) -> Freshness:
        """Sum up the PBXs that the list is about, whatever state it is narrowed to."""
        within = [(name, value) for name in ("site", "pbx") for value in self.chosen(name)]
        return read_freshness(self._within(Pbx.objects.all()), within=within)

    def apply(self, rows: PbxQuerySet) -> PbxQuerySet:
        """Filter, search and sort."""
        rows = self._within(rows)
        if states := self.chosen("state"):
            rows = rows.in_states(states)
        return self.ordered(matching_pbxs(rows, self.question))

    def _within(self, rows: PbxQuerySet) -> PbxQuerySet:
        if sites := self.chosen("site"):
            rows = rows.filter(site__in=sites)
        if slugs := self.chosen("pbx"):
            rows = rows.filter(slug__in=slugs)
        return rows
