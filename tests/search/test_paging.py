"""Pages by the place where the one before ended: nothing is skipped or shown twice, and no place is an error."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.timezone import now
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.builders import make_binding, make_pbx, make_trunk
from tests.search.limits import some_limits
from trunks.forms.lists import TrunkListForm
from trunks.models import UNLIMITED, DodBinding, Pbx, Trunk
from trunks.search.columns import DOD_COLUMNS, PBX_COLUMNS, TRUNK_COLUMNS, Column
from trunks.search.finding import Finding
from trunks.search.language import read_question
from trunks.search.paging import Order, Place, read_place, write_place
from trunks.search.rows import Rows

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

A_PAGE = 2
LONG_AGO = datetime(2026, 3, 5, 18, 2, tzinfo=UTC)
EVERYTHING = read_question("")
LISTS: list[tuple[Rows, tuple[Column, ...], Callable[[], QuerySet[Any]]]] = [
    (Rows.TRUNKS, TRUNK_COLUMNS, Trunk.objects.to_sort),
    (Rows.BINDINGS, DOD_COLUMNS, DodBinding.objects.all),
    (Rows.PBXS, PBX_COLUMNS, lambda: Pbx.objects.with_state().with_trunk_count()),
]

words = st.sampled_from(["", "a", "A", "b", "é", "厦"])
unknown_words = st.none() | words
directions = st.booleans()
trunk_fields = st.fixed_dictionaries(
    {
        "name": words,
        "host": unknown_words,
        "port": unknown_words,
        "username": unknown_words,
        "domain": unknown_words,
        "kind": st.sampled_from(["peer", "register"]),
        "dod_count": st.integers(0, 2),
        "registration": st.sampled_from(["", "Failure", "registered"]),
        "observed_at": st.sampled_from([LONG_AGO, LONG_AGO + timedelta(days=1)]),
    }
)
changes = st.one_of(
    st.tuples(st.just("insert"), trunk_fields),
    st.tuples(st.just("delete"), st.integers(0, 7)),
    st.tuples(st.just("change"), st.tuples(st.integers(0, 7), trunk_fields)),
)
column_of_trunks = st.sampled_from(TRUNK_COLUMNS)
any_column = st.sampled_from([(each, column) for each in LISTS for column in each[1]])


def pages(order: Order, between: Callable[[], object] = lambda: None) -> Iterator[list[int]]:
    """Turn all pages of trunks, and let things happen between them."""
    place: Place | None = None
    while True:
        found = Finding(Rows.TRUNKS, EVERYTHING, Trunk.objects.to_sort(), sight=UNLIMITED)
        places = found.page(order, place, A_PAGE)
        if not places:
            return
        yield [int(str(place[-1])) for place in places]
        # As the link to the next page brings it.
        place = read_place(write_place(places[-1]), order)
        assert place == places[-1]
        between()


def read(text: str, column: Column, *, descending: bool) -> Place | None:
    return read_place(text, column.order(descending=descending))


class Pages(TestCase):
    """Hypothesis, each example in a transaction of its own."""

    @settings(max_examples=80, deadline=None)
    @given(
        column=column_of_trunks,
        descending=directions,
        limit=some_limits,
        rows=st.lists(trunk_fields, max_size=7),
        events=st.lists(st.lists(changes, max_size=2), max_size=5),
    )
    def test_what_stays_as_it_is_comes_once_whatever_happens_meanwhile(
        self, column, descending, limit, rows, events
    ):
        pbx = make_pbx()
        made = [make_trunk(pbx, host=row["host"], **without_host(row)).pk for row in rows]
        touched: set[int] = set()
        happenings = iter(events)

        def happen() -> None:
            for what, how in next(happenings, []):
                touched.update(do(pbx, made, what, how))

        with limit():
            shown = [
                pk for page in pages(column.order(descending=descending), happen) for pk in page
            ]
        stayed = [pk for pk in shown if pk not in touched]
        assert sorted(stayed) == sorted(set(made) - touched)

    @settings(max_examples=50, deadline=None)
    @given(column=column_of_trunks, limit=some_limits, rows=st.lists(trunk_fields, max_size=7))
    def test_down_is_up_from_its_end_but_for_what_is_unknown(self, column, limit, rows):
        pbx = make_pbx()
        for row in rows:
            make_trunk(pbx, host=row["host"], **without_host(row))
        unknown = set()
        if column.may_be_unknown:
            rows_without = Trunk.objects.filter(**{f"{column.fields[0]}__isnull": True})
            unknown = set(rows_without.values_list("pk", flat=True))
        with limit():
            up = [pk for page in pages(column.order(descending=False)) for pk in page]
            down = [pk for page in pages(column.order(descending=True)) for pk in page]
        known = len(rows) - len(unknown)
        assert up[:known] == down[:known][::-1]
        assert set(up[known:]) == set(down[known:]) == unknown

    @settings(max_examples=50, deadline=None)
    @given(
        column=column_of_trunks,
        descending=directions,
        limit=some_limits,
        rows=st.lists(trunk_fields, min_size=1, max_size=7),
        number=st.integers(0, 6),
    )
    def test_back_from_a_row_come_the_rows_before_it(self, column, descending, limit, rows, number):
        pbx = make_pbx()
        for row in rows:
            make_trunk(pbx, host=row["host"], **without_host(row))
        order = column.order(descending=descending)
        found = Finding(Rows.TRUNKS, EVERYTHING, Trunk.objects.to_sort(), sight=UNLIMITED)
        every = found.page(order, None, 10)
        here = min(number, len(every) - 1)
        with limit():
            back = Finding(Rows.TRUNKS, EVERYTHING, Trunk.objects.to_sort(), sight=UNLIMITED)
            assert back.page(order.backwards, every[here], 10) == every[:here][::-1]
        assert found.number_of(order, every[here]) == here + 1

    @settings(max_examples=150, deadline=None)
    @given(chosen=any_column, descending=directions, limit=some_limits, data=st.data())
    def test_any_place_gives_a_page(self, chosen, descending, limit, data):
        (kind, _, rows), column = chosen
        make_binding(make_trunk(make_pbx()))
        order = column.order(descending=descending)
        text = data.draw(garbage | encoded(keys_like(order)), label="place")
        with limit():
            for way in (order, order.backwards):
                Finding(kind, EVERYTHING, rows(), sight=UNLIMITED).page(
                    way, read_place(text, order), A_PAGE
                )

    @settings(max_examples=100, deadline=None)
    @given(chosen=any_column, descending=directions, data=st.data())
    def test_a_place_survives_its_address(self, chosen, descending, data):
        order = chosen[1].order(descending=descending)
        place = data.draw(places_of(order))
        assert read_place(write_place(place), order) == place


def without_host(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "host"}


def do(pbx: Pbx, made: list[int], what: str, how: Any) -> set[int]:
    """Let one thing happen to the rows, and return which it happened to."""
    if what == "insert":
        return {make_trunk(pbx, remote_id=f"new {now()}", **how).pk}
    number, fields = how if what == "change" else (how, {})
    pk = made[number] if number < len(made) else 0
    if what == "change":
        Trunk.objects.filter(pk=pk).update(search_name=fields["name"], **fields)
    else:
        Trunk.objects.filter(pk=pk).delete()
    return {pk}


_KEYS = {"id": int, "severity": int, "dod_count": int, "trunk_count": int, "registration_rank": int}
_MOMENTS = {"observed_at", "first_seen"}


def _type_of(field: str) -> type:
    name = field.rpartition("__")[2]
    return datetime if name in _MOMENTS else _KEYS.get(name, str)


_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_moments = st.datetimes(timezones=st.just(UTC))
_numbers = st.integers(-(2**63) + 1, 2**63 - 1)


def _keys_of(field: str) -> st.SearchStrategy[Any]:
    return {datetime: _moments, int: _numbers, str: _texts}[_type_of(field)]


def places_of(order: Order) -> st.SearchStrategy[Place]:
    """Return places such as rows have them."""
    first, *others = order.keys
    if not order.may_be_unknown:
        return st.tuples(*map(_keys_of, order.keys))
    known = [_keys_of(field) | st.none() for field in (first, *others[:-1])]
    return st.tuples(*known, _keys_of("id"))


odd_zones = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
odd_moments = st.datetimes(timezones=odd_zones | st.none()).map(
    lambda moment: {"at": moment.isoformat()}
)
odd_keys = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(codec=None), max_size=5),
    st.sampled_from(["\0", "\ud800", "a\0b", "9" * 5_000]),
    odd_moments,
    st.sampled_from([{"at": "yesterday"}, {"at": 3}, {"at": None}, {"to": "x"}, [], [[1]], {}]),
)
garbage = st.one_of(
    st.text(st.characters(codec=None), max_size=30),
    st.text("ABCabc019-_=", max_size=40),
    st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    st.lists(odd_keys, max_size=5).map(lambda keys: encode(keys)),
    odd_keys.map(lambda key: encode(key)),
    st.just("[" * 3_000).map(lambda text: base64.urlsafe_b64encode(text.encode()).decode()[:3_999]),
)


def encode(value: object) -> str:
    """Write anything as a place is written."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def encoded(values: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    return values.map(encode)


