"""DOD bindings: the text of `extensionsdod` and `extensionsgroupdod`, read and written.

Both fields hold `{dod_number}-{dod_name}-{target}` pieces joined by half-width commas
(help.yeastar.com, S-Series API v2, siptrunk-query). The documented sample ends with a comma, and
nothing says that a name has no hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import whitespace

from .records import DodIssue, DodRecord, TargetKind

# 1 to 7 digits: help.yeastar.com, S-Series administrator guide, extensions.
_EXTENSION_NUMBER = re.compile(r"[0-9]{1,7}")
# Anything longer is no number, name and target, whatever its hyphens; it is kept whole.
LONGEST_PIECE = 500


def read_bindings(text: str | None, kind: TargetKind) -> tuple[DodRecord, ...]:
    """Read every binding of one DOD field; nothing in it is dropped, and no text makes it fail.

    Pieces lie between half-width commas and are trimmed of ASCII whitespace (space, tab, line ends,
    vertical tab, form feed) and of nothing else; empty pieces take no position. The number ends at
    the first hyphen, the target begins after the last one, so `number-name-target` is `raw` again,
    to the character.
    """
    pieces = (piece.strip(whitespace) for piece in (text or "").split(","))
    return tuple(
        _read_piece(piece, kind, position)
        for position, piece in enumerate(piece for piece in pieces if piece)
    )


def write_bindings(records: Iterable[DodRecord]) -> str:
    """Write bindings as the PBX would; the inverse of `read_bindings` for records of one field."""
    return ",".join(record.raw for record in records)


def _read_piece(piece: str, kind: TargetKind, position: int) -> DodRecord:
    number, _, rest = piece.partition("-")
    name, hyphen, target = rest.rpartition("-")
    is_complete = hyphen and number.strip(whitespace) and target.strip(whitespace)
    if not is_complete or len(piece) > LONGEST_PIECE:
        return DodRecord(kind, position, "", "", "", piece, DodIssue.MALFORMED)
    return DodRecord(kind, position, number, name, target, piece, _issue(kind, name, target))


def _issue(kind: TargetKind, name: str, target: str) -> DodIssue:
    if kind is TargetKind.GROUP:
        # Group names may hold hyphens too, so a third one may belong to either side.
        return DodIssue.AMBIGUOUS if "-" in name else DodIssue.NONE
    return DodIssue.NONE if _EXTENSION_NUMBER.fullmatch(target) else DodIssue.ODD_TARGET
