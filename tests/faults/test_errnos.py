"""Every errno of the documentation, given when the trunks are asked for.

help.yeastar.com: S-Series API v2, api_error_code; S1000 and Cloud PBX where that page ends.
"""

from __future__ import annotations

import pytest

from trunks.failures import explain
from trunks.services.fetching import fetch_now
from trunks.simulator.faults import RefuseWith
from trunks.yeastar import ApiRefused, LoginRefused

from .report import Line, rows_text
from .scene import Scene

DOCUMENTED = [
    str(errno)
    for first, last in (
        (10002, 10033),
        (10042, 10083),
        (10085, 10087),
        (20000, 20021),
        (30001, 30001),
        (30003, 30003),
    )
    for errno in range(first, last + 1)
]
REASONS = {
    "20002": "locked-out",
    "20003": "credentials-rejected",
    "20004": "token-dead",
    "20005": "token-dead",
    "20006": "token-dead",
    "20015": "address-not-allowed",
}
# Their sentences say what the number means, and need not repeat it.
IN_WORDS = {*REASONS, "10062"} - {"20004", "20005", "20006"}


@pytest.mark.django_db
@pytest.mark.parametrize("errno", DOCUMENTED)
def test_a_documented_errno_is_named_and_costs_no_row(errno: str, scene: Scene, record_property):
    rows, data, observed = scene.rows(), scene.data(), scene.observed()
    scene.at_the_trunks(RefuseWith(errno))
    fetch = fetch_now(pbx=scene.pbx)
    sees = explain(fetch.reason, errno=fetch.errno, detail=fetch.detail).happened
    (error,) = scene.raised
    outcome = f"{type(error).__name__} {fetch.reason}"
    line = Line(f"errno {errno}", outcome, sees, rows_text(rows, scene.rows()))
    record_property(*line.as_property())

    refuses_login = REASONS.get(errno, "token-dead") != "token-dead"
    assert type(error) is (LoginRefused if refuses_login else ApiRefused)
    assert (fetch.reason, fetch.errno) == (REASONS.get(errno, "errno"), errno)
    assert errno in sees or errno in IN_WORDS
    assert (scene.rows(), scene.data(), scene.observed()) == (rows, data, observed)
