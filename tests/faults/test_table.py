"""The fault table, walked: over real sockets, through the pool and the database, one line a fault."""

from __future__ import annotations

import pytest

from trunks.failures import explain
from trunks.models import Fetch, Pbx
from trunks.yeastar import PbxError

from .cases import Case
from .report import Line, rows_text
from .scene import Scene
from .table import CASES

# What the issue lists, in its words; each begins the name of a case at least.
LISTED = """
refused · no route · name does not resolve · connect hangs · accepts and says nothing ·
headers then silence · one byte a second · closes mid-body · Content-Length too long ·
Content-Length too short · 40 MiB body · endless body · compressed bomb · HTML login page · 404 ·
500 · 302 to https · 302 to elsewhere · empty body · null · [] · truncated JSON · BOM before JSON ·
invalid UTF-8 · GBK text · duplicate keys · 10,000-deep nesting · huge numbers ·
`Success` without trunks · `trunks` null · `trunks` an object · `trunks` holding null ·
duplicate ids · unknown kind · DOD field null · DOD field number · DOD field list ·
errno as number · status in other case · token dead once · token dead forever · wrong password ·
locked · certificate self-signed · certificate expired · certificate for a wrong name ·
certificate changed · TLS 1.2 only · plain HTTP on the TLS port · TLS on the plain HTTP port ·
clock of the PBX a year ahead · our clock a year ahead · our clock a year behind
"""


def test_every_listed_fault_is_in_the_table():
    listed = [" ".join(name.split()) for name in LISTED.split("·")]
    missing = [name for name in listed if not any(c.fault.startswith(name) for c in CASES)]

    assert not missing
    assert len({case.fault for case in CASES}) == len(CASES)


def seen_by_a_person(fetch: Fetch) -> str:
    """Return the first sentence about a fetch."""
    if fetch.state == Fetch.State.SUCCEEDED:
        return ""
    return explain(fetch.reason, errno=fetch.errno, detail=fetch.detail).happened


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_a_fault_costs_nothing_but_its_own_fetch(
    case: Case, scene: Scene, following: Pbx, record_property
):
    case.arrange(scene)
    scene.raised.clear()
    rows, data, observed = scene.rows(), scene.data(), scene.observed()
    fetch, next_fetch = scene.fetch_both(following)
    sees = seen_by_a_person(fetch).replace(f":{scene.device.port}.", ":PORT.")
    line = Line(
        case.fault,
        " ".join([type(error).__name__ for error in scene.raised] + [fetch.reason or fetch.state]),
        sees or f"{fetch.seen} trunks read: {case.why}.",
        rows_text(rows, scene.rows()),
    )
    record_property(*line.as_property())

    assert ([type(error) for error in scene.raised], fetch.reason, sees) == expected(case)
    assert scene.rows() == rows
    if case.reason is None:
        assert case.why
        assert not set(scene.observed()[1]) & set(observed[1])
    else:
        assert (scene.data(), scene.observed()) == (data, observed)
    assert next_fetch.state == Fetch.State.SUCCEEDED
    assert len(scene.read_by) == 2
    assert len(set(scene.read_by)) == 1


def expected(case: Case) -> tuple[list[type[PbxError]], str, str]:
    """Return the errors, the stored reason and the sentence that are right."""
    return [case.kind] if case.kind else [], case.reason or "", case.sees
