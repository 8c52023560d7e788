"""Turning pages by the place where one ended, so that page 10,000 costs what page 1 costs.

A place is what the last row shown is sorted by, ending with its id: rows that come or go meanwhile move
nothing, so none is skipped or shown twice.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import BooleanField, DateTimeField, F, Field, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable, Expression, OrderBy
from django.db.models.functions import Coalesce

Rows = TypeVar("Rows", bound=QuerySet[Any])
Key = str | int | datetime | None
Place = tuple[Key, ...]

LARGEST_ID = 2**63 - 1
_LONGEST = 4_000
_MOMENT = "at"
# What keys are; all others are text.
_TYPES: dict[str, type] = {
    **dict.fromkeys(("id", "severity", "dod_count", "trunk_count", "registration_rank"), int),
    **dict.fromkeys(("observed_at", "first_seen"), datetime),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by, all one way, ending with the id; unknown values of the first come last both ways."""

    fields: tuple[str, ...]
    descending: bool = False
    may_be_unknown: bool = False
    # Whether the database has the order ready, so that its beginning costs little.
    is_indexed: bool = False
    # Backwards, to turn to the page before.
    is_reversed: bool = False

    @property
    def backwards(self) -> Order:
        """The same order from its end."""
        return replace(self, is_reversed=not self.is_reversed)

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that tell every row from every other."""
        return (*self.fields, "id")

    def fits(self, place: Place) -> bool:
        """Tell whether this is a place in this order, and not in another."""
        if len(place) != len(self.keys):
            return False
        return all(map(self._is_key, self.keys, place))

    def sort(self, rows: Rows) -> Rows:
        """Sort rows."""
        downwards = self.goes_down
        if not self.may_be_unknown:
            sign = "-" if downwards else ""
            return rows.order_by(*(f"{sign}{key}" for key in self.keys))
        first = OrderBy(
            F(self.keys[0]),
            descending=downwards,
            nulls_first=self.is_reversed or None,
            nulls_last=None if self.is_reversed else True,
        )
        return rows.order_by(first, *(OrderBy(key, descending=downwards) for key in self._rest))

    def beyond(self, rows: Rows, place: Place | None) -> Rows:
        """Keep the rows that come after a place."""
        return rows if place is None else rows.filter(self._is_beyond(place))

    def places(self, rows: QuerySet[Any], size: int) -> list[Place]:
        """Return the places of the first of these rows."""
        return list(self.sort(rows).values_list(*self.keys)[:size])

    def place_of(self, rows: QuerySet[Any], number: int) -> Place | None:
        """Return the place of the row with this number in sorted rows, counted from 0; None beyond the end."""
        return next(iter(rows.values_list(*self.keys)[number : number + 1]), None)

    def _is_key(self, field: str, value: Key) -> bool:
        if value is None:
            return self.may_be_unknown and field != "id"
        return type(value) is _type_of(field)

    @property
    def goes_down(self) -> bool:
        """Tell whether the largest come first."""
        return self.descending is not self.is_reversed

    @property
    def _rest(self) -> list[Expression | F]:
        """What sorts rows whose first key is equal; there unknown counts as empty."""
        return [*(Coalesce(F(field), Value("")) for field in self.fields[1:]), F("id")]

    def _is_beyond(self, place: Place) -> Q:
        if not self.may_be_unknown:
            return _compare([F(key) for key in self.keys], place, self._sign)
        first, others = self.keys[0], [value or "" for value in place[1:-1]]
        rest = _compare(self._rest, (*others, place[-1]), self._sign)
        is_unknown = Q(**{f"{first}__isnull": True})
        if place[0] is None:
            return (is_unknown & rest) | ~is_unknown if self.is_reversed else is_unknown & rest
        known = _compare([F(first), *self._rest], (place[0], *others, place[-1]), self._sign)
        return ~is_unknown & known if self.is_reversed else known | is_unknown

    @property
    def _sign(self) -> str:
        return " < " if self.goes_down else " > "


def write_place(place: Place) -> str:
    """Return a place as an address has it."""
    plain = [{_MOMENT: key.isoformat()} if isinstance(key, datetime) else key for key in place]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_place(text: str, order: Order) -> Place | None:
    """Read a place; None for what is none in this order, whatever it holds."""
    if not text or len(text) > _LONGEST:
        return None
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        plain = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        place = tuple(map(_key, plain))
    except (ValueError, OverflowError, RecursionError, TypeError):
        return None
    return place if order.fits(place) else None


def is_moment(key: str) -> bool:
    """Tell whether the values of a key are moments."""
    return _type_of(key) is datetime


def _type_of(key: str) -> type:
    return _TYPES.get(key.rpartition("__")[2], str)


def _key(plain: object) -> Key:
    if isinstance(plain, dict) and set(plain) == {_MOMENT}:
        moment = datetime.fromisoformat(plain[_MOMENT])
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment.astimezone(UTC)
    if isinstance(plain, str):
        # What no database takes: NUL, and halves of a surrogate pair.
        plain.encode()
        return plain.replace("\0", "")
    if plain is None or (type(plain) is int and abs(plain) < 2**63):
        return plain
    raise ValueError("no key")


def _compare(keys: Sequence[Combinable], place: Sequence[Key], sign: str) -> Q:
    """Compare row values, which an index can answer (https://sqlite.org/rowvalue.html)."""
    values = [Value(key, output_field=_field_of(key)) for key in place]
    return Q(_joined(_row(keys), _row(values), sign))


def _row(parts: Sequence[Combinable]) -> Func:
    return Func(*parts, template="(%(expressions)s)", output_field=BooleanField())


def _joined(left: Func, right: Func, sign: str) -> Func:
    return Func(
        left, right, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField()
    )


def _field_of(key: Key) -> Field[Any, Any] | None:
    return DateTimeField() if isinstance(key, datetime) else None
