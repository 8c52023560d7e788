"""Runs: several fetches started, given up and repeated as one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.builders import make_pbx, make_person
from trunks.models import Fetch, FetchRun, Pbx
from trunks.roles import RoleName
from trunks.services.fetching import fetch_request
from trunks.services.roles import NotAllowed
from trunks.services.runs import run_again, run_cancel, run_start

pytestmark = pytest.mark.both_databases


@pytest.fixture
def pbxs(db: None) -> list[Pbx]:
    """Three PBXs that nobody answers for."""
    return [make_pbx(name) for name in ("Leeds", "London", "Xiamen")]


def start(pbxs: list[Pbx], requested_by: User | None = None) -> FetchRun:
    return run_start(pbxs=pbxs, scope=FetchRun.Scope.ALL, requested_by=requested_by)


def states(run: FetchRun) -> list[str]:
    return list(run.fetches.order_by("pbx__name").values_list("state", flat=True))


def test_a_run_has_one_fetch_of_each_pbx(pbxs: list[Pbx]):
    run = start(pbxs)

    assert states(run) == ["queued"] * 3
    assert run.progress().total == 3


def test_a_disabled_pbx_is_left_out(pbxs: list[Pbx]):
    Pbx.objects.filter(pk=pbxs[0].pk).update(enabled=False)

    assert start(pbxs).progress().total == 2


def test_a_fetch_that_is_under_way_is_joined(pbxs: list[Pbx]):
    asked = fetch_request(pbx=pbxs[0])
    run = start(pbxs)

    assert asked in run.fetches.all()
    assert Fetch.objects.count() == 3


def test_two_runs_at_once_share_their_fetches(pbxs: list[Pbx]):
    first, second = start(pbxs), start(pbxs)

    assert set(first.fetches.all()) == set(second.fetches.all())


def test_cancelling_gives_up_what_waits_and_lets_what_runs_end(pbxs: list[Pbx]):
    run = start(pbxs)
    run.fetches.filter(pbx=pbxs[1]).update(state=Fetch.State.RUNNING)

    assert run_cancel(run=run) == 2
    assert states(run) == ["cancelled", "running", "cancelled"]


def test_cancelling_spares_what_another_run_waits_for(pbxs: list[Pbx]):
    run = start(pbxs)
    start(pbxs[:1])
    run_cancel(run=run)

    assert states(run) == ["queued", "cancelled", "cancelled"]


def test_cancelling_spares_what_somebody_else_asked_for(pbxs: list[Pbx]):
    fetch_request(pbx=pbxs[0], requested_by=make_person("olga", RoleName.OPERATOR))
    run = start(pbxs)
    run_cancel(run=run)

    assert states(run) == ["queued", "cancelled", "cancelled"]


def test_a_run_is_cancelled_once(pbxs: list[Pbx]):
    run = start(pbxs)
    run_cancel(run=run)

    assert run_cancel(run=run) == 0


def test_the_failed_ones_are_tried_again_also_while_they_are_left_alone(pbxs: list[Pbx]):
    run = start(pbxs)
    run.fetches.filter(pbx=pbxs[0]).update(state=Fetch.State.SUCCEEDED)
    run.fetches.filter(pbx=pbxs[1]).update(state=Fetch.State.FAILED)
    run.fetches.filter(pbx=pbxs[2]).update(state=Fetch.State.INTERRUPTED)
    again = run_again(run=run)

    assert again is not None
    assert again.again_of == run
    assert {(fetch.pbx, fetch.insists) for fetch in again.fetches.all()} == {
        (pbxs[1], True),
        (pbxs[2], True),
    }


def test_nothing_is_tried_again_when_nothing_failed(pbxs: list[Pbx]):
    run = start(pbxs)
    run.fetches.update(state=Fetch.State.SUCCEEDED)

    assert run_again(run=run) is None


def test_progress_counts_every_state_in_one_query(pbxs: list[Pbx], django_assert_num_queries):
    run = start(pbxs)
    run.fetches.filter(pbx=pbxs[0]).update(state=Fetch.State.HELD)
    run.fetches.filter(pbx=pbxs[1]).update(state=Fetch.State.RUNNING)
    with django_assert_num_queries(1):
        progress = run.progress()

    assert (progress.held, progress.running, progress.waiting, progress.over) == (1, 1, 1, 1)
    assert not progress.is_over


def test_only_who_may_fetch_starts_or_gives_up_a_run(pbxs: list[Pbx], viewer: User):
    run = start(pbxs)
    with pytest.raises(NotAllowed):
        start(pbxs, viewer)
    with pytest.raises(NotAllowed):
        run_cancel(run=run, cancelled_by=viewer)
    assert states(run) == ["queued"] * 3
    assert FetchRun.objects.count() == 1
