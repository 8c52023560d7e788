"""Writing the audit log: one function that everybody calls who changes something."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from trunks.audit_triggers import trigger_names
from trunks.models import Action, AuditCheckpoint, AuditEntry, AuditHead, Pbx
from trunks.models.audit import GENESIS
from trunks.origin import Origin, current_origin
from trunks.services.audit_chain import entry_code, head_code, is_code, session_code

logger = logging.getLogger(__name__)

Details = Mapping[str, str | int | list[str]]

# Any number will do, as long as nothing else of ours locks it on PostgreSQL.
_LOCK = 0x617564697400
_TRIGGERS_OF = {
    "sqlite": ("sqlite_master WHERE type = 'trigger'", "name"),
    "postgresql": ("pg_trigger WHERE tgenabled <> 'D'", "tgname"),
}
_LONGEST_DETAIL = 2000
_LONGEST_LIST = 100


def audit_record(
    action: Action,
    *,
    by: User | None,
    origin: Origin | None = None,
    subject: str = "",
    pbx: Pbx | None = None,
    details: Details | None = None,
) -> AuditEntry:
    """Add an entry to the log, in the transaction of the change that it tells of: both are kept, or neither.

    Call it last in that transaction: it holds back all others who want to add one until that ends. Without an
    `origin` it is that of the request at hand. Never pass a secret: of those only the names of fields.

    Raises:
        KeysUnusable: the key of the log is missing; then nothing may be changed either.
    """
    origin = origin or current_origin()
    with transaction.atomic():
        audit_lock()
        head, previous = _end_of_chain()
        entry = AuditEntry(
            sequence=head.sequence + 1,
            at=timezone.now(),
            action=action.value,
            actor_id=by.pk if by else None,
            actor_name=_text(by.get_username(), 150) if by else "",
            place=origin.place.value,
            address=_text(origin.address, 45),
            session=_session(origin),
            pbx_id=pbx.pk if pbx else None,
            pbx_slug=pbx.slug if pbx else "",
            subject=_text(subject or (pbx.name if pbx else ""), 300),
            details=_json(details or {}),
            previous=previous,
        )
        entry.mac = entry_code(entry)
        entry.save()
        head.sequence, head.mac = entry.sequence, entry.mac
        head.seal = head_code(head)
        head.save()
    # A copy of the end of the chain outside the database, for who reads the logs of the site.
    transaction.on_commit(lambda: logger.info("Audit %s %s %s", entry, entry.mac, entry.place))
    return entry


def audit_is_guarded() -> bool:
    """Tell whether the triggers are there; where there is no log yet, nothing is missing."""
    table, name = _TRIGGERS_OF[connection.vendor]
    with connection.cursor() as cursor:
        if AuditEntry._meta.db_table not in connection.introspection.table_names(cursor):  # noqa: SLF001  documented
            return True
        cursor.execute(f"SELECT {name} FROM {table}")  # noqa: S608  constants alone
        return trigger_names(connection.vendor) <= {row[0] for row in cursor.fetchall()}


def audit_lock() -> None:
    """Let one add at a time, until the transaction ends; that of SQLite is alone from its beginning."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _end_of_chain() -> tuple[AuditHead, str]:
    """Return the head and the code that the next entry has to name.

    Where the head is gone or false, a number is left out: the walk will stop there for ever.
    """
    head = AuditHead.objects.filter(pk=1).first()
    if head and is_code(head.seal, head_code(head)):
        return head, head.mac
    last = AuditEntry.objects.order_by("-sequence").first()
    checkpoint = AuditCheckpoint.objects.order_by("-sequence").first()
    if head is None and last is None and checkpoint is None:
        return AuditHead(pk=1, sequence=0, mac=GENESIS), GENESIS
    # A false head may name any place, also one that no number follows.
    known = max((one.sequence for one in (last, checkpoint) if one is not None), default=0)
    logger.error("The head of the audit log was lost. Run: manage.py verify_audit")
    return AuditHead(pk=1, sequence=known + 1, mac=GENESIS), GENESIS


def _session(origin: Origin) -> str:
    key = origin.session.session_key if origin.session is not None else None
    return session_code(key) if key else ""


def _json(details: Details) -> str:
    said = {_text(name, 100): _value(value) for name, value in details.items()}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _value(value: str | int | list[str]) -> str | int | list[str]:
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return _text(value, _LONGEST_DETAIL)
    shown = [_text(one, _LONGEST_DETAIL) for one in value[:_LONGEST_LIST]]
    return [*shown, "…"] if len(value) > _LONGEST_LIST else shown


def _text(text: str, longest: int) -> str:
    """Return a text that databases and terminals take: on one line, without half characters, not too long."""
    whole = str(text).encode("utf-8", "replace").decode()
    plain = "".join(" " if unicodedata.category(one) == "Cc" else one for one in whole)
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
