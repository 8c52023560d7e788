"""Where a number or an extension is bound: by PBX, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from trunks.freshness import Freshness, read_freshness
from trunks.models import DodBinding, DodIssue, Pbx, Sight
from trunks.models.dod import DodBindingQuerySet
from trunks.search.language import Match, Question, Term, Wanted
from trunks.search.matching import bindings_to_ask, matching_bindings

PBXS_SHOWN = 50
BINDINGS_SHOWN = 500
# A number can be bound to every extension there is; counting stops here.
LOOKED_AT = 2_000
REMOVED_SHOWN = 10
TELLING = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One PBX with its bindings, by trunk."""

    pbx: Pbx
    bindings: list[DodBinding]

    @property
    def is_on_several_trunks(self) -> bool:
        """Tell whether outbound routes decide which of them counts."""
        return len({binding.trunk_id for binding in self.bindings}) > 1

    @property
    def is_bound_twice(self) -> bool:
        """Tell whether one trunk alone has several of them."""
        return len({binding.trunk_id for binding in self.bindings}) < len(self.bindings)


@dataclass(frozen=True, slots=True)
class Usage:
    """What was found; `bindings` and `pbxs` are how many there are, or at least are when `is_cut`.

    `removed` are bindings of trunks that their PBX reports no longer; they are not counted.
    """

    places: list[Place]
    bindings: int
    pbxs: int
    removed: list[DodBinding]
    is_cut: bool
    freshness: Freshness

    @property
    def leaves_out(self) -> bool:
        """Tell whether there are more bindings than are shown."""
        return self.is_cut or self.bindings > sum(len(place.bindings) for place in self.places)

    @property
    def removed_shown(self) -> list[DodBinding]:
        """The first ones of removed trunks."""
        return self.removed[:REMOVED_SHOWN]


def read_usage(question: Question, sight: Sight, *, pbx: Pbx | None = None) -> Usage:
    """Find bindings in sight, on one PBX if asked, in five queries of bounded size."""
    rows, pbxs = bindings_to_ask(sight), Pbx.objects.in_sight(sight)
    if pbx:
        rows, pbxs = rows.filter(trunk__pbx=pbx), pbxs.filter(pk=pbx.pk)
    columns = ("pk", "pbx_id", "is_present")
    found = matching_bindings(rows, question).order_by().values_list(*columns)
    one_more = list(found[: LOOKED_AT + 1])
    first = one_more[:LOOKED_AT]
    owners = {pk: owner for pk, owner, is_present in first if is_present}
    gone = [pk for pk, _owner, is_present in first if not is_present]
    return Usage(
        places=_places(owners, sight),
        bindings=len(owners),
        pbxs=len(set(owners.values())),
        removed=list(_with_trunks(gone[: REMOVED_SHOWN + 1])),
        is_cut=len(one_more) > LOOKED_AT,
        freshness=read_freshness(pbxs),
    )


def is_in_unreadable_pieces(question: Question, sight: Sight) -> bool:
    """Tell whether a piece that could not be read holds what was asked for, wherever in it.

    A few digits stand in too many pieces to mean anything.
    """
    if any(len(one.text) < TELLING for term in question.terms for one in term.wanted):
        return False
    unreadable = Term("issue", (Wanted(DodIssue.MALFORMED.value, match=Match.EXACT),))
    anywhere = [
        Term("", tuple(Wanted(one.text, one.digits) for one in term.wanted))
        for term in question.terms
    ]
    asked = Question("", (unreadable, *anywhere))
    return matching_bindings(bindings_to_ask(sight).present(), asked).exists()


def _places(owners: dict[int, int], sight: Sight) -> list[Place]:
    """Group the first bindings by the first PBXs, each with its own in the order of trunks."""
    seen = Pbx.objects.in_sight(sight)
    pbxs = seen.filter(pk__in=set(owners.values())).for_lists()[:PBXS_SHOWN]
    by_pbx = {pbx.pk: pbx for pbx in pbxs}
    place_of = {pk: place for place, pk in enumerate(by_pbx)}
    shown = sorted(
        (pk for pk, owner in owners.items() if owner in by_pbx), key=lambda pk: place_of[owners[pk]]
    )[:BINDINGS_SHOWN]
    bindings = sorted(
        _with_trunks(shown), key=lambda row: (place_of[row.trunk.pbx_id], _order(row))
    )
    return [
        Place(by_pbx[pk], list(group))
        for pk, group in groupby(bindings, key=attrgetter("trunk.pbx_id"))
    ]


def _with_trunks(pks: list[int]) -> DodBindingQuerySet:
    return DodBinding.objects.filter(pk__in=pks).for_table().order_by()


def _order(binding: DodBinding) -> tuple[str, int, str, int]:
    trunk = binding.trunk
    return trunk.search_name, trunk.pk, binding.target_kind, binding.position
