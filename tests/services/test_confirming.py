"""Answers that repeat what is stored, recorded together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_pbx
from trunks.models import Fetch, Pbx, Supplement, Trunk
from trunks.services.claiming import fetches_claim
from trunks.services.confirming import confirm
from trunks.services.landing import land, land_all
from trunks.services.reading import Failure, Reading
from trunks.services.supplements import SupplementAnswer
from trunks.yeastar import TrunkRecord

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

RECORD = TrunkRecord(
    remote_id="15",
    name="Leeds",
    kind="peer",
    host="sip.example",
    port="5060",
    domain=None,
    username=None,
    authname=None,
    fromuser=None,
    password_fingerprint=None,
    extensions_dod="0113-Desk-1001",
    groups_dod=None,
)
IDLE = SupplementAnswer(Supplement.Kind.REGISTRATION, data={"15": "idle"})
BUSY = SupplementAnswer(Supplement.Kind.REGISTRATION, data={"15": "busy"})


def reading(*records: TrunkRecord, supplements: tuple[SupplementAnswer, ...] = (IDLE,)) -> Reading:
    return Reading(records, timezone.now(), supplements)


def claimed() -> list[Fetch]:
    """Running fetches of all trunks, one a PBX, in the order of the PBXs."""
    Fetch.objects.bulk_create(Fetch(pbx=pbx) for pbx in Pbx.objects.order_by("pk"))
    return sorted(fetches_claim(limit=100), key=lambda fetch: fetch.pbx_id)


@pytest.fixture
def fleet() -> list[Pbx]:
    """Four PBXs whose trunk has been read before."""
    pbxs = [make_pbx(f"PBX {number}", observed_at=None) for number in range(4)]
    for fetch in claimed():
        land(fetch, reading(RECORD))
    return pbxs


def test_answers_that_repeat_what_is_known_move_every_age(fleet: list[Pbx]):
    readings = {fetch: reading(RECORD) for fetch in claimed()}
    confirmed = confirm(readings)

    assert confirmed == readings.keys()
    for fetch, answer in readings.items():
        fetch.refresh_from_db()
        assert (fetch.state, fetch.seen, fetch.changed) == ("succeeded", 1, 0)
        pbx = Pbx.objects.get(pk=fetch.pbx_id)
        assert (pbx.observed_at, pbx.last_fetch) == (answer.observed_at, fetch)
        assert pbx.trunks.get().observed_at == answer.observed_at
        row = pbx.supplements.get()
        assert row.observed_at == row.attempted_at == answer.observed_at


def test_how_many_there_are_costs_no_further_statement(
    fleet: list[Pbx], django_assert_max_num_queries
):
    readings = {fetch: reading(RECORD) for fetch in claimed()}
    with django_assert_max_num_queries(12):
        assert len(confirm(readings)) == 4


def test_an_answer_ends_the_failing_of_its_pbx(fleet: list[Pbx]):
    now = timezone.now()
    Pbx.objects.update(failing_since=now, failures_in_a_row=3, resting_until=now)
    Fetch.objects.update(insists=True)
    confirm({fetch: reading(RECORD) for fetch in claimed()})

    ended = {"failing_since": None, "failures_in_a_row": 0, "resting_until": None}
    assert Pbx.objects.filter(**ended).count() == 4


@pytest.mark.parametrize(
    "answer",
    [
        reading(replace(RECORD, name="Leeds 2")),
        reading(),
        reading(RECORD, replace(RECORD, remote_id="16")),
        reading(RECORD, supplements=(BUSY,)),
        reading(RECORD, supplements=(replace(IDLE, data=None, reason="timeout"),)),
        reading(RECORD, supplements=(IDLE, SupplementAnswer(Supplement.Kind.DEVICE, data={}))),
    ],
    ids=["renamed", "empty", "one more", "busy", "not told", "told more"],
)
def test_an_answer_with_news_is_left_and_landed_by_itself(fleet: list[Pbx], answer: Reading):
    first, *others = claimed()
    readings = {first: answer, **{fetch: reading(RECORD) for fetch in others}}

    assert confirm(readings) == set(others)
    first.refresh_from_db()
    assert first.state == "running"


def test_all_that_has_come_is_landed_whether_it_has_news_or_not(fleet: list[Pbx]):
    first, *others = claimed()
    waiting: list[tuple[Fetch, Reading | Failure]]
    waiting = [(first, reading(replace(RECORD, name="Leeds 2")))]
    waiting += [(fetch, reading(RECORD)) for fetch in others]
    land_all(waiting)

    assert waiting == []
    assert Fetch.objects.filter(state="succeeded").count() == 8
    assert Trunk.objects.get(pbx=fleet[0]).name == "Leeds 2"


def test_an_answer_from_before_an_edit_confirms_nothing(fleet: list[Pbx]):
    fetches = claimed()
    Pbx.objects.filter(pk=fleet[0].pk).update(base_url="http://192.0.2.9")

    assert confirm({fetch: reading(RECORD) for fetch in fetches}) == set(fetches[1:])


def test_an_answer_for_a_deleted_pbx_confirms_nothing(fleet: list[Pbx]):
    fetches = claimed()
    fleet[0].delete()

    assert confirm({fetch: reading(RECORD) for fetch in fetches}) == set(fetches[1:])


def test_an_answer_after_the_lease_confirms_nothing(fleet: list[Pbx]):
    fetches = claimed()
    before = Pbx.objects.get(pk=fleet[0].pk).observed_at
    Fetch.objects.filter(pk=fetches[0].pk).update(state=Fetch.State.INTERRUPTED)

    assert confirm({fetch: reading(RECORD) for fetch in fetches}) == set(fetches[1:])
    assert Pbx.objects.get(pk=fleet[0].pk).observed_at == before


def test_an_answer_that_settles_a_doubt_is_landed_by_itself(fleet: list[Pbx]):
    Pbx.objects.filter(pk=fleet[0].pk).update(answer_held_at=timezone.now() - timedelta(hours=1))
    first, *others = claimed()

    assert confirm({fetch: reading(RECORD) for fetch in (first, *others)}) == set(others)


def test_a_mistake_of_ours_in_one_costs_the_others_nothing(fleet: list[Pbx], monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("trunks.services.landing.confirm", broken)
    land_all([(fetch, reading(RECORD)) for fetch in claimed()])

    assert Fetch.objects.filter(state="succeeded").count() == 8
