"""What is said above a view of several PBXs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_pbx
from trunks.freshness import read_freshness
from trunks.models import Pbx

pytestmark = pytest.mark.django_db


def read(**only: object):
    return read_freshness(Pbx.objects.filter(**only))


def test_nothing_is_in_doubt_when_all_is_fresh(settings):
    make_pbx("Leeds")
    make_pbx("Lisbon")
    assert read().doubts == []
    assert read().all_fresh == "All 2 PBXs were read within the last 24 h"
    settings.PBXDASH_STALE_AFTER = 5400
    assert read().all_fresh == "All 2 PBXs were read within the last 90 min"


def test_without_a_pbx_nothing_is_claimed():
    assert (read().doubts, read().all_fresh, read().disabled) == ([], "", None)


def test_several_in_one_state_are_counted_with_a_link_to_them():
    now = timezone.now()
    make_pbx("Oslo")
    make_pbx("Leeds", failing_since=now, observed_at=now - timedelta(days=2))
    make_pbx("Lisbon", failing_since=now, observed_at=now - timedelta(days=1))
    (doubt,) = read().doubts
    assert doubt.words == "2 of 3 PBXs not answering"
    assert doubt.url == "/pbxs/?q=state%3Afailing"
    assert read().oldest == now - timedelta(days=2)


def test_one_alone_is_named_with_a_link_to_its_page():
    make_pbx("Leeds", credentials_rejected_at=timezone.now())
    (doubt,) = read().doubts
    assert (doubt.words, doubt.name) == ("Log-in stopped at 1 of 1 PBX", "Leeds")
    assert doubt.url == "/pbxs/leeds/"


def test_several_states_come_worst_first_after_one_sentence():
    now = timezone.now()
    make_pbx("Oslo", observed_at=None)
    make_pbx("Rome", observed_at=now - timedelta(days=3))
    make_pbx("Bonn", answer_held_at=now)
    make_pbx("Leeds", failing_since=now)
    make_pbx("Lisbon", credentials_rejected_at=now)
    make_pbx("Paris")
    freshness = read()
    assert freshness.lead == "5 of 6 PBXs are not up to date:"
    assert [doubt.words for doubt in freshness.doubts] == [
        "1 not answering",
        "1 log-in stopped",
        "1 answer held back",
        "1 never fetched",
        "1 not fetched lately",
    ]


def test_disabled_pbxs_are_named_and_do_not_count():
    make_pbx("Leeds", enabled=False, failing_since=timezone.now())
    make_pbx("Lisbon")
    freshness = read()
    assert freshness.doubts == []
    assert freshness.pbxs == 1
    assert freshness.disabled is not None
    assert freshness.disabled.name == "Leeds"


def test_links_of_a_narrowed_view_lead_to_its_pbxs_alone():
    for name in ("Leeds", "Lisbon"):
        make_pbx(name, failing_since=timezone.now())
    freshness = read_freshness(Pbx.objects.all(), within="pbx:=leeds,lisbon")
    assert freshness.doubts[0].url == "/pbxs/?q=pbx%3A%3Dleeds%2Clisbon+state%3Afailing"


def test_it_takes_one_query_however_many_pbxs_there_are(django_assert_num_queries):
    for number in range(30):
        make_pbx(f"P{number}", failing_since=timezone.now() if number % 2 else None)
    with django_assert_num_queries(1):
        read()
