"""Runs in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from trunks.models import Fetch
from trunks.templatetags.runs import duration, lane_dot, lane_label, took


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.9, "9.9 s"),
        (12.9, "12 s"),
        (59.9, "59 s"),
        (185, "3 min 5 s"),
    ],
)
def test_a_length_of_time_is_as_exact_as_it_is_useful(seconds: float, words: str):
    assert duration(seconds) == words


@pytest.mark.parametrize("state", Fetch.State.values)
def test_every_state_of_a_fetch_has_a_word_and_a_dot(state: str):
    assert lane_label(state)
    assert lane_dot(state)


def test_a_pbx_that_was_not_called_took_no_time():
    assert took(Fetch(finished_at=timezone.now())) is None


def test_waiting_does_not_count_as_time_taken():
    now = timezone.now()
    asked_at, called_at = now - timedelta(minutes=9), now - timedelta(seconds=2)

    assert took(Fetch(requested_at=asked_at, started_at=called_at, finished_at=now)) == 2.0
