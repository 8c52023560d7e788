"""What can be wrong with the chain of the audit log, and how an entry that does not fit is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from trunks.models import AuditEntry, AuditHead
from trunks.services.audit_chain import entry_code, head_code, is_code

# What reading a value raises that only an edit can have put there.
UNREADABLE = (ValueError, TypeError, OverflowError, AttributeError)
# How far from its place an entry is looked for, beyond both ends.
_FAR = 1000
# Whatever is no number comes after it on SQLite, which keeps anything in any column.
_NO_PLACE = 2**62


class BreakKind(StrEnum):
    """How a chain is broken."""

    EDITED = "edited"
    MISSING = "missing"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    CUT = "cut"
    # Not the entry that was signed off, though the chain holds.
    REWRITTEN = "rewritten"
    HEAD = "head"
    STUB = "stub"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold; `until` ends a gap, `other` is where an entry belongs."""

    kind: BreakKind
    at: int
    until: int = 0
    other: int = 0

    def __str__(self) -> str:
        is_gap = self.until > self.at
        sentence = _OF_SEVERAL[self.kind] if is_gap else _OF_ONE[self.kind]
        return str(sentence) % {"at": self.at, "until": self.until, "other": self.other}


_OF_ONE = {
    BreakKind.EDITED: _("Entry %(at)d was edited."),
    BreakKind.MISSING: _("Entry %(at)d is missing."),
    BreakKind.SWAPPED: _("Entry %(other)d stands in the place of entry %(at)d: they were swapped."),
    BreakKind.INSERTED: _("Entry %(at)d was put in."),
    BreakKind.CUT: _("The end was cut off: entry %(at)d is missing."),
    BreakKind.REWRITTEN: _("Entry %(at)d is not the one that was signed off."),
    BreakKind.HEAD: _("The record of where the log ends is gone or was edited."),
    BreakKind.STUB: _("The stub that stands for the entries up to %(at)d was edited."),
}
_OF_SEVERAL = {
    BreakKind.MISSING: _("Entries %(at)d to %(until)d are missing."),
    BreakKind.CUT: _("The end was cut off: entries %(at)d to %(until)d are missing."),
}


def fits(entry: AuditEntry, *, place: int | None = None) -> bool:
    """Tell whether an entry has the code that it has to have, here or at another place."""
    try:
        return is_code(entry.mac, entry_code(entry, at_place=place))
    except TypeError:
        return False  # A value of a kind that nobody writes.


def is_place(kept: object) -> bool:
    """Tell whether what a row has as its place is a number at all."""
    return isinstance(kept, int)


def break_of(entry: AuditEntry, *, follows: int, previous: str) -> Break | None:
    """Return what is wrong with the entry after number `follows`, whose code is `previous`; None when nothing is.

    Looks at all other entries to tell what happened, but only then.
    """
    place = follows + 1
    if not is_place(entry.sequence):
        return Break(BreakKind.INSERTED, place)
    if entry.sequence > place:
        return Break(BreakKind.MISSING, place, until=entry.sequence - 1)
    if fits(entry):
        # Made with the key, and to follow another one: put in from a copy of the database.
        return None if entry.previous == previous else Break(BreakKind.INSERTED, place)
    own = _place_of(entry)
    if own and _is_elsewhere(place):
        return Break(BreakKind.SWAPPED, place, other=own)
    if own > place:
        return Break(BreakKind.MISSING, place, until=own - 1)
    is_added = own or _is_elsewhere(place) or _is_beyond_the_head(place)
    return Break(BreakKind.INSERTED if is_added else BreakKind.EDITED, place)


def unreadable(sequence: int) -> Break:
    """Return the break of an entry with values that it cannot have had."""
    return Break(BreakKind.EDITED, sequence)


def _place_of(entry: AuditEntry) -> int:
    """Return the place that an entry was written for; 0 when it was for none."""
    numbered = AuditEntry.objects.filter(sequence__lt=_NO_PLACE).order_by("sequence")
    ends = numbered.values_list("sequence", flat=True)
    first, last = int(ends.first() or 0), int(ends.last() or 0)
    # Rows may have been moved beyond both ends, but a single one far away makes no longer log.
    last = min(last, first + numbered.count())
    places = range(max(1, first - _FAR), last + _FAR)
    return next((place for place in places if fits(entry, place=place)), 0)


def _is_elsewhere(place: int) -> bool:
    """Tell whether the entry of a place stands at another one."""
    others = AuditEntry.objects.exclude(sequence=place).iterator(chunk_size=1000)
    try:
        return any(fits(other, place=place) for other in others)
    except UNREADABLE:
        return False  # More than one was edited: the first of them is told.


def _is_beyond_the_head(place: int) -> bool:
    head = AuditHead.objects.filter(pk=1).first()
    return bool(head and is_code(head.seal, head_code(head)) and head.sequence < place)
