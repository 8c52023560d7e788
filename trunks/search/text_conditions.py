"""What it means in SQL that a text of `trunks.search.sections` holds something, in all of it or in one part."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trunks.search.language import Match, literal
from trunks.search.sql import Sql, every, vendor

_ANYTHING = "[^\n]*"
_ONE = "[^\n]"
# The same functions under the names that the databases have for them.
_FIND = {"sqlite": "instr", "postgresql": "strpos"}
_FITS = {"sqlite": "REGEXP", "postgresql": "~"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text of a row: between two marks, from its beginning to one, or without marks all of it."""

    column: str
    begin: str = ""
    end: str = ""

    @property
    def text(self) -> Sql:
        """The part alone."""
        find = _FIND[vendor()]
        if not self.end:
            return Sql(self.column)
        end = f"{find}({self.column}, %s)"
        if not self.begin:
            return Sql(f"substr({self.column}, 1, {end})", (self.end,))
        begin = f"{find}({self.column}, %s)"
        marks = (self.begin, self.end, self.begin)
        return Sql(f"substr({self.column}, {begin}, {end} - {begin})", marks)

    def glob(self, pattern: str) -> Sql:
        """Return the condition that a pattern of SQLite fits; each mark stands once in a text, so it may name them."""
        begin = f"*{self.begin}" if self.begin else ""
        end = f"{self.end}*" if self.end else ""
        return Sql(f"{self.column} GLOB %s", (f"{begin}*{pattern}*{end}",))


def fits(part: Part, spelling: str, match: Match) -> Sql:
    """Return the condition that a spelling fits a value in a part of a text."""
    plain = _plain(spelling, match)
    if plain is not None:
        return holds_piece(part, plain)
    regular = "\n" + "".join(map(_as_pattern, spelling)) + "\n"
    text = part.text
    pattern = Sql(f"{text.text} {_FITS[vendor()]} %s", (*text.params, regular))
    if vendor() != "sqlite":
        return every([holds_piece(Part(part.column), somewhere(spelling, match)), pattern])
    # Its regular expressions are Python's: only what runs on within a value must go there.
    begin = "" if spelling.startswith("*") else "\n"
    end = "" if spelling.endswith("*") else "\n"
    bare = spelling.strip("*")
    found = part.glob(begin + "".join(map(_as_glob, bare)) + end)
    return every([found, pattern]) if "*" in bare else found


def holds_piece(part: Part, piece: str) -> Sql:
    """Return the condition that a piece stands somewhere in a part of a text, whatever signs it is made of."""
    is_sqlite = vendor() == "sqlite"
    if is_sqlite and piece[:1].isascii():
        # Nearly twice as quick as instr(), which goes from letter to letter, as GLOB does to find another letter.
        return part.glob("".join(map(_escaped, piece)))
    # Nearly all rows have it in no part at all, which is told soonest.
    anywhere = Sql(f"{_FIND[vendor()]}({part.column}, %s) > 0", (piece,))
    if not part.end:
        return anywhere
    if is_sqlite:
        return every([anywhere, part.glob("".join(map(_escaped, piece)))])
    text = part.text
    return every([anywhere, Sql(f"strpos({text.text}, %s) > 0", (*text.params, piece))])


def _plain(spelling: str, match: Match) -> str | None:
    """Return the piece of text that stands where a spelling fits; None when it takes a pattern to tell."""
    if match is Match.CONTAINS:
        return spelling
    if match is Match.EXACT:
        return f"\n{spelling}\n"
    bare = spelling.strip("*")
    if "*" in bare or "?" in bare:
        return None
    start = "" if spelling.startswith("*") else "\n"
    end = "" if spelling.endswith("*") else "\n"
    return start + "".join(map(literal, bare)) + end


def somewhere(spelling: str, match: Match) -> str:
    """Return a piece of text that stands in every value that a spelling fits."""
    plain = _plain(spelling, match)
    if plain is not None:
        return plain
    runs = re.split(r"[*?]", f"\n{spelling}\n")
    return "".join(map(literal, max(runs, key=len)))


def _as_pattern(char: str) -> str:
    if char in "*?":
        return _ANYTHING if char == "*" else _ONE
    return re.escape(literal(char))


def _as_glob(char: str) -> str:
    return {"*": "*", "?": _ONE}.get(char) or _escaped(literal(char))


def _escaped(char: str) -> str:
    return f"[{char}]" if char in "*?[" else char
