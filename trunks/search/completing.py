"""Completing the word under the caret of a search line: names of fields, and values that they have."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from trunks.search.fields import Field
from trunks.search.language import (
    LONGEST_QUESTION,
    PLAIN_MARKS,
    Quoting,
    field_named,
    quoting,
    split_field,
    storable,
    write_term,
    write_value,
)
from trunks.search.text import normalise

# As many as a list has fields.
MOST = 15
_WORD = re.compile(r"[\w-]*")


@dataclass(frozen=True, slots=True)
class Known:
    """A value that a field can have, and what else it is called."""

    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """One thing to choose: how it is shown, and the whole line and the place of the caret with it."""

    text: str
    label: str
    line: str
    caret: int


@dataclass(frozen=True, slots=True)
class _Spot:
    """A word, as far as it is typed, and the line around what a choice takes the place of."""

    typed: str
    before: str
    after: str
    # Of what stands before a colon already, only the name of the field is left to choose.
    is_named: bool = False
    field: Field | None = None
    # How the term begins when this is its only value: the field's name as it was typed.
    name: str = ""

    def completion(self, written: str, text: str, label: str) -> Completion:
        """Put a choice in place, the caret behind it."""
        before = self.before + written
        return Completion(text, label, before + self.after, len(before))


def completions(
    line: str,
    caret: int,
    fields: Collection[Field],
    known: Callable[[Field, str], Iterable[Known]],
) -> list[Completion]:
    """Return what the word under the caret can become, the best first; `known` tells the values of open fields."""
    before = storable(line[:caret])
    whole = before + storable(line[caret:])
    spot = _spot(whole, len(before), fields)
    if spot is None:
        return []
    if spot.field is None:
        found = [*_names(spot, fields), *_terms(spot, fields)]
    else:
        has = (
            _values(spot.field, spot.typed)
            if spot.field.is_fixed
            else known(spot.field, spot.typed)
        )
        found = list(_with_values(spot, has))
    fitting = (one for one in found if len(one.line.strip()) <= LONGEST_QUESTION)
    by_line = {one.line: one for one in fitting if one.line != whole}
    return list(by_line.values())[:MOST]


def _names(spot: _Spot, fields: Iterable[Field]) -> Iterator[Completion]:
    typed = normalise(spot.typed)
    for field in fields:
        named = next((name for name in field.names if name.startswith(typed)), "")
        name = named or (field.name if _begins_a_word(typed, str(field.label)) else "")
        if name:
            yield spot.completion(f"{name}:", f"{name}:", str(field.label))


def _terms(spot: _Spot, fields: Iterable[Field]) -> Iterator[Completion]:
    """Find fixed values by themselves, so that `stale` leads to `is:stale`."""
    if spot.is_named or is_too_short(spot.typed):
        return
    for field in fields:
        for known in _values(field, spot.typed):
            term = write_term(field.name, known.value, exactly=False)
            yield spot.completion(term, term, known.label)


def _values(field: Field, typed: str) -> Iterator[Known]:
    text = normalise(typed)
    for value, label in field.values:
        if _begins_a_word(text, value) or _begins_a_word(text, str(label)):
            yield Known(value, str(label))


def _with_values(spot: _Spot, known: Iterable[Known]) -> Iterator[Completion]:
    ranked = sorted(known, key=lambda one: _rank(one, normalise(spot.typed)))
    for one in ranked:
        if spot.name:
            exactly = spot.field is not None and not spot.field.is_fixed
            written = write_term(spot.name, one.value, exactly=exactly)
        else:
            written = write_value(one.value)
        yield spot.completion(written, one.value, one.label)


def _rank(known: Known, typed: str) -> int:
    texts = [normalise(text) for text in (known.value, known.label)]
    if any(text.startswith(typed) for text in texts):
        return 0
    return 1 if any(_begins_a_word(typed, text) for text in texts) else 2


def _begins_a_word(typed: str, text: str) -> bool:
    words = normalise(text)
    return words.startswith(typed) or bool(re.search(rf"\b{re.escape(typed)}", words))


def is_too_short(typed: str) -> bool:
    """Tell whether so many values have this that it leads to none of them; a Chinese character is a word."""
    return len(typed) < 2 and typed.isascii()


def _spot(line: str, caret: int, fields: Collection[Field]) -> _Spot | None:
    plain = line.translate(PLAIN_MARKS)
    said, opened = quoting(plain)
    begin, end, commas = _piece(plain, caret, said)
    if 0 <= opened < caret:
        # A phrase that is being typed is no longer than its last word so far.
        end = next((place for place in range(caret, end) if plain[place].isspace()), end)
    start = begin + plain[begin:end].startswith("-")
    caret = max(caret, start)
    parts = split_field(plain[start:end])
    if parts is None:
        return _bare(line, plain, start, end, caret)
    name, _value = parts
    colon = start + len(name)
    if caret <= colon:
        return _Spot(plain[start:caret], line[:start], line[colon + 1 :], is_named=True)
    field = field_named(name, fields)
    if field is None:
        return None
    first = colon + 1 + plain.startswith("=", colon + 1)
    caret = max(caret, first)
    stops = [place for place in commas if place >= first]
    item = max((place + 1 for place in stops if place < caret), default=first)
    typed = list(zip(plain[item:caret], said[item:caret], strict=True))
    if any(kind is Quoting.OUTSIDE and char in "*?" for char, kind in typed):
        return None
    text = "".join(char for char, kind in typed if kind in {Quoting.OUTSIDE, Quoting.INSIDE})
    if not stops:
        return _Spot(text, line[:start], line[end:], field=field, name=line[start:colon])
    after = min((place for place in stops if place >= caret), default=end)
    return _Spot(text, line[:item], line[after:], field=field)


def _bare(line: str, plain: str, start: int, end: int, caret: int) -> _Spot | None:
    if not _WORD.fullmatch(plain, start, end):
        return None
    # Before a word, the name of a field goes in front of it.
    end = end if caret > start else start
    return _Spot(plain[start:caret], line[:start], line[end:])


def _piece(line: str, caret: int, said: Sequence[Quoting]) -> tuple[int, int, list[int]]:
    """Return where the piece under the caret begins and ends, and where it has commas outside quotes."""
    begin, commas = 0, []
    for place, char in enumerate(line):
        if said[place] is not Quoting.OUTSIDE:
            continue
        if char == ",":
            commas.append(place)
        elif char.isspace() and place >= caret:
            return begin, place, commas
        elif char.isspace():
            begin, commas = place + 1, []
    return begin, len(line), commas
