"""What the database thinks of PBXs and trunks is what Python thinks of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from tests.builders import make_pbx, make_trunk
from trunks.models import Pbx, PbxState, Trunk, TrunkState

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_combination() -> None:
    """A PBX for each combination of what its state depends on, with a fresh, a stale and a removed trunk."""
    now = timezone.now()
    recently, long_ago = now - timedelta(minutes=1), now - timedelta(days=3)
    choices: dict[str, list[object]] = {
        "enabled": [True, False],
        "credentials_rejected_at": [None, recently],
        "secret_lost_at": [None, recently],
        "login_blocked_until": [None, recently, now + timedelta(minutes=5)],
        "failing_since": [None, recently],
        "answer_held_at": [None, recently],
        "observed_at": [None, recently, long_ago],
    }
    for number, values in enumerate(product(*choices.values())):
        row = dict(zip(choices, values, strict=True))
        Pbx.objects.create(name=f"P{number}", slug=f"p{number}", **row)
    for pbx in Pbx.objects.all():
        make_trunk(pbx, remote_id="1", observed_at=recently)
        make_trunk(pbx, remote_id="2", observed_at=long_ago)
        make_trunk(pbx, remote_id="3", observed_at=recently, removed_at=recently)


def test_sql_and_python_agree_on_the_state_of_a_pbx(every_combination):
    rows = list(Pbx.objects.with_state())
    assert [vars(pbx)["state_now"] for pbx in rows] == [pbx.state.value for pbx in rows]
    assert [list(PbxState)[vars(pbx)["severity"]] for pbx in rows] == [pbx.state for pbx in rows]
    assert {pbx.state for pbx in rows} == set(PbxState)


@pytest.mark.parametrize("state", PbxState)
def test_a_state_finds_the_pbxs_that_are_in_it(every_combination, state):
    found = set(Pbx.objects.in_states([state]))
    assert found == {pbx for pbx in Pbx.objects.all() if pbx.state == state}
    assert found


def test_sql_and_python_agree_on_the_state_of_a_trunk(every_combination):
    rows = list(Trunk.objects.to_sort().with_pbx())
    states = [list(TrunkState)[vars(trunk)["severity"]] for trunk in rows]
    assert states == [trunk.state for trunk in rows]
    assert set(states) == set(TrunkState)


def test_totals_by_state_name_the_one_that_is_alone_and_take_one_query(django_assert_num_queries):
    old = timezone.now() - timedelta(days=2)
    make_pbx("Leeds", failing_since=old, observed_at=old)
    make_pbx("Lisbon", observed_at=None)
    for name in ("Oslo", "Rome"):
        make_pbx(name)
    with django_assert_num_queries(1):
        totals = {row.state: row for row in Pbx.objects.totals_by_state()}
    assert (totals["failing"].slug, totals["failing"].oldest) == ("leeds", old)
    assert totals["never"].oldest is None
    assert totals["fresh"].pbxs == 2
