"""The index is brought into one piece while searches and landings go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import DodBinding, SearchIndex
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS, index
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


def pieces(table: str = BINDING_GRAMS) -> int:
    """Return how many segments a full-text table has; to ask makes it write what it holds back."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608
        cursor.execute(f"SELECT COUNT(DISTINCT segid) FROM {table}_idx")  # noqa: S608
        (number,) = cursor.fetchone()
    return int(number)


def found(line: str) -> int:
    return matching_bindings(DodBinding.objects.all(), read_question(line)).count()


@pytest.mark.usefixtures("landed")
def test_many_pieces_become_one_that_finds_the_same():
    assert pieces() > 1
    search_merge(if_older_than=timedelta(days=1), leaves_time=False)
    assert (pieces(), pieces(TRUNK_GRAMS)) == (1, 1)
    assert (found("desk"), found("门厦"), found("5503307")) == (12, 11, 1)
    assert search_index_is_in_step()


@pytest.mark.usefixtures("landed")
def test_what_was_merged_lately_is_left():
    before = pieces()
    age(timedelta(hours=1))
    search_merge(if_older_than=timedelta(days=1), leaves_time=False)
    assert pieces() == before


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
    assert not index().merge(BINDING_GRAMS, is_begun=False)
