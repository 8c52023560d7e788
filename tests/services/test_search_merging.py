"""The index is brought into few pieces while searches and landings go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import DodBinding, SearchIndex
from trunks.search.index import BINDING_GRAMS, index
from trunks.search.language import read_question
from trunks.search.matching import matching_bindings
from trunks.services.search_merging import search_merge
from trunks.services.search_texts import search_index_is_in_step, search_texts_rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def landed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write each binding to the index by itself, and merge only a page at a time."""
    monkeypatch.setattr("trunks.search.index_sqlite.PAGES_MERGED", 1)
    search_texts_rebuild()
    trunk = make_trunk(make_pbx("Leeds"), "T", id=1)
    for number in range(1, 13):
        make_binding(trunk, f"55033{number:02}", f"desk {'厦门' * number}", id=number)
        pieces()
    age(timedelta(days=2))


def age(past: timedelta) -> None:
    SearchIndex.objects.update(merged_at=timezone.now() - past)


def levels() -> int:
    """Return how many levels of segments the full-text table has: the first number of its structure record."""
    return _structure()[0]


def pieces() -> int:
    """Return how many segments it has."""
    return _structure()[1]


def _structure() -> bytes:
    """Return the numbers of levels and of segments, after a cookie of four bytes; below 128 each is one byte.

    To ask for it makes the table write what it holds back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {BINDING_GRAMS} ({BINDING_GRAMS}) VALUES ('integrity-check')"  # noqa: S608
        )
        cursor.execute(f"SELECT block FROM {BINDING_GRAMS}_data WHERE id = 10")  # noqa: S608
        (record,) = cursor.fetchone()
    return bytes(record[4:6])


def found(line: str) -> int:
    return matching_bindings(DodBinding.objects.all(), read_question(line)).count()


@pytest.mark.usefixtures("landed")
def test_many_pieces_become_few_that_find_the_same():
    before = pieces()
    search_merge(if_older_than=timedelta(days=1), leaves_time=False)
    assert pieces() < before
    assert (found("desk"), found("门厦"), found("5503307")) == (12, 11, 1)
    assert search_index_is_in_step()


@pytest.mark.usefixtures("landed")
def test_merging_day_after_day_adds_no_levels():
    """Else SQLite takes the table for broken after two thousand of them."""
    trunk = make_trunk(make_pbx("London"), "U")
    for day in range(60):
        make_binding(trunk, f"6603{day:03}", "attic")
        search_merge(leaves_time=False)
    assert levels() < 10


@pytest.mark.usefixtures("landed")
def test_what_was_merged_lately_is_left():
    before = pieces()
    age(timedelta(hours=1))
    search_merge(if_older_than=timedelta(days=1), leaves_time=False)
    assert pieces() == before


@pytest.mark.usefixtures("landed")
def test_what_was_merged_while_the_clock_was_ahead_is_merged_again():
    before = pieces()
    age(timedelta(days=-400))
    search_merge(if_older_than=timedelta(days=1), leaves_time=False)
    assert pieces() < before


@pytest.mark.usefixtures("landed")
def test_between_steps_others_write_and_are_found(monkeypatch):
    trunk = make_trunk(make_pbx("London"), "U")
    written: list[DodBinding] = []

    def write(_seconds: float) -> None:
        written.append(make_binding(trunk, f"66033{len(written):02}", "attic"))

    monkeypatch.setattr("trunks.services.search_merging.time.sleep", write)
    search_merge()
    assert written
    assert found("attic") == len(written)
    assert search_index_is_in_step()


@pytest.mark.both_databases
def test_a_merge_needs_no_index_to_be_there_yet():
    SearchIndex.objects.all().delete()
    search_merge()
    assert not SearchIndex.objects.exists()


@pytest.mark.both_databases
def test_of_an_index_in_one_piece_there_is_nothing_to_merge():
    search_texts_rebuild()
    assert not index().merge(BINDING_GRAMS)
