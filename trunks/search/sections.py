"""The text a row is found by: its values in sections, so that a question can be put to one field of it.

A section begins with a mark of its own, and each value in it is between two line feeds:
`␁⏎442079460018⏎␂⏎alice⏎ … ␊`. So a value that begins, ends or is exactly so is an ordinary piece of
the text, and nothing matches across two values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Protocol

from trunks.models import Pbx, Trunk
from trunks.search.numbers import NumberPlan, number_forms
from trunks.search.text import as_number, as_value

# Raise this with any change to what a text holds or the index knows of it: what was written by another rule is
# written anew by `migrate`.
RULE = 6

OWN_BINDING_SECTIONS = ("number", "name", "target", "raw")
BINDING_SECTIONS = (*OWN_BINDING_SECTIONS, "trunk", "host", "user", "pbx", "site")
TRUNK_SECTIONS = ("name", "host", "user", "pbx", "site")
PBX_SECTIONS = ("name", "site", "host", "user")

# No value holds any of these: see `as_value`.
_MARKS = "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f"

Values = Iterable[str | None]


class Piece(Protocol):
    """What is written of a DOD binding: a row, or a record of one."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def raw(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Section:
    """Where one section of a text is: between these two marks, each of which stands there once."""

    begin: str
    end: str


@cache
def section_of(sections: Sequence[str], name: str) -> Section:
    """Return the marks of one section."""
    place = sections.index(name)
    return Section(_MARKS[place], _MARKS[place + 1])


def values_in(text: str, section: str) -> list[str]:
    """Return the values of one section of the text of a binding."""
    marks = section_of(BINDING_SECTIONS, section)
    _, _, rest = text.partition(f"{marks.begin}\n")
    values, _, _ = rest.partition(marks.end)
    return values.split("\n")[:-1]


def pbx_text(pbx: Pbx) -> str:
    """Return the text that a PBX is found by."""
    return _text([[pbx.name, pbx.slug], [pbx.site], [pbx.base_url], [pbx.username]]) + _MARKS[4]


def trunk_text(trunk: Trunk) -> str:
    """Return the text that a trunk is found by; looks at its PBX too."""
    return _text([[trunk.name], *_beside_the_name(trunk)]) + _MARKS[len(TRUNK_SECTIONS)]


class BindingTexts:
    """Writes the texts that the bindings of one trunk are found by; what they share is worked out once."""

    def __init__(self, trunk: Trunk) -> None:
        self._plan = NumberPlan(trunk.pbx.country_code, trunk.pbx.national_prefix)
        shared: list[Values] = [[trunk.name], *_beside_the_name(trunk)]
        first = BINDING_SECTIONS.index("trunk")
        self._shared = _text(shared, first=first) + _MARKS[len(BINDING_SECTIONS)]

    def text(self, piece: Piece) -> str:
        """Return the text that a binding is found by."""
        numbers = (piece.number, *number_forms(piece.number, self._plan))
        own = _text([numbers, [piece.name], [piece.target], [piece.raw]])
        return own + self._shared

    def fit(self, text: str) -> bool:
        """Tell whether a stored text says of the trunk what these do."""
        return text.endswith(self._shared)


def _beside_the_name(trunk: Trunk) -> list[Values]:
    pbx: Pbx = trunk.pbx
    return [
        [trunk.host, trunk.domain, trunk.endpoint],
        [trunk.username, trunk.authname, trunk.fromuser],
        [pbx.name, pbx.slug],
        [pbx.site],
    ]


def _text(sections: Iterable[Values], *, first: int = 0) -> str:
    lines: list[str] = []
    for mark, values in zip(_MARKS[first:], sections, strict=False):
        known = map(lines_of, filter(None, values))
        lines += [mark, *dict.fromkeys(chain.from_iterable(known))]
    return "\n".join([*lines, ""])


# Names and targets come again in many bindings.
@lru_cache(maxsize=4_096)
def lines_of(value: str) -> tuple[str, ...]:
    """Return the lines of a value: in normal form, and a number as bare digits too, which may be the same."""
    if value.isascii() and value.isdigit():
        return (value,)
    line = as_value(value)
    return tuple(filter(None, (line, as_number(line))))
