"""Values for a person who sees the PBXs of some sites only.

The indexes that beginnings are leaped through know nothing of sites: between two values in sight there may be most
of a million others. So the search finds some of the rows in sight, and the best of their values are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from trunks.models import DodBinding, Sight
from trunks.search.finding import Finding
from trunks.search.language import Match, Question, Term, Wanted
from trunks.search.rows import PRESENT, Rows
from trunks.search.text import as_value
from trunks.search.values import NOT_IN, Asked, Kind, Values, best_of, find_values

LOOKED_AT = 500
_FIELDS = {Kind.NUMBER: "number", Kind.NAME: "name", Kind.EXTENSION: "ext", Kind.GROUP: "group"}


def find_values_in_sight(asked: Asked, count: int, sight: Sight) -> Values:
    """Find the best values of each kind on the PBXs in sight: equal, then beginning, then holding what is asked for."""
    if not sight.is_limited:
        return find_values(asked, count)
    best: dict[Kind, list[str]] = {}
    complete: set[Kind] = set()
    for kind, field in _FIELDS.items():
        whole = Wanted(asked.text, asked.digits, Match.EXACT)
        equal = _found(kind, Term(field, (whole,)), sight=sight)
        if equal:
            complete.add(kind)
        others = _found(kind, *_holding(field, asked), sight=sight)
        most = 1 if _begins_only(kind, asked) else NOT_IN - 1
        fitting = [value for value in others if asked.rank(value) <= most]
        best[kind] = best_of(kind, [*equal, *sorted(fitting, key=len)], asked)[:count]
    return Values(best, complete)


def _begins_only(kind: Kind, asked: Asked) -> bool:
    """Tell whether a value is found by its beginning only: nearly every one holds a letter, and no number a word."""
    has_no_words = kind in {Kind.NUMBER, Kind.EXTENSION} and not asked.digits
    return asked.is_one_letter or has_no_words


def _holding(field: str, asked: Asked) -> Iterator[Term]:
    for word in asked.words:
        yield Term(field, (Wanted(word, asked.digits),))


def _found(kind: Kind, *terms: Term, sight: Sight) -> list[str]:
    finding = Finding(
        Rows.BINDINGS, Question("", terms), DodBinding.objects.all(), PRESENT, sight=sight
    )
    rows = DodBinding.objects.in_sight(sight).filter(pk__in=finding.sample.ids[:LOOKED_AT])
    values = rows.order_by("pk").values_list(kind.column, flat=True)
    return list(dict.fromkeys(value for value in values if as_value(value)))
