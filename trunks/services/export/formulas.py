"""Texts that a spreadsheet would run as a formula when it opens a CSV file, made harmless.

A phone number such as +44 20 7946 0018 stays as it is, though Excel would show its value and not its text:
XLSX is the kind of file for Excel, CSV the one for programs.
"""

from __future__ import annotations

import re
import unicodedata

_BEGIN_A_FORMULA = frozenset("=+-@\u2212")
# Spreadsheets drop these before they look.
_BEGIN_A_FORMULA_UNSEEN = ("\t", "\r", "\n", "\0")
# Signs, digits and what stands between digits: at worst a sum, which can neither call nor fetch anything.
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9 ().\-/*#]*[0-9][0-9 ().\-/*#]*")
# What stands behind that which other spreadsheets take for the end of a column or row.
LATER_PIECE = re.compile(r"(?<=[;\r\n])[^;\r\n]+")
_HARMLESS_FIRST = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def without_formula(text: str) -> str:
    """Put an apostrophe before a text that would be run; texts that have one already get another.

    So nothing is lost: a program drops the first apostrophe where the text after all of them would be run. So it
    is, and first, with each piece of a text after a semicolon or a line feed: where numbers are written with a
    decimal comma, spreadsheets part columns at semicolons, and then see no quotes around a text with line feeds.
    """
    # Most have none of these, which is told sooner so than by the pattern.
    if ";" in text or "\n" in text or "\r" in text:
        text = LATER_PIECE.sub(lambda piece: _harmless(piece[0]), text)
    return _harmless(text)


def _harmless(text: str) -> str:
    if text[:1] in _HARMLESS_FIRST or not is_formula(text.lstrip("'")):
        return text
    return f"'{text}"


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run a text; wide forms and what is not seen before it count too."""
    if text.startswith(_BEGIN_A_FORMULA_UNSEEN):
        return True
    seen = _visible(text)
    first = unicodedata.normalize("NFKC", seen[:1])[:1]
    return first in _BEGIN_A_FORMULA and not _PLAIN_NUMBER.fullmatch(text)


def _visible(text: str) -> str:
    """Return the text from the first character on that shows."""
    for place, character in enumerate(text):
        if not character.isspace() and unicodedata.category(character) not in {"Cc", "Cf"}:
            return text[place:]
    return ""
