"""How states, kinds, ages and fields of trunks look."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from trunks import moments
from trunks.models import Pbx, Trunk
from trunks.templatetags import trunk_tags as tags

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def widths(bar: str) -> dict[str, float]:
    return {
        c: float(w) for c, w in re.findall(r'<rect class="(\w+)" x="[\d.]+" width="([\d.]+)"', bar)
    }


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=29), "29 d ago"),
        (timedelta(days=266), "2 Mar 2026"),
    ],
)
def test_age_is_told_in_its_largest_unit(age, words):
    assert f">{words}</time>" in tags.ago(NOON - age)


def test_age_knows_the_moment_and_its_zone():
    element = tags.ago(NOON)
    assert 'datetime="2026-11-23T12:00:00+00:00"' in element
    assert 'title="23 Nov 2026, 12:00 UTC"' in element


def test_no_moment_is_never():
    assert tags.ago(None) == "never"
    assert tags.exactly(None) == "never"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOON.replace(hour=9, minute=40), "09:40"),
        (NOON - timedelta(hours=18, minutes=20), "yesterday 17:40"),
        (NOON - timedelta(days=2), "21 Nov, 12:00"),
        (NOON - timedelta(days=700), "23 Dec 2024, 12:00"),
    ],
)
def test_beginning_is_told_as_shortly_as_it_is_clear(moment, words):
    assert moments.since(moment) == words


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"observed_at": NOON - timedelta(minutes=2)}, "Fetched 2 min ago"),
        ({"observed_at": NOON - timedelta(hours=30)}, "Stale: 1 d ago"),
        ({"failing_since": NOON - timedelta(hours=18)}, "Not answering since yesterday 18:00"),
        (
            {"failing_since": NOON, "credentials_rejected_at": NOON},
            "Log-in refused since 12:00",
        ),
        ({}, "Never fetched"),
        ({"enabled": False, "observed_at": NOON}, "Disabled"),
    ],
)
def test_state_of_a_pbx_is_a_sentence(fields, sentence):
    assert re.sub("<[^>]+>", "", tags.pbx_state(Pbx(**fields))) == sentence


def test_dot_has_a_word_for_those_who_cannot_see_it():
    dot = tags.pbx_dot(Pbx(observed_at=NOON))
    assert 'class="dot ok"' in dot
    assert "Up to date: " in dot


def test_known_kind_has_its_word():
    assert tags.kind_badge("peer") == '<span class="badge peer">Peer</span>'


def test_unknown_kind_is_shown_as_it_came_and_escaped():
    assert tags.kind_badge("<b>") == '<span class="badge other">&lt;b&gt;</span>'


def test_missing_kind_is_not_reported():
    assert "not reported" in tags.kind_badge("")


def test_bar_shows_shares():
    bar = widths(tags.kind_bar({"register": 50, "peer": 50}))
    assert bar["register"] == bar["peer"] == tags.BAR_WIDTH / 2


def test_kind_that_exists_is_never_drawn_without_width():
    bar = widths(tags.kind_bar({"register": 99_999, "peer": 0, "account": 1}))
    assert bar["account"] >= tags.BAR_LEAST
    assert "peer" not in bar


def test_bar_is_named_for_those_who_cannot_see_it():
    bar = tags.kind_bar({"account": 2, "webrtc": 1, "register": 30})
    assert "<title>Register 30, Account 2, webrtc 1</title>" in bar


def test_bar_of_nothing_is_empty():
    assert "<rect" not in tags.kind_bar({})


def test_copy_button_carries_the_value_escaped():
    button = tags.copy_button('5503301"><i>')
    assert 'data-copy="5503301&quot;&gt;&lt;i&gt;"' in button
    assert 'type="button"' in button


def test_copy_button_is_named_by_its_label():
    assert 'aria-label="Copy the number"' in tags.copy_button("5503301", "Copy the number")


@pytest.mark.parametrize(
    ("trunk", "field", "words"),
    [
        (Trunk(kind="peer", host="10.0.0.1"), "host", "10.0.0.1"),
        (Trunk(kind="account", host=None), "host", "not applicable"),
        (Trunk(kind="account", host="10.0.0.1"), "host", "10.0.0.1"),
        (Trunk(kind="register", domain=None), "domain", "not reported"),
        (Trunk(kind="register", fromuser=""), "fromuser", "not set"),
        (Trunk(kind="webrtc", host=None), "host", "not reported"),
    ],
)
def test_field_without_a_value_says_why(trunk, field, words):
    assert f">{words}</span>" in tags.trunk_value(trunk, field)


def test_icons_carry_no_style():
    assert "style" not in tags.copy_button("1")


def test_times_follow_the_language():
    with translation.override("zh-hans"):
        assert "2026" in moments.exactly(NOON)
