"""PBXs that fail again and again are left alone for a growing while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from trunks.models import Fetch, Pbx
from trunks.services.fetching import fetch_now, fetch_perform, fetch_request
from trunks.services.resting import LONGEST_REST, rest_after
from trunks.simulator import SimulatedPbx


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, None), (2, None), (3, 30), (4, 60), (5, 120), (8, 900), (1000, 900)],
)
def test_the_rest_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int | None):
    rest = rest_after(failures)

    assert (rest.total_seconds() if rest else None) == seconds


def test_three_failures_in_a_row_give_a_pbx_a_rest(pbx: Pbx, device: SimulatedPbx):
    device.stop()
    for _ in range(3):
        fetch_now(pbx=pbx)

    pbx.refresh_from_db()
    assert pbx.failures_in_a_row == 3
    assert pbx.rests


def test_a_resting_pbx_is_not_called_unless_somebody_insists(pbx: Pbx, device: SimulatedPbx):
    Pbx.objects.filter(pk=pbx.pk).update(resting_until=timezone.now() + LONGEST_REST)
    fetch = fetch_request(pbx=pbx, insists=False)
    fetch_perform(fetch.pk)

    fetch.refresh_from_db()
    assert (fetch.state, fetch.reason) == (Fetch.State.FAILED, "left-alone")
    assert device.requests == []


def test_being_left_alone_is_no_further_failure(pbx: Pbx, device: SimulatedPbx):
    until = timezone.now() + timedelta(minutes=1)
    Pbx.objects.filter(pk=pbx.pk).update(resting_until=until, failures_in_a_row=3)
    fetch_perform(fetch_request(pbx=pbx, insists=False).pk)

    pbx.refresh_from_db()
    assert (pbx.failures_in_a_row, pbx.resting_until) == (3, until)


def test_a_person_can_always_try_now_and_success_ends_the_rest(pbx: Pbx, device: SimulatedPbx):
    until = timezone.now() + timedelta(minutes=1)
    Pbx.objects.filter(pk=pbx.pk).update(resting_until=until, failures_in_a_row=3)

    assert fetch_now(pbx=pbx).state == Fetch.State.SUCCEEDED
    pbx.refresh_from_db()
    assert (pbx.failures_in_a_row, pbx.resting_until) == (0, None)


def test_a_failure_of_our_own_is_none_of_the_pbx(pbx: Pbx, monkeypatch):
    Pbx.objects.filter(pk=pbx.pk).update(secret="")
    fetch = fetch_now(pbx=pbx)

    pbx.refresh_from_db()
    assert fetch.reason == "secret-unavailable"
    assert (pbx.last_fetch, pbx.failing_since, pbx.failures_in_a_row) == (fetch, None, 0)