def keys_like(order: Order) -> st.SearchStrategy[object]:
    """Return lists of keys of the right types, with odd values."""
    odd: dict[type, st.SearchStrategy[Any]] = {
        int: st.integers(-(2**64), 2**64),
        str: st.text(st.characters(codec=None), max_size=5),
        datetime: odd_moments,
    }
    return st.tuples(*(odd[_type_of(field)] | st.none() for field in order.keys))


def test_a_place_of_another_sort_is_none():
    by = {column.key: column for column in TRUNK_COLUMNS}
    place = write_place(("a", 1))
    assert read(place, by["name"], descending=True) == ("a", 1)
    for other in ("pbx", "host", "dods", "fetched", "state"):
        assert read(place, by[other], descending=False) is None


@pytest.mark.parametrize("column", ["fetched", "seen"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59.999999+00:00",
        "2026-03-05T18:02:00+00:00:30.5",
    ],
)
def test_no_moment_is_too_far(column, sign, moment):
    make_trunk(make_pbx())
    query = QueryDict(mutable=True)
    query.update({"sort": f"{sign}{column}", "after": encode([{"at": moment}, 1])})
    assert TrunkListForm(query, path="/", sight=UNLIMITED).turn(Trunk.objects.for_table()).rows


@pytest.mark.parametrize("column", TRUNK_COLUMNS, ids=lambda column: column.key)
@pytest.mark.parametrize("number", [2**63 - 1, -(2**63) + 1, 2**31, 2**15])
def test_no_number_is_too_large(column, number):
    make_trunk(make_pbx())
    keys = {str: "x", int: number, datetime: LONG_AGO}
    order = column.order(descending=False)
    place = tuple(keys[_type_of(field)] for field in order.keys)
    assert read_place(write_place(place), order) == place
    Finding(Rows.TRUNKS, EVERYTHING, Trunk.objects.to_sort(), sight=UNLIMITED).page(
        order, place, A_PAGE
    )


def test_a_place_without_an_id_is_none():
    by = {column.key: column for column in TRUNK_COLUMNS}
    assert read(write_place(("a", None)), by["name"], descending=False) is None
    assert read(write_place((None, None)), by["account"], descending=False) is None


def test_an_unknown_key_is_no_place_where_all_are_known():
    by = {column.key: column for column in TRUNK_COLUMNS}
    assert read(write_place((None, 1)), by["name"], descending=False) is None
    assert read(write_place((None, 1)), by["account"], descending=False) == (None, 1)
