"""Allowances that are used up and come back, counted once for all processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from trunks.models import Throttle
from trunks.services import throttling
from trunks.services.throttling import (
    CLEARED_AT_ONCE,
    Allowance,
    throttle_forget,
    throttle_give_back,
    throttle_is_used_up,
    throttle_take,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

THREE_A_MINUTE = Allowance(3, timedelta(minutes=1))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that stands still until it is moved on."""
    now = {"seconds": timezone.now().timestamp()}
    monkeypatch.setattr(throttling, "_now", lambda: int(now["seconds"] * 1000))

    def move_on(seconds: float) -> None:
        now["seconds"] += seconds

    return move_on


def take(name: str = "door") -> Any:
    return throttle_take(name=name, allowance=THREE_A_MINUTE)


def test_as_many_as_allowed_go_at_once_and_no_more(clock):
    assert [take() is None for _ in range(4)] == [True, True, True, False]


def test_what_was_used_comes_back_one_by_one(clock):
    for _ in range(4):
        take()
    clock(20)
    assert [take() is None for _ in range(2)] == [True, False]


def test_a_refusal_says_when_there_will_be_one(clock):
    for _ in range(3):
        take()
    until = take()
    assert round(until.timestamp() * 1000 - throttling._now()) == 20_000


def test_asking_while_there_is_none_does_not_make_it_later(clock):
    for _ in range(3):
        take()
    assert take() == take()


def test_one_name_does_not_use_the_allowance_of_another(clock):
    for _ in range(4):
        take("door")
    assert take("window") is None


def test_to_ask_whether_it_is_used_up_uses_nothing(clock):
    for _ in range(2):
        take()
    assert not throttle_is_used_up(name="door", allowance=THREE_A_MINUTE)
    take()
    assert throttle_is_used_up(name="door", allowance=THREE_A_MINUTE)


def test_what_is_given_back_may_be_used_again(clock):
    for _ in range(3):
        take()
    throttle_give_back(name="door", allowance=THREE_A_MINUTE)
    assert [take() is None for _ in range(2)] == [True, False]


def test_giving_back_saves_nothing_up(clock):
    take()
    for _ in range(5):
        throttle_give_back(name="door", allowance=THREE_A_MINUTE)
    assert [take() is None for _ in range(4)] == [True, True, True, False]


def test_a_forgotten_one_is_whole(clock):
    for _ in range(4):
        take()
    throttle_forget(name="door")
    assert take() is None


def test_rows_that_say_nothing_any_more_are_cleared_away(clock):
    Throttle.objects.bulk_create(
        Throttle(key=f"old {number}", free_at=1) for number in range(CLEARED_AT_ONCE + 5)
    )
    take()
    assert Throttle.objects.count() == 6


def test_the_table_holds_no_name(clock):
    take("login:account:hunter2")
    assert "hunter2" not in str(list(Throttle.objects.values_list()))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_there_is():
    def in_a_thread(_number: int) -> bool:
        try:
            return throttle_take(name="door", allowance=Allowance(5, timedelta(hours=1))) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(in_a_thread, range(40))) == 5
