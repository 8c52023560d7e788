"""The normal form in which text is stored for searching and in which questions are asked."""

from __future__ import annotations

import re
import unicodedata

# What people write between the digits of a number, besides white space.
NUMBER_PUNCTUATION = re.compile(r"[\s().\-+/\u2010-\u2015]+")
_NUMBER = re.compile(r"[0-9\s().\-+/\u2010-\u2015]+")
_NO_DIGITS = re.compile(r"[^0-9]+")

IPV4_ADDRESS = re.compile(
    r"(?<![0-9.])(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})(?![0-9.])"
)


def normalise(text: str) -> str:
    """Fold case, accents and full-width forms, so that equal-looking texts are equal."""
    if text.isascii():
        return text.lower()
    # Decomposed before the case is folded too: a mathematical or circled capital is no letter until then.
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", bare)


def digits_of(text: str) -> str:
    """Return the ASCII digits of a number, full-width ones included: `+44 (20) 7946` gives `44207946`."""
    return _NO_DIGITS.sub("", unicodedata.normalize("NFKC", text))


def as_number(word: str) -> str:
    """Return the digits of a word that is nothing but a number and its punctuation, else an empty text.

    An IPv4 address is no number: 10.0.0.3 has nothing to do with 1003.
    """
    if word.isascii() and word.isdigit():
        return word
    plain = unicodedata.normalize("NFKC", word)
    is_number = _NUMBER.fullmatch(plain) and not IPV4_ADDRESS.search(plain)
    return _NO_DIGITS.sub("", plain) if is_number else ""


def as_value(text: str) -> str:
    """Return a value as searches compare it: in normal form, on one line, with single spaces."""
    normal = normalise(text)
    if not normal.isprintable():
        normal = "".join(" " if unicodedata.category(char) == "Cc" else char for char in normal)
    return " ".join(normal.split())
