"""The numbers, names, extensions and groups there are that begin with a text or hold it, each once.

Nothing here reads a million rows, however common the text: beginnings are leaped through in the indexes that
lists are sorted by, and what only holds the text is looked for among some of the rows that can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.db import connection

from trunks.models import TargetKind
from trunks.search.clue_choice import rarest
from trunks.search.commonness import measured
from trunks.search.grams import grams_of_word
from trunks.search.index import BINDING_GRAMS, index
from trunks.search.language import Question
from trunks.search.sections import BINDING_SECTIONS, section_of
from trunks.search.sort_keys import LONGEST_EXTENSION
from trunks.search.sql import Sql, every, vendor
from trunks.search.text import as_number, as_value

# An extension has one to seven digits.
LONGEST_NUMBER = 7
NOT_IN = 3

_FIND = {"sqlite": "instr", "postgresql": "strpos"}
# From one value to the next greater one, a few times, from each beginning.
_LEAPS = """
WITH RECURSIVE leap(value, high, n) AS (
  SELECT (SELECT {key} FROM trunks_dodbinding WHERE {rows} AND {key} >= span.low
          ORDER BY {key} LIMIT 1), span.high, 1 FROM ({spans}) AS span
  UNION ALL
  SELECT (SELECT {key} FROM trunks_dodbinding WHERE {rows} AND {key} > leap.value
          ORDER BY {key} LIMIT 1), leap.high, leap.n + 1
  FROM leap WHERE (leap.high IS NULL OR leap.value <= leap.high) AND leap.n < %s
)
SELECT DISTINCT value, (SELECT {column} FROM trunks_dodbinding WHERE {rows} AND {key} = leap.value
               ORDER BY id LIMIT 1)
