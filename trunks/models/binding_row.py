"""What a list shows of DOD bindings, as plain values: a letter typed waits for fifty of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db import connection

from trunks.models.read_moment import read_moment


class BindingRow(NamedTuple):
    """What a list shows of a binding; fields are called as querysets call them."""

    pk: int
    target_kind: str
    number: str
    name: str
    target: str
    raw: str
    issue: str
    trunk_id: int
    trunk__name: str
    trunk__remote_id: str
    trunk__observed_at: datetime
    trunk__pbx_id: int
    trunk__pbx__slug: str
    trunk__pbx__name: str
    trunk__pbx__site: str
    # The text that it is found by; nothing of bindings that are no more.
    search_text: str = ""


# By the beginnings of the fields that are theirs.
_TABLES = {
    "trunk__pbx__": "trunks_pbx",
    "trunk__": "trunks_trunk",
    "": "trunks_dodbinding",
}


def binding_rows(ids: Sequence[int]) -> list[BindingRow]:
    """Read bindings that were found; written out as SQL, which a queryset compiles longer than it is answered."""
    if not ids:
        return []
    wanted = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_select(connection.vendor)} WHERE trunks_dodbinding.id IN ({wanted})", ids
        )
        return [
            BindingRow._make((*row[:_MOMENT], read_moment(row[_MOMENT]), *row[_MOMENT + 1 :]))
            for row in cursor.fetchall()
        ]


def _column(field: str) -> str:
    begin = next(begin for begin in _TABLES if field.startswith(begin))
    name = field.removeprefix(begin)
    return f"{_TABLES[begin]}.{'id' if name == 'pk' else name}"


@cache
def _select(vendor: str) -> str:
    """Return the statement; of a moment SQLite gives the text, which is sooner read than Django's converter does."""
    columns = list(map(_column, BindingRow._fields))
    if vendor == "sqlite":
        columns[_MOMENT] += " || ''"
    return f"SELECT {', '.join(columns)} {_FROM}"


_MOMENT = BindingRow._fields.index("trunk__observed_at")
_FROM = (
    "FROM trunks_dodbinding"
    " JOIN trunks_trunk ON trunks_trunk.id = trunks_dodbinding.trunk_id"
    " JOIN trunks_pbx ON trunks_pbx.id = trunks_trunk.pbx_id"
)
