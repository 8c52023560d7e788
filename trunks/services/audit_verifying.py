"""Walking the chain of the audit log, from its beginning or the stub of a trim to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trunks.models import AuditCheck, AuditCheckpoint, AuditEntry, AuditHead
from trunks.models.audit import GENESIS
from trunks.services.audit_breaks import (
    UNREADABLE,
    Break,
    BreakKind,
    break_of,
    is_place,
    unreadable,
)
from trunks.services.audit_chain import check_code, checkpoint_code, head_code, is_code

_PAGE = 1000
# Results of walks are looked at so far back for one that is as it was kept.
_RESULTS = 20


@dataclass(frozen=True, slots=True)
class Head:
    """An entry with its code, as it was exported and signed off."""

    sequence: int
    mac: str

    @classmethod
    def read(cls, text: str) -> Head:
        """Read `SEQ:HASH`; raise `ValueError`."""
        sequence, colon, mac = text.strip().partition(":")
        if not colon or not (sequence.isascii() and sequence.isdigit()) or len(mac) != len(GENESIS):
            raise ValueError
        return cls(int(sequence), mac.lower())

    def __str__(self) -> str:
        return f"{self.sequence}:{self.mac}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds, and the first break."""

    head: Head
    entries: int
    broken: Break | None = None
    # The entry that was signed off is trimmed, so that only its stub can be looked at.
    signed_is_trimmed: bool = False


def audit_head() -> Head | None:
    """Return the end of the chain, to be signed off; None while it is empty."""
    head = AuditHead.objects.filter(pk=1).first()
    return Head(head.sequence, head.mac) if head else None


def audit_verify(*, signed: Head | None = None) -> Verdict:
    """Walk the whole chain; entries may be added meanwhile. With `signed` it has to hold that entry too."""
    stub = _newest_checkpoint()
    verdict = _walk(signed)
    was_trimmed_meanwhile = _newest_checkpoint() != stub
    return _walk(signed) if verdict.broken and was_trimmed_meanwhile else verdict


def audit_check(*, signed: Head | None = None) -> Verdict:
    """Walk, and keep the result for the page of the log."""
    verdict = audit_verify(signed=signed)
    check = AuditCheck(
        sequence=verdict.head.sequence,
        mac=verdict.head.mac,
        entries=verdict.entries,
        broken=verdict.broken.kind if verdict.broken else "",
        broken_at=verdict.broken.at if verdict.broken else None,
    )
    check.seal = check_code(check)
    check.save()
    return verdict


def last_check() -> AuditCheck | None:
    """Return the result of the last walk; None without one. Those that were edited or put in are passed over."""
    try:
        newest = AuditCheck.objects.newest_first()[:_RESULTS]
        return next((check for check in newest if is_code(check.seal, check_code(check))), None)
    except UNREADABLE:
        return None


def audit_break_through(sequence: int) -> Break | None:
    """Return the first break up to an entry, before what is up to there is trimmed."""
    begin, stub = _beginning()
    if stub:
        return stub
    previous = begin
    for entry in _entries_after(begin.sequence):
        if isinstance(entry, Break) or previous.sequence >= sequence:
            return entry if isinstance(entry, Break) and entry.at <= sequence else None
        broken = break_of(entry, follows=previous.sequence, previous=previous.mac)
        if broken:
            return broken
        previous = Head(entry.sequence, entry.mac)
    return None


def _walk(signed: Head | None) -> Verdict:
    begin, stub = _beginning()
    if stub:
        return Verdict(begin, 0, stub)
    reached, seen = begin, begin
    signed_seen = signed is None or signed.sequence <= begin.sequence
    while True:
        for entry in _entries_after(reached.sequence):
            broken = (
                entry
                if isinstance(entry, Break)
                else break_of(entry, follows=reached.sequence, previous=reached.mac)
            )
            if broken or isinstance(entry, Break):
                return Verdict(reached, reached.sequence - begin.sequence, broken)
            reached = Head(entry.sequence, entry.mac)
            if signed and signed.sequence == reached.sequence:
                signed_seen, seen = True, reached
        broken = _break_at_the_end(reached)
        if not broken or not AuditEntry.objects.after(reached.sequence).exists():
            break
    entries = reached.sequence - begin.sequence
    if signed and not broken:
        if not signed_seen:
            broken = Break(BreakKind.CUT, reached.sequence + 1, until=signed.sequence)
        elif signed.sequence == seen.sequence and signed.mac != seen.mac:
            broken = Break(BreakKind.REWRITTEN, signed.sequence)
    is_trimmed = signed is not None and signed.sequence < begin.sequence
    return Verdict(reached, entries, broken, is_trimmed)


def _beginning() -> tuple[Head, Break | None]:
    """Return where the walk begins: after the newest stub, if all stubs are as they were sealed."""
    begin = Head(0, GENESIS)
    for checkpoint in _checkpoints():
        if isinstance(checkpoint, Break):
            return begin, checkpoint
        begin = Head(checkpoint.sequence, checkpoint.mac)
    oldest = AuditEntry.objects.order_by("sequence").values_list("sequence", flat=True).first()
    # What is no number comes after all numbers, and is met by the walk.
    if oldest is not None and is_place(oldest) and oldest <= begin.sequence:
        return begin, Break(BreakKind.INSERTED, oldest)
    return begin, None


def _checkpoints() -> Iterator[AuditCheckpoint | Break]:
    """Go through the stubs in order, up to one that is not as it was sealed."""
    stubs = AuditCheckpoint.objects.order_by("sequence")
    for place in list(stubs.values_list("sequence", flat=True)):
        try:
            stub = stubs.get(sequence=place)
            is_whole = is_code(stub.seal, checkpoint_code(stub))
        except UNREADABLE:
            is_whole = False
        if not is_whole:
            yield Break(BreakKind.STUB, place if is_place(place) else 0)
            return
        yield stub


def _break_at_the_end(reached: Head) -> Break | None:
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        return Break(BreakKind.HEAD, reached.sequence) if reached.sequence else None
    if not is_code(head.seal, head_code(head)):
        return Break(BreakKind.HEAD, reached.sequence)
    if head.sequence > reached.sequence:
        return Break(BreakKind.CUT, reached.sequence + 1, until=head.sequence)
    same = (head.sequence, head.mac) == (reached.sequence, reached.mac)
    return None if same else Break(BreakKind.HEAD, reached.sequence)


def _entries_after(sequence: int) -> Iterator[AuditEntry | Break]:
    """Read all later entries in order; one that cannot be read comes as its break, and ends it."""
    while True:
        later = AuditEntry.objects.after(sequence)
        try:
            page = list(later[:_PAGE])
        except UNREADABLE:
            yield from _one_by_one(list(later.values_list("sequence", flat=True)[:_PAGE]))
            return
        if not page:
            return
        yield from page
        sequence = page[-1].sequence


def _one_by_one(sequences: list[int]) -> Iterator[AuditEntry | Break]:
    for sequence in sequences:
        try:
            entry = AuditEntry.objects.get(sequence=sequence)
        except UNREADABLE:
            yield unreadable(sequence)
            return
        yield entry


def _newest_checkpoint() -> int:
    newest = AuditCheckpoint.objects.order_by("-sequence").values_list("sequence", flat=True)
    return newest.first() or 0
