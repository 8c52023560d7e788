"""What is asked: forty lines that people would type, and two thousand that nobody would."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass

from bench.world import SEED, MadeUpPbx, build_pbx

RANDOM_QUERIES = 2000
# So many PBXs lend their texts to the random queries.
_LENDERS = 100
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Query:
    """A line, and what one can ask of a search that knows bare words only; empty when it cannot say it."""

    line: str
    words: str


def _plain(*lines: str) -> tuple[Query, ...]:
    return tuple(Query(line, line) for line in lines)


QUERIES = (
    # Common: of one character, of two and more, in nearly every row or in every fortieth.
    *_plain("4", "e", "44", "al", "5060", "london", "sales"),
    # Rare: a whole number, its end, a middle of it, a name with an accent that nobody types.
    *_plain("442079460018", "9460018", "zwolfpf", "Łódź fax"),
    # Absent.
    *_plain("xqzv", "999888777666", "龘"),
    # Chinese: one character, two, more.
    *_plain("厦", "王", "上海", "雅琪", "司徒雅琪"),
    # Mixed.
    *_plain("london 0018", "王 1001", "alice 44", "o'brien hq"),
    # A number as callers read it out.
    *_plain("020 7946 0018", "+44 (20) 7946-0018"),
    # Every field.
    Query("number:*0018", "0018"),
    Query("name:müller", "Müller"),
    Query("ext:=1000", "1000"),
    Query("group:sales site:berlin", "sales Berlin"),
    Query("trunk:overflow pbx:paris", "Overflow Paris"),
    Query("host:10.0.1", "10.0.1"),
    Query("user:gamma kind:peer,account", "gamma"),
    Query("target:group 0018", "0018"),
    Query("issue:ambiguous", ""),
    Query("is:stale liverpool", "Liverpool"),
    Query("is:removed", ""),
    Query("is:insecure 20", "20"),
    # Not, wildcards, or.
    Query("alice -london", "alice"),
    Query("4420?9*", "4420"),
    Query("leeds,bristol fax", "Bristol fax"),
)


def random_queries(pbxs: int) -> list[str]:
    """Return lines of one word or two, cut out of what the rows say or, some of them, of nothing."""
    chance = random.Random(f"{SEED}/queries")  # noqa: S311
    lenders = chance.sample(range(pbxs), k=min(pbxs, _LENDERS))
    rows = [row for number in lenders for row in _texts(build_pbx(number), chance)]
    lines: dict[str, None] = {}
    while len(lines) < RANDOM_QUERIES:
        lines[_line(rows, chance)] = None
    return list(lines)


def _line(rows: list[tuple[str, ...]], chance: random.Random) -> str:
    sort = chance.random()
    if sort < 0.1:
        return "".join(
            chance.choices(string.ascii_lowercase + string.digits, k=chance.randint(2, 8))
        )
    row = chance.choice(rows)
    if sort < 0.6:
        return _word(row, chance)
    # Half of the pairs are of one row; the words of the others may never meet.
    return f"{_word(row, chance)} {_word(row if sort < 0.8 else chance.choice(rows), chance)}"


def _word(row: tuple[str, ...], chance: random.Random) -> str:
    """Cut a piece out of a text of a row."""
    while True:
        text = chance.choice(row)
        length = chance.randint(1, _LONGEST)
        start = chance.randrange(max(1, len(text) - length + 1))
        # Of two words the first; a hyphen in front would turn it round.
        pieces = text[start : start + length].replace("-", " ").split()
        if pieces:
            return pieces[0]


def _texts(pbx: MadeUpPbx, chance: random.Random) -> list[tuple[str, ...]]:
    """Return what some bindings of a PBX are found by."""
    return [
        (piece.number, piece.name, piece.target, trunk.name, trunk.host or pbx.site, pbx.name)
        for trunk in chance.sample(pbx.records, k=5)
        for piece in chance.sample(trunk.bindings, k=4)
        if piece.number
    ]
