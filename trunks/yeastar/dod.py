"""DOD bindings: the text of `extensionsdod` and `extensionsgroupdod`, read and written.

Both fields hold `{dod_number}-{dod_name}-{target}` pieces joined by half-width commas
(help.yeastar.com, S-Series API v2, siptrunk-query). The documented sample ends with a comma, and
nothing says that a name has no hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from string import whitespace

# 1 to 7 digits: help.yeastar.com, S-Series administrator guide, extensions.
_EXTENSION_NUMBER = re.compile(r"[0-9]{1,7}")
# Anything longer is no number, name and target, whatever its hyphens; it is kept whole.
LONGEST_PIECE = 500


@unique
class TargetKind(StrEnum):
    """Who shows a DOD number: one extension, or everyone in an extension group."""

    EXTENSION = "extension"
    GROUP = "group"


@unique
class DodIssue(StrEnum):
    """How far the text of a DOD binding can be relied on."""

    NONE = "none"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"
    ODD_TARGET = "odd-target"
    NO_TARGET = "no-target"


@dataclass(frozen=True, slots=True)
class DodRecord:
    """One piece of a DOD field: `number` is shown when `target` calls out.

    `position` counts the pieces of one field from 0; `raw` is the whole piece as the PBX wrote it,
    trimmed. A malformed piece has empty `number`, `name` and `target`.
    """

    target_kind: TargetKind
    position: int
    number: str
    name: str
    target: str
    raw: str
    issue: DodIssue


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


def settle(
    bindings: Iterable[DodRecord],
    *,
    groups: Collection[str] | None,
    extensions: Collection[str] | None,
) -> tuple[DodRecord, ...]:
    """Read bindings again, knowing the names of all groups and the numbers of all extensions.

    Every split of the text after the number is a possible reading of a group binding. Where exactly
    one names a group there is, that is the reading; where several do, the binding stays ambiguous;
    where none does, its target does not exist on the PBX. An extension binding keeps its reading.

    None stands for a list that is not known, and leaves its bindings as they are. Neither raw text
    nor order ever changes, and what was settled before makes no difference.
    """
    known_groups = None if groups is None else frozenset(_trimmed(groups))
    known_extensions = None if extensions is None else frozenset(_trimmed(extensions))

    def settled(one: DodRecord) -> DodRecord:
        if one.target_kind is TargetKind.GROUP:
            return one if known_groups is None else _settle_group(_afresh(one), known_groups)
        return one if known_extensions is None else _settle_extension(one, known_extensions)

    return tuple(settled(one) for one in bindings)


def _trimmed(names: Iterable[str]) -> Iterable[str]:
    """Trim names as pieces are, and so targets too."""
    return (name.strip(whitespace) for name in names)


def _afresh(record: DodRecord) -> DodRecord:
    return _read_piece(record.raw, record.target_kind, record.position)


def _settle_group(plain: DodRecord, groups: Collection[str]) -> DodRecord:
    number, _, rest = plain.raw.partition("-")
    if not number.strip(whitespace) or len(plain.raw) > LONGEST_PIECE:
        return plain
    hyphens = (at for at, letter in enumerate(rest) if letter == "-")
    splits = ((rest[:at], rest[at + 1 :]) for at in hyphens)
    fitting = [(name, target) for name, target in splits if target.strip(whitespace) in groups]
    if not fitting:
        is_readable = plain.issue is not DodIssue.MALFORMED
        return replace(plain, issue=DodIssue.NO_TARGET) if is_readable else plain
    name, target = fitting[-1]
    issue = DodIssue.NONE if len(fitting) == 1 else DodIssue.AMBIGUOUS
    return replace(plain, number=number, name=name, target=target, issue=issue)


def _settle_extension(one: DodRecord, extensions: Collection[str]) -> DodRecord:
    # Nothing else is ever settled of it.
    plain = _afresh(one) if one.issue is DodIssue.NO_TARGET else one
    if plain.issue is DodIssue.NONE and plain.target not in extensions:
        return replace(plain, issue=DodIssue.NO_TARGET)
    return plain


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
