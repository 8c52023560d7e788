"""The one line that every list is searched by: read into terms that must all hold.

`london ext:=1000 -is:stale "front desk" number:*0018,*0019`: words are found anywhere, `field:value` in
one field, `field:=value` is all of it, `-` is not, a comma is or, `*` and `?` stand for other characters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from trunks.search.fields import DOD_FIELDS, TRUNK_FIELDS, Field
from trunks.search.text import NUMBER_PUNCTUATION, as_number, as_value, normalise

LONGEST_QUESTION = 200
EVERY_FIELD = (*DOD_FIELDS, *TRUNK_FIELDS)

# As a Chinese keyboard types them.
_PLAIN_MARKS = str.maketrans(
    {"“": '"', "”": '"', "：": ":", "，": ",", "＊": "*", "？": "?", "＝": "="}
)
_FIELD = re.compile(r"(?P<name>[^\W\d_]+):(?P<value>.*)", re.DOTALL)
# Addresses people paste; the letters before the colon are no field.
_ADDRESS = re.compile(r"(?:[0-9a-f]{0,4}:){2,}|https?://", re.IGNORECASE)
_ZERO_IN_BRACKETS = re.compile(r"\(\s*0\s*\)")
_WILD = "*?"
# Stands for a character of a quoted text that would mean something outside the quotes.
_LITERAL = {char: chr(0xF0000 + ord(char)) for char in '*?,:=-"'}
_AS_TYPED = {ord(stand_in): char for char, stand_in in _LITERAL.items()}


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
class Problem:
    """A part of a line that could not be read, and what to write instead; the rest is searched."""

    typed: str
    explanation: str | Promise


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
        return [
            term for term in of_field if all(wanted.match is Match.EXACT for wanted in term.wanted)
        ]

    def _of(self, terms: list[Term]) -> Question:
        return Question(" ".join(term.typed for term in terms), tuple(terms))


def read_question(line: str, fields: Collection[Field] = EVERY_FIELD) -> Question:
    """Read a line of text; whatever it holds, this never raises."""
    # What no database takes: NUL, and halves of a surrogate pair.
    sound = line.replace("\0", " ").encode("utf-8", "ignore").decode()
    text = sound.strip()[:LONGEST_QUESTION].rstrip()
    pieces, problems = _pieces(text.translate(_PLAIN_MARKS))
    terms: dict[tuple[str, tuple[Wanted, ...], bool], Term] = {}
    for piece in pieces:
        read = _read(piece, fields)
        if isinstance(read, Problem):
            problems.append(read)
        elif read is not None:
            terms.setdefault((read.field, read.wanted, read.negated), read)
    return Question(
        text, tuple(terms.values()), tuple(problems), was_cut=len(sound.strip()) > LONGEST_QUESTION
    )


def write_term(field: str, value: str, *, exactly: bool = True) -> str:
    """Return the term that asks for a value of a field, as a line has it."""
    plain = value.replace('"', " ").strip()
    quoted = f'"{plain}"' if not re.fullmatch(r"[\w.@/+-]+", plain) else plain
    return f"{field}:{'=' if exactly else ''}{quoted}"


def _write_choice(field: str, values: Sequence[str], *, exactly: bool) -> str:
    """Return the term that asks for one of several values."""
    first, *others = (write_term(field, value, exactly=exactly) for value in values)
    begin = f"{field}:{'=' if exactly else ''}"
    return ",".join([first, *(term.removeprefix(begin) for term in others)])


def _pieces(line: str) -> tuple[list[str], list[Problem]]:
    """Split at white space outside quotes; what is quoted loses its quotes and its special meaning."""
    pieces: list[str] = []
    current, opened = "", -1
    for place, char in enumerate(line):
        if char == '"':
            opened = place if opened < 0 else -1
            # A sign that stands for the quotes, so that an empty or blank phrase is still seen.
            current += _LITERAL['"']
        elif opened >= 0:
            current += _LITERAL.get(char, char)
        elif char.isspace():
            pieces.append(current)
            current = ""
        else:
            current += char
    pieces.append(current)
    problems = []
    if opened >= 0:
        sentence = _(
            "The quotation mark has no second one: all that follows it was taken as one phrase."
        )
        problems.append(Problem(line[opened:], sentence))
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
    parts = _FIELD.fullmatch(body)
    if not parts or _ADDRESS.match(body):
        return _term("", body, negated, typed, None)
    known = _field(parts["name"], fields)
    if known is None:
        return _no_such_field(typed, parts["name"], fields)
    return _term(known.name, parts["value"], negated, typed, known)


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
        known = [value for value, _label in field.values]
        unknown = [one.text for one in wanted if one.text not in known]
        if unknown and not field.is_open:
            sentence = _("There is no such value; it can be one of:")
            return Problem(
                typed, format_lazy("{said} {values}", said=sentence, values=", ".join(known))
            )
    return Term(name, wanted, negated, typed)


def _wanted(value: str, exactly: bool) -> Wanted | None:
    is_glob = not exactly and any(char in value for char in _WILD)
    bare = value.replace(_LITERAL['"'], "")
    if is_glob:
        return _glob(bare)
    text = as_value(bare.translate(_AS_TYPED))
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
    return char if char in _WILD or ord(char) in _AS_TYPED else normalise(char)


def literal(char: str) -> str:
    """Return the character that a part of a glob stands for: a quoted `*` is a `*`."""
    return _AS_TYPED.get(ord(char), char)


def _typed(piece: str) -> str:
    return piece.translate(_AS_TYPED)


def _field(name: str, fields: Collection[Field]) -> Field | None:
    folded = normalise(name)
    return next((field for field in fields if folded in (field.name, *field.aliases)), None)


def _no_such_field(typed: str, name: str, fields: Collection[Field]) -> Problem:
    names = list(dict.fromkeys(field.name for field in fields))
    near = get_close_matches(normalise(name), names, n=1, cutoff=0.5)
    if near:
        sentence = format_lazy(
            "{said} {near}: {quotes}",
            said=_("This list has no such field; did you mean"),
            near=near[0],
            quotes=_("To search for the text itself, put it in quotation marks."),
        )
        return Problem(typed, sentence)
    sentence = format_lazy(
        "{said} {names}. {quotes}",
        said=_("This list has no such field. It has"),
        names=", ".join(names),
        quotes=_("To search for the text itself, put it in quotation marks."),
    )
    return Problem(typed, sentence)


def _nothing_asked(typed: str, field: Field | None) -> Problem | None:
    if field is not None:
        sentence = _("Nothing to look for follows the colon; an example:")
        return Problem(typed, format_lazy("{said} {example}", said=sentence, example=field.example))
    if typed.strip(', "-'):
        return Problem(
            typed, _("This has nothing but stars and question marks; add a letter or a digit.")
        )
    return None
