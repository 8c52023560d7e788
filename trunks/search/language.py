"""The one line that every list is searched by: read into terms that must all hold.

`london ext:=1000 -is:stale "front desk" number:*0018,*0019`: words are found anywhere, `field:value` in
one field, `field:=value` is all of it, `-` is not, a comma is or, `*` and `?` stand for other characters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from trunks.search.fields import DOD_FIELDS, TRUNK_FIELDS, Field
from trunks.search.text import NUMBER_PUNCTUATION, as_number, as_value, normalise

LONGEST_QUESTION = 500
EVERY_FIELD = (*DOD_FIELDS, *TRUNK_FIELDS)

# As a Chinese keyboard types them; each is one character, so that places in a line stay what they are.
PLAIN_MARKS = str.maketrans({"：": ":", "，": ",", "＊": "*", "？": "?", "＝": "="})
_FIELD = re.compile(r"(?P<name>[^\W\d_]+):(?P<value>.*)", re.DOTALL)
# Addresses people paste; the letters before the colon are no field.
_ADDRESS = re.compile(r"(?:[0-9a-f]{0,4}:){2,}|https?://", re.IGNORECASE)
_ZERO_IN_BRACKETS = re.compile(r"\(\s*0\s*\)")
_QUOTATION_MARKS = '"“”'
_NEEDS_NO_QUOTES = re.compile(r"[\w.@/+-]+")
_WILD = "*?"
# Stands for a character of a quoted text that would mean something outside the quotes.
_LITERAL = {char: chr(0xF0000 + ord(char)) for char in '*?,:=-"'}
_AS_MEANT = {ord(stand_in): char for char, stand_in in _LITERAL.items()}
# Stands for the marks around a quoted text, so that an empty or blank phrase is still seen.
_MARK = chr(0xF1000 + ord('"'))
_AS_TYPED = {**_AS_MEANT, ord(_LITERAL['"']): '""', ord(_MARK): '"'}


class Match(Enum):
    """How a text must fit a value: be found in it, be all of it, or fit it with `*` and `?`."""

    CONTAINS = "contains"
    EXACT = "exact"
    GLOB = "glob"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One text to be found, in normal form; `digits` when it is nothing but a number."""

    text: str
    digits: str = ""
    match: Match = Match.CONTAINS

    @property
    def spellings(self) -> tuple[str, ...]:
        """The texts of which one must fit: as written, and for a number its bare digits."""
        return tuple(dict.fromkeys(filter(None, (self.text, self.digits))))


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a question: in this field, or anywhere, one of these is found, or none of them is."""

    field: str
    wanted: tuple[Wanted, ...]
    negated: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may have been meant by a part of a line, and the whole line with this in its place."""

    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a line that could not be read, and what to write instead; the rest is searched.

    A part that `was_searched` was read all the same, perhaps not as it was meant.
    """

    typed: str
    explanation: str | Promise
    instead: tuple[str, ...] = ()
    was_searched: bool = False
    around: tuple[str, str] = ("", "")

    @property
    def suggestions(self) -> list[Suggestion]:
        """What may have been meant, the likeliest first."""
        before, after = self.around
        return [
            Suggestion(text, " ".join(filter(None, (before, text, after)))) for text in self.instead
        ]


@dataclass(frozen=True, slots=True)
class Question:
    """A line as it was typed and what it asks; without terms it finds everything."""

    text: str
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    was_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.terms)

    def asks_for(self, field: str) -> list[str]:
        """Return the values that a field may have, as far as terms say so."""
        found = [term for term in self.terms if term.field == field and not term.negated]
        return [wanted.text for term in found for wanted in term.wanted]

    def without_choice(self, field: str) -> Question:
        """Return the question that leaves open which value of a field it is; what it is not stays said."""
        choices = self._choices(field)
        return self._of([term for term in self.terms if term not in choices]) if choices else self

    def without_term(self, gone: Term) -> Question:
        """Return the question without one of its terms."""
        return self._of([term for term in self.terms if term is not gone])

    def chosen(self, field: str) -> list[str]:
        """Return the values of a field that are asked for as a whole, as clicks write them."""
        return [wanted.text for term in self._choices(field) for wanted in term.wanted]

    def toggled(self, field: Field, value: str) -> str:
        """Return the line that asks for a value of a field too, or no longer; states must all hold."""
        choices = self._choices(field.name)
        others = [term.typed for term in self.terms if term not in choices]
        chosen = self.chosen(field.name)
        known = as_value(value)
        left = [one for one in chosen if one != known] if known in chosen else [*chosen, value]
        if field.name == "is":
            written = [write_term(field.name, one, exactly=False) for one in left]
        else:
            written = [_write_choice(field.name, left, exactly=not field.is_fixed)] if left else []
        return " ".join([*others, *written])

    def _choices(self, field: str) -> list[Term]:
        of_field = [term for term in self.terms if term.field == field and not term.negated]
        choices = [
            term for term in of_field if all(wanted.match is Match.EXACT for wanted in term.wanted)
        ]
        # States must all hold, so that one of several is nothing that clicks write.
        return [term for term in choices if field != "is" or len(term.wanted) == 1]

    def _of(self, terms: list[Term]) -> Question:
        return Question(" ".join(term.typed for term in terms), tuple(terms))


def read_question(line: str, fields: Collection[Field] = EVERY_FIELD) -> Question:
    """Read a line of text; whatever it holds, this never raises."""
    whole = storable(line).strip()
    text = whole[:LONGEST_QUESTION].rstrip()
    pieces, problems = _pieces(text.translate(PLAIN_MARKS))
    terms: dict[tuple[str, tuple[Wanted, ...], bool], Term] = {}
    for place, piece in enumerate(pieces):
        read = _read(piece, fields)
        if isinstance(read, Problem):
            around = (_typed(" ".join(pieces[:place])), _typed(" ".join(pieces[place + 1 :])))
            problems.append(replace(read, around=around))
        elif read is not None:
            terms.setdefault((read.field, read.wanted, read.negated), read)
    return Question(
        text, tuple(terms.values()), tuple(problems), was_cut=len(whole) > LONGEST_QUESTION
    )


def storable(text: str) -> str:
    """Leave out what no database takes: NUL, and halves of a surrogate pair."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def write_term(field: str, value: str, *, exactly: bool = True) -> str:
    """Return the term that asks for a value of a field, as a line has it."""
    return f"{field}:{'=' if exactly else ''}{write_value(value)}"