FROM leap WHERE value IS NOT NULL ORDER BY value
"""
# Of the rows that can hold a text, some are looked at, and of those that do, some are shown the best of.
_HOLDING = """
SELECT number, name, target, is_exact, {names} FROM (
  SELECT number, name, target, {columns}, ({exact}) AS is_exact FROM trunks_dodbinding
  WHERE id IN (SELECT * FROM ({near} LIMIT 1000) AS near) AND is_present
) AS found
WHERE ({any})
LIMIT 100
"""
_SPAN = "SELECT CAST(%s AS text) AS low, CAST(%s AS text) AS high"


class Kind(Enum):
    """What is bound, and to what: its column, the one it is sorted by, and its section of a row's text."""

    NUMBER = ("number", "digits", "number")
    NAME = ("name", "search_name", "name")
    EXTENSION = ("target", "search_target", "target", TargetKind.EXTENSION)
    GROUP = ("target", "search_target", "target", TargetKind.GROUP)

    def __init__(self, column: str, key: str, section: str, target: str = "") -> None:
        self.column = column
        self.key = key
        self.section = section
        self.target = target


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for, in normal form: all of it, the digits if it is a number, and its words."""

    text: str
    digits: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, question: Question) -> Asked:
        """Return what a question of plain words asks for."""
        wanted = [term.wanted[0] for term in question.terms]
        words = tuple(one.text for one in wanted)
        return cls(" ".join(words), wanted[0].digits if len(wanted) == 1 else "", words)

    @property
    def is_one_letter(self) -> bool:
        """Tell whether looking for what holds it makes no sense: nearly every row does."""
        return len(self.text) == 1 and self.text.isascii()

    def rank(self, value: str) -> int:
        """Return how well a value fits: 0 is equal to it, 1 begins with it, 2 holds it, `NOT_IN` does not."""
        pairs = [(as_value(value), self.text)]
        # What begins with a letter is no number, which costs less to see than to work out.
        if self.digits and not value[:1].isalpha() and (digits := as_number(value)):
            pairs.append((digits, self.digits))
        if any(found == asked for found, asked in pairs):
            return 0
        if any(found.startswith(asked) for found, asked in pairs):
            return 1
        return 2 if any(asked in found for found, asked in pairs) else NOT_IN


@dataclass(frozen=True, slots=True)
class Values:
    """The best values of each kind, and the kinds that have exactly what is asked for."""

    best: dict[Kind, list[str]]
    complete: set[Kind]


def find_values(asked: Asked, count: int) -> Values:
    """Find the best values of each kind: equal, then beginning, then holding what is asked for."""
    found = {kind: _beginning(kind, asked, count) for kind in Kind}
    complete = {
        kind for kind, values in found.items() if any(asked.rank(value) == 0 for value in values)
    }
    wanting = [kind for kind, values in found.items() if len(values) < count]
    for kind, value, is_exact in sorted(_holding(wanting, asked), key=_shortest_first):
        found[kind].append(value)
        if is_exact:
            complete.add(kind)
    best = {kind: best_of(kind, values, asked)[:count] for kind, values in found.items()}
    return Values(best, complete)


def best_of(kind: Kind, values: Iterable[str], asked: Asked) -> list[str]:
    """Return values by how well they fit, each once, numbers whatever is between their digits."""
    once: dict[str, str] = {}
    for value in values:
        once.setdefault((as_number(value) if kind is Kind.NUMBER else "") or as_value(value), value)
    return sorted(once.values(), key=asked.rank)


def _shortest_first(found: tuple[Kind, str, bool]) -> tuple[int, str]:
    return len(found[1]), found[1]


def _beginning(kind: Kind, asked: Asked, count: int) -> list[str]:
    """Return values that begin with what is asked for, in their order."""
    spans = list(_spans(kind, asked))
    if not spans:
        return []
    rows = f"target_kind = '{kind.target}' AND is_present" if kind.target else "is_present"
    query = _LEAPS.format(
        key=kind.key,
        column=kind.column,
        rows=rows,
        spans=" UNION ALL ".join([_SPAN] * len(spans)),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*(end for span in spans for end in span), count])
        return [value for _key, value in cursor.fetchall() if asked.rank(value) <= 1]


def _spans(kind: Kind, asked: Asked) -> Iterator[tuple[str, str | None]]:
    """Yield from where to where values that begin so are in their order; without an end, for a few."""
    text = asked.digits if kind is Kind.NUMBER else asked.text
    if not text:
        return
    if kind is Kind.EXTENSION and text.isdecimal():
        # Sorted as numbers, those that begin so lie together by how long they are.
        for more in range(max(0, LONGEST_NUMBER - len(text)) + 1):
            low, high = text + "0" * more, text + "9" * more
            yield low.zfill(LONGEST_EXTENSION), high.zfill(LONGEST_EXTENSION)
    elif kind is Kind.GROUP and text.isdecimal():
        yield text.zfill(LONGEST_EXTENSION), text.zfill(LONGEST_EXTENSION)
    # Where they end is up to the collation of the database.
    yield text, None


def _holding(kinds: Iterable[Kind], asked: Asked) -> Iterator[tuple[Kind, str, bool]]:
    """Yield values that hold what is asked for, of some rows that can.

    With each, tell whether it is a number that in one of its forms is just that.
    """
    kinds = [kind for kind in kinds if asked.digits or kind in {Kind.NAME, Kind.GROUP}]
    near = _near(asked)
    if not kinds or near is None:
        return
    holds = [_holds(kind, asked) for kind in kinds]
    exact = _in_section(Kind.NUMBER, [f"\n{asked.digits}\n"])
    names = [f"holds_{place}" for place in range(len(kinds))]
    query = _HOLDING.format(
        names=", ".join(names),
        columns=", ".join(
            f"({said.text}) AS {name}" for name, said in zip(names, holds, strict=True)
        ),
        exact=exact.text,
        near=near.text,
        any=" OR ".join(names),
    )
    values = [value for said in (*holds, exact, near) for value in said.params]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    for number, name, target, is_exact, *found in rows:
        shown = {"number": number, "name": name, "target": target}
        for kind, is_in in zip(kinds, found, strict=True):
            if is_in:
                yield kind, shown[kind.column], kind is Kind.NUMBER and bool(is_exact)


def _holds(kind: Kind, asked: Asked) -> Sql:
    """Return the condition that a row has a value of a kind with all words in it."""
    said = _in_section(kind, [asked.digits] if kind is Kind.NUMBER else asked.words)
    if not kind.target:
        return said
    # Not the bare column, for which a database would rather read all bindings to extensions.
    return every([Sql("target_kind || '' = %s", (kind.target,)), said])


def _in_section(kind: Kind, words: Iterable[str]) -> Sql:
    """Return the condition that words stand in a section of a row's text."""
    find = _FIND[vendor()]
    section = section_of(BINDING_SECTIONS, kind.section)
    begin, end = f"{find}(search_text, %s)", f"{find}(search_text, %s)"
    text = f"{find}(substr(search_text, {begin}, {end} - {begin}), %s) > 0"
    return every(Sql(text, (section.begin, section.end, section.begin, word)) for word in words)


def _near(asked: Asked) -> Sql | None:
    """Return the query for the ids of rows that can hold what is asked for; None if the index tells nothing."""
    shares = measured.shares(BINDING_GRAMS)
    spellings = [(word, asked.digits) if asked.digits else (word,) for word in asked.words]
    clues = [
        list(dict.fromkeys(grams_of_word(spelling) for spelling in each)) for each in spellings
    ]
    narrowing = rarest([clue for clue in clues if all(map(_narrows, clue))], shares)
    return index().narrow(BINDING_GRAMS, narrowing) if narrowing else None


def _narrows(grams: Iterable[str]) -> bool:
    """Tell whether grams are worth looking up: one digit or letter is in nearly every row."""
    return any(len(gram) > 1 or not gram.isascii() for gram in grams)
