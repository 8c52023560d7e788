"""The list of PBXs: what it can be searched, sorted and narrowed by."""

from __future__ import annotations

from trunks.forms.list_state import ListForm
from trunks.freshness import Freshness, read_freshness
from trunks.models import Pbx
from trunks.models.pbx import PbxQuerySet
from trunks.search.columns import PBX_COLUMNS
from trunks.search.fields import PBX_FIELDS
from trunks.search.finding import Finding
from trunks.search.matching import matching_pbxs
from trunks.search.rows import Rows
from trunks.search.sample import Tally


class PbxListForm(ListForm):
    """The list of PBXs."""

    list_name = "pbxs"
    kind = Rows.PBXS
    columns = PBX_COLUMNS
    search_fields = PBX_FIELDS
    facet_fields = ("state", "site")
    switches = ("insecure",)

    def all_rows(self) -> PbxQuerySet:
        """All PBXs, with what they are sorted by."""
        return Pbx.objects.with_state().with_trunk_count()

    def freshness(self) -> Freshness:
        """Sum up the PBXs that the list is about, whatever state it is narrowed to."""
        question = self.question.without_choice("state")
        seen = Pbx.objects.in_sight(self.sight)
        return read_freshness(matching_pbxs(seen, question), within=question.text)

    def tally(self, facet: str, finding: Finding, *, counts_all: bool) -> Tally:
        """Count the worst states, which no column has."""
        if facet != "state":
            return super().tally(facet, finding, counts_all=counts_all)
        seen = Pbx.objects.in_sight(self.sight)
        if counts_all:
            found = seen.filter(pk__in=finding.all.values_list("pk", flat=True))
        else:
            found = seen.filter(pk__in=finding.sample.counted)
        return Tally({total.state: total.pbxs for total in found.totals_by_state()})