def write_value(value: str) -> str:
    """Return a value as a line has it, in quotation marks where it needs them."""
    text = " ".join(value.split())
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else '"' + text.replace('"', '""') + '"'


def split_field(piece: str) -> tuple[str, str] | None:
    """Return what stands before and after the colon of `field:value`; None of a piece that names no field."""
    parts = _FIELD.fullmatch(piece)
    return (parts["name"], parts["value"]) if parts and not _ADDRESS.match(piece) else None


def field_named(name: str, fields: Collection[Field]) -> Field | None:
    """Return the field that goes by a name, in any case and language."""
    folded = normalise(name)
    return next((field for field in fields if folded in field.names), None)


def _write_choice(field: str, values: Sequence[str], *, exactly: bool) -> str:
    """Return the term that asks for one of several values."""
    return f"{field}:{'=' if exactly else ''}{','.join(map(write_value, values))}"


class Quoting(Enum):
    """What a character is to the quotation marks of a line."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    MARK = "mark"
    # The first of two marks inside, which mean one.
    DOUBLING = "doubling"


def quoting(line: str) -> tuple[list[Quoting], int]:
    """Tell for each character whether it is quoted, and where a phrase begins that does not end, or -1.

    What begins with a straight mark ends with one, so that it can hold curved ones; two straight ones are one in it.
    """
    said: list[Quoting] = []
    opened = -1
    for place, char in enumerate(line):
        if len(said) > place:
            continue
        if opened < 0:
            is_mark = char in _QUOTATION_MARKS
            said.append(Quoting.MARK if is_mark else Quoting.OUTSIDE)
            opened = place if is_mark else -1
        elif line[opened] == '"' and line.startswith('""', place):
            said += [Quoting.DOUBLING, Quoting.INSIDE]
        elif char == '"' or (char in _QUOTATION_MARKS and line[opened] != '"'):
            said.append(Quoting.MARK)
            opened = -1
        else:
            said.append(Quoting.INSIDE)
    return said, opened


def _pieces(line: str) -> tuple[list[str], list[Problem]]:
    """Split at white space outside quotes; what is quoted loses its special meaning."""
    pieces: list[str] = []
    current, is_open = "", False
    said, opened = quoting(line)
    for char, kind in zip(line, said, strict=True):
        if kind is Quoting.MARK:
            is_open = not is_open
            # A phrase that goes on at once is the same one: two marks would mean one.
            goes_on = is_open and current.endswith(_MARK)
            current = current[:-1] if goes_on else current + _MARK
        elif kind is Quoting.INSIDE:
            current += _LITERAL.get(char, char)
        elif kind is Quoting.OUTSIDE and char.isspace():
            pieces.append(current)
            current = ""
        elif kind is Quoting.OUTSIDE:
            current += char
    # In other lines something may follow.
    pieces.append(current + _MARK if is_open else current)
    problems = []
    if opened >= 0:
        sentence = _(
            "The quotation mark has no second one: all that follows it was taken as one phrase."
        )
        problems.append(Problem(line[opened:], sentence, was_searched=True))
    return _joined_numbers([piece for piece in pieces if piece]), problems


def _joined_numbers(pieces: list[str]) -> list[str]:
    """Keep `+44 (20) 7946 - 0018` in one piece."""
    joined: list[str] = []
    for piece in pieces:
        if joined and _continues(joined[-1], piece):
            joined[-1] += f" {piece}"
        else:
            joined.append(piece)
    return joined


def _continues(number: str, piece: str) -> bool:
    if not as_number(number) or number.startswith("-"):
        return False
    # Only a plus or a bracket says that digits after a space belong to the same number.
    is_open = number.startswith(("+", "("))
    return bool(NUMBER_PUNCTUATION.fullmatch(piece) or (is_open and as_number(piece)))


def _read(piece: str, fields: Collection[Field]) -> Term | Problem | None:
    typed = _typed(piece)
    negated = len(piece) > 1 and piece.startswith("-")
    body = piece[1:] if negated else piece
    parts = split_field(body)
    if parts is None:
        return _term("", body, negated, typed, None)
    name, value = parts
    known = field_named(name, fields)
    if known is None:
        return _no_such_field(typed, name, negated, fields)
    return _term(known.name, value, negated, typed, known)


def _term(
    name: str, body: str, negated: bool, typed: str, field: Field | None
) -> Term | Problem | None:
    exactly = field is not None and body.startswith("=")
    values = [value for value in (body[1:] if exactly else body).split(",") if value]
    wanted = tuple(dict.fromkeys(filter(None, (_wanted(value, exactly) for value in values))))
    if not wanted:
        return _nothing_asked(typed, field)
    if field is not None and field.is_fixed:
        wanted = tuple(Wanted(one.text, match=Match.EXACT) for one in wanted)
        known = {value for value, _label in field.values}
        unknown = any(one.text not in known for one in wanted)
        if unknown and not field.is_open:
            return _no_such_value(typed, [one.text for one in wanted], field)
    return Term(name, wanted, negated, typed)


def _wanted(value: str, exactly: bool) -> Wanted | None:
    is_glob = not exactly and any(char in value for char in _WILD)
    bare = value.replace(_MARK, "")
    if is_glob:
        return _glob(bare)
    text = as_value(bare.translate(_AS_MEANT))
    if not text:
        return None
    digits = as_number(_ZERO_IN_BRACKETS.sub("", text))
    return Wanted(text, digits, Match.EXACT if exactly else Match.CONTAINS)


def _glob(value: str) -> Wanted | None:
    """Read a text with `*` and `?`; `**` is `*`, and quoted ones stay what they are in private characters."""
    text = re.sub(r"\*+", "*", "".join(_fold(char) for char in value))
    if not text.strip("*?"):
        return None
    digits = as_number(text.replace("*", "").replace("?", ""))
    bare = "".join(char for char in text if char in "0123456789*?") if digits else ""
    return Wanted(text, bare, Match.GLOB)


def _fold(char: str) -> str:
    return char if char in _WILD or ord(char) in _AS_MEANT else normalise(char)


def literal(char: str) -> str:
    """Return the character that a part of a glob stands for: a quoted `*` is a `*`."""
    return _AS_MEANT.get(ord(char), char)


def _typed(piece: str) -> str:
    return piece.translate(_AS_TYPED)


def _no_such_field(typed: str, name: str, negated: bool, fields: Collection[Field]) -> Problem:
    sign, rest = ("-", typed[1:]) if negated else ("", typed)
    as_text = sign + '"' + rest.replace('"', " ") + '"'
    names = [name for field in fields for name in field.names]
    near = get_close_matches(normalise(name), names, n=1)
    if near:
        meant = sign + near[0] + rest[len(name) :]
        return Problem(typed, _("This list has no such field."), instead=(meant, as_text))
    known = ", ".join(dict.fromkeys(field.name for field in fields))
    sentence = format_lazy(_("This list has no such field. It has {names}."), names=known)
    return Problem(typed, sentence, instead=(as_text,))


def _no_such_value(typed: str, values: list[str], field: Field) -> Problem:
    known = ", ".join(value for value, _label in field.values)
    sentence = _("There is no such value; it can be one of: {values}.")
    near = [_near_value(value, field) for value in values]
    head, _colon, _values = typed.partition(":")
    return Problem(
        typed,
        format_lazy(sentence, values=known),
        instead=(f"{head}:{','.join(near)}",) if all(near) else (),
    )


def _near_value(text: str, field: Field) -> str:
    """Return the value that a text is, is the name of, or nearly is; empty if there is none."""
    by_name = {normalise(str(label)): value for value, label in field.values}
    if text in by_name:
        return by_name[text]
    known = [value for value, _label in field.values]
    return next(iter(get_close_matches(text, known, n=1)), "")


def _nothing_asked(typed: str, field: Field | None) -> Problem | None:
    if field is not None:
        sentence = _("Nothing to look for follows the colon; an example: {example}")
        return Problem(typed, format_lazy(sentence, example=field.example))
    if typed.strip(', "-'):
        return Problem(
            typed, _("This has nothing but stars and question marks; add a letter or a digit.")
        )
    return None
