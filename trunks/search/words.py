"""What people ask: a line of text, read into words that must each be found."""

from __future__ import annotations

from dataclasses import dataclass

from trunks.search.text import NUMBER_PUNCTUATION, as_number, normalise

LONGEST_QUESTION = 200


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question in normal form; `number` holds its digits when it is nothing but a number."""

    text: str
    number: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The texts of which one must be found: as written, and for a number its bare digits."""
        return tuple(dict.fromkeys(filter(None, (self.text, self.number))))


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was typed, and the words in it; without words it finds everything."""

    text: str
    words: tuple[Word, ...] = ()
    was_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.words)


def read_question(line: str) -> Question:
    """Read a line of text; whatever it holds, this never raises."""
    # What no database takes: NUL, and halves of a surrogate pair.
    sound = line.replace("\0", " ").encode("utf-8", "ignore").decode()
    text = sound.strip()[:LONGEST_QUESTION].rstrip()
    words = tuple(Word(piece, as_number(piece)) for piece in _pieces(text))
    return Question(text, words, was_cut=len(sound.strip()) > LONGEST_QUESTION)


def _pieces(text: str) -> list[str]:
    """Split at white space, but keep `+44 (20) 7946 - 0018` in one piece."""
    pieces: list[str] = []
    for piece in normalise(text).split():
        if pieces and _continues(pieces[-1], piece):
            pieces[-1] += f" {piece}"
        else:
            pieces.append(piece)
    return list(dict.fromkeys(pieces))


def _continues(number: str, piece: str) -> bool:
    if not as_number(number):
        return False
    # Only a plus or a bracket says that digits after a space belong to the same number.
    is_open = number.startswith(("+", "("))
    return bool(NUMBER_PUNCTUATION.fullmatch(piece) or (is_open and as_number(piece)))
