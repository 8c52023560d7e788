"""Values for whom sees some PBXs only: those that everybody is offered, as far as they are in sight."""

from __future__ import annotations

import pytest

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import NOTHING, UNLIMITED, Pbx, Sight, TargetKind
from trunks.search.language import read_question
from trunks.search.values import Asked, Kind
from trunks.search.values_in_sight import find_values_in_sight
from trunks.services.binding_rows import bindings_leave

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def two_pbxs(db: None) -> dict[str, Sight]:
    """A few bindings on one PBX, their like on another; return the sight of each, and of both."""
    for name in ("Here", "There"):
        trunk = make_trunk(make_pbx(name, country_code="44", national_prefix="0"))
        make_binding(trunk, "442079460018", f"desk {name}", "1000")
        make_binding(trunk, "5503301" if name == "Here" else "5503399", f"front desk {name}", "55")
        make_binding(trunk, "*55", name, f"Sales 55 {name}", target_kind=TargetKind.GROUP)
    pks = list(Pbx.objects.order_by("pk").values_list("pk", flat=True))
    return {
        "here": Sight(frozenset(pks[:1])),
        "there": Sight(frozenset(pks[1:])),
        "both": Sight(frozenset(pks)),
    }


def values(line: str, sight: Sight) -> tuple[dict[Kind, list[str]], set[Kind]]:
    found = find_values_in_sight(Asked.of(read_question(line)), 5, sight)
    return {kind: sorted(best) for kind, best in found.best.items()}, found.complete


def nothing() -> dict[Kind, list[str]]:
    return {kind: [] for kind in Kind}


LINES = [
    "55",
    "5503301",
    "5",
    "desk",
    "front desk",
    "s",
    "sales",
    "1000",
    "442079460018",
    "0018",
    "x",
]


@pytest.mark.parametrize("line", LINES)
def test_who_sees_every_pbx_is_offered_what_everybody_is(two_pbxs, line):
    assert values(line, two_pbxs["both"]) == values(line, UNLIMITED)


@pytest.mark.parametrize("line", LINES)
def test_values_of_several_pbxs_are_those_of_each(two_pbxs, line):
    here, there, both = (values(line, two_pbxs[name])[0] for name in ("here", "there", "both"))
    for kind, best in both.items():
        assert set(best) == {*here[kind], *there[kind]}


def test_a_number_out_of_sight_is_neither_offered_nor_known(two_pbxs):
    best, complete = values("5503301", two_pbxs["there"])
    assert best[Kind.NUMBER] == []
    assert complete == set()
    assert values("5503301", two_pbxs["here"]) == (
        {**nothing(), Kind.NUMBER: ["5503301"]},
        {Kind.NUMBER},
    )


@pytest.mark.parametrize("line", LINES)
def test_who_sees_nothing_is_offered_nothing(two_pbxs, line):
    assert values(line, NOTHING) == (nothing(), set())


def test_removed_trunks_offer_nothing(two_pbxs):
    trunk = Pbx.objects.get(name="Here").trunks.get()
    trunk.removed_at = trunk.observed_at
    trunk.save()
    bindings_leave(trunks=[trunk.pk])
    assert values("5503301", two_pbxs["here"])[0][Kind.NUMBER] == []
