"""Values for a person who sees the PBXs of some sites only.

The indexes that beginnings are leaped through know nothing of sites: between two values in sight there may be most
of a million others. So some of the rows in sight that have the text anywhere are looked at, as a list finds them.
"""

from __future__ import annotations

from typing import Any

from trunks.models import DodBinding, Sight
from trunks.search.conditions import all_hold, as_expression
from trunks.search.finding import Finding
from trunks.search.language import Match, Question, Term, Wanted
from trunks.search.rows import BINDING_PRESENT, PRESENT, Rows, in_sight
from trunks.search.sort_keys import LONGEST_EXTENSION
from trunks.search.sql import every
from trunks.search.text import as_value
from trunks.search.values import NOT_IN, Asked, Kind, Values, best_of, find_values

LOOKED_AT = 1_000


def find_values_in_sight(asked: Asked, count: int, sight: Sight) -> Values:
    """Find the best values of each kind on the PBXs in sight: equal, then beginning, then holding what is asked for."""
    if not sight.is_limited:
        return find_values(asked, count)
    terms = tuple(Term("", (Wanted(word, asked.digits),)) for word in asked.words)
    rows = DodBinding.objects.all()
    finding = Finding(Rows.BINDINGS, Question("", terms), rows, PRESENT, sight=sight)
    some = DodBinding.objects.filter(pk__in=finding.sample.ids[:LOOKED_AT]).order_by("pk")
    found = list(some.values_list("target_kind", *{kind.column: None for kind in Kind}, named=True))
    best: dict[Kind, list[str]] = {}
    for kind in Kind:
        of_kind = [row for row in found if kind.target in {"", row.target_kind}]
        values = dict.fromkeys(getattr(row, kind.column) for row in of_kind)
        fitting = sorted((value for value in values if _fits(value, kind, asked)), key=len)
        best[kind] = best_of(kind, [*_equal(kind, asked, sight), *fitting], asked)[:count]
    complete = {kind for kind in Kind if any(asked.rank(value) == 0 for value in best[kind])}
    # In another form, such as with its country code.
    exactly = Term("number", (Wanted(asked.text, asked.digits, Match.EXACT),))
    if asked.digits and some.filter(as_expression(all_hold([exactly], Rows.BINDINGS))).exists():
        complete.add(Kind.NUMBER)
    return Values(best, complete)


def _fits(value: str, kind: Kind, asked: Asked) -> bool:
    """Tell whether a value is worth showing: nearly every one holds a single letter, and no number holds a word."""
    rank = asked.rank(value)
    if asked.is_one_letter or (kind in {Kind.NUMBER, Kind.EXTENSION} and not asked.digits):
        return rank <= 1
    return rank < NOT_IN or all(word in as_value(value) for word in asked.words)


def _equal(kind: Kind, asked: Asked, sight: Sight) -> list[str]:
    """Return the value that is just what is asked for, which an index leads to; many rows may stand before it."""
    key = asked.digits if kind is Kind.NUMBER else asked.text
    if kind.target and key.isdecimal():
        key = key.zfill(LONGEST_EXTENSION)
    if not key:
        return []
    wanted: dict[str, Any] = {
        kind.key: key,
        **({"target_kind": kind.target} if kind.target else {}),
    }
    seen = as_expression(every([in_sight(Rows.BINDINGS, sight), BINDING_PRESENT]))
    rows = DodBinding.objects.filter(seen, **wanted).order_by()
    return list(rows.values_list(kind.column, flat=True)[:1])
