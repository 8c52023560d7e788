"""Answers too small to believe, over real sockets against the simulator."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from trunks.failures import Explanation, explain
from trunks.models import Fetch, HeldAnswer, Pbx, PbxState
from trunks.services.fetching import fetch_now
from trunks.services.holding import (
    HeldAnswerGone,
    held_apply,
    held_discard,
    is_suspicious,
)
from trunks.simulator import SimulatedPbx


def keep(device: SimulatedPbx, count: int) -> None:
    device.world = replace(device.world, trunks=device.world.trunks[:count])


def words_of(fetch: Fetch) -> Explanation:
    return explain(fetch.reason, errno=fetch.errno, detail=fetch.detail)


@pytest.fixture
def known(pbx: Pbx, device: SimulatedPbx) -> Pbx:
    """A PBX whose eight trunks were read."""
    fetch_now(pbx=pbx)
    pbx.refresh_from_db()
    return pbx


@pytest.mark.parametrize(
    ("known", "reported", "lost", "suspicious"),
    [
        (0, 0, 0, False),
        (1, 0, 1, True),
        (3, 1, 2, False),
        (4, 2, 2, False),
        (4, 1, 3, True),
        (48, 0, 48, True),
        (48, 48, 48, True),
        (48, 24, 24, False),
    ],
)
def test_an_answer_is_suspicious_when_it_loses_all_or_over_half_of_four(
    known: int, reported: int, lost: int, suspicious: bool
):
    assert is_suspicious(known=known, reported=reported, lost=lost) is suspicious


def test_an_empty_answer_is_held_back_and_the_last_good_data_stays(
    known: Pbx, device: SimulatedPbx
):
    before = known.observed_at
    keep(device, 0)
    fetch = fetch_now(pbx=known)

    known.refresh_from_db()
    assert (fetch.state, fetch.detail) == (Fetch.State.HELD, "0/8")
    assert known.trunks.present().count() == 8
    assert known.observed_at == before
    assert known.state is PbxState.HELD


def test_an_answer_that_loses_half_is_believed(known: Pbx, device: SimulatedPbx):
    keep(device, 4)

    assert fetch_now(pbx=known).state == Fetch.State.SUCCEEDED
    assert known.trunks.present().count() == 4


def test_a_second_equal_answer_is_applied(known: Pbx, device: SimulatedPbx):
    keep(device, 2)
    fetch_now(pbx=known)
    fetch = fetch_now(pbx=known)

    known.refresh_from_db()
    assert (fetch.state, fetch.removed) == (Fetch.State.SUCCEEDED, 6)
    assert known.state is PbxState.FRESH
    assert not HeldAnswer.objects.exists()


def test_a_second_answer_that_differs_is_held_back_in_its_place(known: Pbx, device: SimulatedPbx):
    keep(device, 2)
    fetch_now(pbx=known)
    keep(device, 1)
    fetch = fetch_now(pbx=known)

    assert fetch.state == Fetch.State.HELD
    assert HeldAnswer.objects.get().reported == 1


def test_a_whole_answer_ends_the_doubt(known: Pbx, device: SimulatedPbx):
    whole = device.world
    keep(device, 0)
    fetch_now(pbx=known)
    device.world = whole
    fetch_now(pbx=known)

    known.refresh_from_db()
    assert known.answer_held_at is None
    assert not HeldAnswer.objects.exists()


def test_a_person_applies_what_was_held_back(known: Pbx, device: SimulatedPbx, administrator: User):
    keep(device, 1)
    fetch = fetch_now(pbx=known)
    held = HeldAnswer.objects.get()
    held_apply(held=held, applied_by=administrator)

    known.refresh_from_db()
    fetch.refresh_from_db()
    assert known.trunks.present().count() == 1
    assert (known.observed_at, known.answer_held_at) == (held.observed_at, None)
    assert (fetch.state, fetch.removed) == (Fetch.State.SUCCEEDED, 7)


def test_what_was_held_back_still_has_its_bindings_when_applied(
    known: Pbx, device: SimulatedPbx, administrator: User
):
    texts = {trunk.remote_id: trunk.dod_count for trunk in known.trunks.all()}
    keep(device, 1)
    fetch_now(pbx=known)
    held_apply(held=HeldAnswer.objects.get(), applied_by=administrator)

    (left,) = known.trunks.present()
    assert left.bindings.count() == left.dod_count == texts[left.remote_id]


def test_a_person_keeps_the_last_good_data(known: Pbx, device: SimulatedPbx, administrator: User):
    keep(device, 0)
    fetch_now(pbx=known)
    held_discard(held=HeldAnswer.objects.get(), discarded_by=administrator)

    known.refresh_from_db()
    assert known.trunks.present().count() == 8
    assert known.answer_held_at is None


def test_the_attempt_of_an_answer_that_was_given_up_no_longer_asks_for_anything(
    known: Pbx, device: SimulatedPbx, administrator: User
):
    keep(device, 0)
    fetch = fetch_now(pbx=known)
    assert "apply the answer" in str(words_of(fetch).remedy)
    held_discard(held=HeldAnswer.objects.get(), discarded_by=administrator)

    fetch.refresh_from_db()
    assert "gave this answer up" in str(words_of(fetch).meaning)
    assert "0/8" in str(words_of(fetch).happened)


def test_the_attempt_of_an_answer_that_was_followed_by_another_points_to_that(
    known: Pbx, device: SimulatedPbx
):
    keep(device, 0)
    first = fetch_now(pbx=known)
    second = fetch_now(pbx=known)

    first.refresh_from_db()
    assert second.state == Fetch.State.SUCCEEDED
    assert "Look at the fetch after it" in str(words_of(first).remedy)


def test_an_answer_that_was_followed_by_another_cannot_be_applied(
    known: Pbx, device: SimulatedPbx, administrator: User
):
    keep(device, 2)
    fetch_now(pbx=known)
    seen = HeldAnswer.objects.get()
    keep(device, 1)
    fetch_now(pbx=known)

    with pytest.raises(HeldAnswerGone):
        held_apply(held=seen, applied_by=administrator)
    assert known.trunks.present().count() == 8


def test_a_fetch_of_some_trunks_is_never_held_back(known: Pbx, device: SimulatedPbx):
    assert fetch_now(pbx=known, remote_ids=["1"]).state == Fetch.State.SUCCEEDED


def test_no_sip_password_is_kept_with_an_answer(known: Pbx, device: SimulatedPbx):
    passwords = [trunk.password for trunk in device.world.trunks if trunk.password]
    keep(device, 2)
    fetch_now(pbx=known)

    kept = str(HeldAnswer.objects.get().trunks)
    assert passwords
    assert not [password for password in passwords if password in kept]
