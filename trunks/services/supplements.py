"""What a PBX tells beside its trunks: read after them, and never a reason for a fetch to fail."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

from trunks.models import Pbx, Supplement, Trunk
from trunks.services.binding_rows import bindings_resettle
from trunks.services.directory import LISTS, directory_of
from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    DeviceRecord,
    DodIssue,
    ExtensionRecord,
    GroupRecord,
    LoginRefused,
    PbxError,
    Reason,
    TargetKind,
    TrunkRecord,
    TrunkStateRecord,
)

logger = logging.getLogger(__name__)

Kind = Supplement.Kind
Data = dict[str, str] | list[str]

DEVICE_AGE = timedelta(hours=1)
# How long we do without an endpoint, by the reason why it brought nothing; others are asked each time.
NOT_OFFERED_REST = timedelta(days=1)
TIMEOUT_REST = timedelta(minutes=15)
_EMPTY_LIST = "empty-list"
_NAMED_BY = {Kind.EXTENSIONS: TargetKind.EXTENSION, Kind.GROUPS: TargetKind.GROUP}


class SupplementSource(Protocol):
    """A PBX family, as far as supplements are concerned; each raises `PbxError`."""

    def trunk_states(self) -> Sequence[TrunkStateRecord]:
        """Read how each trunk is doing."""

    def device(self) -> DeviceRecord:
        """Read what the PBX says of itself."""

    def extensions(self) -> Sequence[ExtensionRecord]:
        """Read every extension."""

    def groups(self) -> Sequence[GroupRecord]:
        """Read every extension group."""


@dataclass(frozen=True, slots=True)
class SupplementAnswer:
    """What became of asking for one supplement: `data` as its row keeps it, or a reason why there is none."""

    kind: Supplement.Kind
    data: Data | None = None
    reason: str = ""
    errno: str = ""
    is_login_refused: bool = False


def supplements_wanted(*, pbx: Pbx, whole: bool) -> frozenset[Supplement.Kind]:
    """Tell what to ask for beside the trunks; `whole` for a fetch of all of them.

    Lists are wanted only beside all trunks, since they are settled together.
    """
    wanted = {Kind.REGISTRATION, Kind.DEVICE}
    if whole and pbx.reads_extensions:
        wanted |= LISTS
    now = timezone.now()
    for row in pbx.supplements.all():
        if _may_wait(row, now):
            wanted.discard(Kind(row.kind))
    return frozenset(wanted)


def supplements_read(
    source: SupplementSource,
    wanted: Collection[Supplement.Kind],
    records: Sequence[TrunkRecord],
) -> tuple[SupplementAnswer, ...]:
    """Ask for what is wanted and what the trunks in `records` need; touches no database, raises nothing.

    A list is asked for only when a binding names what is in it. When the PBX stops answering or lets
    us in no longer, nothing further is asked.
    """
    readers: dict[Supplement.Kind, Callable[[], Data]] = {
        Kind.REGISTRATION: lambda: _words(source.trunk_states()),
        Kind.DEVICE: lambda: asdict(source.device()),
        Kind.EXTENSIONS: lambda: {one.number: one.name for one in source.extensions()},
        Kind.GROUPS: lambda: sorted({group.name for group in source.groups()}),
    }
    answers: list[SupplementAnswer] = []
    for kind, read in readers.items():
        if kind not in wanted or (kind in LISTS and not _is_named(kind, records)):
            continue
        answer, goes_on = _ask(kind, read)
        answers.append(answer)
        if not goes_on:
            break
    return tuple(answers)


def refused_login(answers: Iterable[SupplementAnswer]) -> Reason | None:
    """Return why the PBX let us in no longer, if it did while supplements were read."""
    return next((Reason(one.reason) for one in answers if one.is_login_refused), None)


def supplements_store(*, pbx: Pbx, answers: Iterable[SupplementAnswer], at: datetime) -> None:
    """Keep what was answered and settle by it; call it after `store`, in the same transaction.

    A failure keeps the last good data, but for registration states: an old "registered" would mislead.
    """
    rows = {Kind(row.kind): row for row in pbx.supplements.all()}
    known = _list_digests(rows)
    if not pbx.reads_extensions:
        pbx.supplements.filter(kind__in=LISTS & rows.keys()).delete()
        rows = {kind: row for kind, row in rows.items() if kind not in LISTS}
    answered = [answer for answer in answers if pbx.reads_extensions or answer.kind not in LISTS]
    for answer in answered:
        rows[answer.kind] = _kept(rows.get(answer.kind) or Supplement(pbx=pbx), answer, at)
    _write(rows[answer.kind] for answer in answered)
    for answer in answered:
        if answer.kind is Kind.REGISTRATION:
            _spread_registration(pbx, answer.data if isinstance(answer.data, dict) else {})
    if _list_digests(rows) != known:
        bindings_resettle(pbx=pbx, directory=directory_of(pbx))


def supplements_offered_again(*, pbx: Pbx) -> None:
    """Forget which endpoints the PBX did not offer: its settings were edited."""
    for row in pbx.supplements.exclude(reason=""):
        if row.is_not_offered:
            row.reason = row.errno = ""
            row.save(update_fields=["reason", "errno"])


def _may_wait(row: Supplement, now: datetime) -> bool:
    since = abs(now - row.attempted_at)
    if row.is_not_offered:
        return since < NOT_OFFERED_REST
    if row.reason in {Reason.TIMEOUT, Reason.CONNECT_TIMEOUT}:
        return since < TIMEOUT_REST
    return row.kind == Kind.DEVICE and not row.reason and since < DEVICE_AGE


def _ask(kind: Supplement.Kind, read: Callable[[], Data]) -> tuple[SupplementAnswer, bool]:
    """Return the answer, and whether the PBX may be asked more."""
    try:
        data = read()
    except PbxError as error:
        refused = isinstance(error, LoginRefused)
        # A token that is dead twice in a row would cost a log-in for each further question.
        goes_on = (
            isinstance(error, ApiRefused | BadPayload) and error.reason is not Reason.TOKEN_DEAD
        )
        return SupplementAnswer(
            kind, reason=error.reason, errno=error.errno, is_login_refused=refused
        ), goes_on
    except Exception as error:  # noqa: BLE001
        # A mistake of ours; its text may hold anything, and the trunks are already here.
        logger.error("Reading %s crashed: %s", kind.value, type(error).__name__)  # noqa: TRY400
        return SupplementAnswer(kind, reason="internal"), False
    if kind in LISTS and not data:
        return SupplementAnswer(kind, reason=_EMPTY_LIST), True
    return SupplementAnswer(kind, data=data), True


def _is_named(kind: Supplement.Kind, records: Iterable[TrunkRecord]) -> bool:
    """Tell whether any binding names what is in a list."""
    return any(
        piece.issue is not DodIssue.MALFORMED
        for record in records
        for piece in record.bindings_of(_NAMED_BY[kind])
    )


def _words(states: Iterable[TrunkStateRecord]) -> dict[str, str]:
    return {state.remote_id: state.status for state in states if state.is_sip}


def _kept(row: Supplement, answer: SupplementAnswer, at: datetime) -> Supplement:
    row.kind, row.attempted_at = answer.kind, at
    row.reason, row.errno = answer.reason[:40], answer.errno[:20]
    if not answer.reason:
        row.data, row.observed_at = answer.data, at
        # Iterated, a list of extensions gives its numbers: names settle nothing.
        row.digest = _digest(sorted(answer.data or ())) if answer.kind in LISTS else ""
    return row


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def _list_digests(rows: Mapping[Supplement.Kind, Supplement]) -> dict[Supplement.Kind, str]:
    return {kind: row.digest for kind, row in rows.items() if kind in LISTS and row.digest}


def _write(rows: Iterable[Supplement]) -> None:
    Supplement.objects.bulk_create(
        list(rows),
        update_conflicts=True,
        unique_fields=["pbx", "kind"],
        update_fields=["data", "digest", "observed_at", "attempted_at", "reason", "errno"],
    )


def _spread_registration(pbx: Pbx, words: Mapping[str, str]) -> None:
    """Bring the rows of trunks in step with `{trunk id: word}`, touching only those that differ."""
    differing: dict[str, list[int]] = defaultdict(list)
    for pk, remote_id, known in pbx.trunks.values_list("pk", "remote_id", "registration"):
        word = words.get(remote_id, "")
        if word != known:
            differing[word].append(pk)
    for word, pks in differing.items():
        Trunk.objects.filter(pk__in=pks).update(registration=word)
