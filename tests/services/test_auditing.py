"""What the audit log keeps, and that neither code nor database changes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import DatabaseError, connection, transaction

from tests.audit_log import empty, tamper, triggers_lifted
from tests.builders import make_pbx
from trunks.keyring import KeysUnusable
from trunks.models import Action, AuditCheckpoint, AuditEntry, AuditHead
from trunks.models.audit import GENESIS, AppendOnly
from trunks.origin import Origin, Place, coming_from
from trunks.services.audit_chain import entry_code
from trunks.services.auditing import audit_is_guarded, audit_record

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def empty_log(db: None) -> None:
    """A log without an entry."""
    empty()


def test_an_entry_says_who_from_where_what_and_about_which_pbx(viewer):
    pbx = make_pbx("Leeds")
    with coming_from(Origin(Place.WEB, "192.0.2.7")):
        entry = audit_record(Action.PBX_CHANGED, by=viewer, pbx=pbx, details={"fields": ["site"]})

    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_name, entry.address) == (viewer.pk, "vic", "192.0.2.7")
    assert (entry.action, entry.pbx_slug, entry.subject) == ("pbx-changed", "leeds", "Leeds")
    assert entry.facts == {"fields": ["site"]}


def test_outside_a_request_it_comes_from_the_command_line():
    assert audit_record(Action.KEYS_ROTATED, by=None).place == "command"


def test_each_entry_names_the_one_before():
    first, second = (audit_record(Action.LOG_IN, by=None) for _ in range(2))

    assert (first.sequence, first.previous) == (1, GENESIS)
    assert (second.sequence, second.previous) == (2, first.mac)
    assert AuditHead.objects.get().mac == second.mac


def test_an_entry_reads_from_the_database_as_it_was_written(viewer):
    entry = audit_record(Action.EXPORT, by=viewer, subject="厦门", details={"query": 'a"b\\'})

    assert entry_code(AuditEntry.objects.get(pk=entry.pk)) == entry.mac


def test_a_session_is_told_apart_and_not_kept():
    session = SessionStore(session_key="k" * 32)
    entry = audit_record(Action.LOG_IN, by=None, origin=Origin(Place.WEB, "", session))

    assert len(entry.session) == 16
    assert "kkkk" not in entry.session


def test_text_that_no_database_takes_is_made_harmless():
    entry = audit_record(Action.LOG_IN_FAILED, by=None, subject="a\0b\ud800" + "x" * 400)

    assert entry.subject.startswith("a b?x")
    assert len(entry.subject) == 300


def test_an_entry_goes_with_the_change_that_did_not_happen():
    with transaction.atomic():
        audit_record(Action.PBX_DELETED, by=None)
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()
    assert not AuditHead.objects.exists()


def test_without_its_key_nothing_is_recorded(settings):
    settings.PBXDASH_AUDIT_KEY = ""

    with pytest.raises(KeysUnusable, match="PBXDASH_AUDIT_KEY is missing"):
        audit_record(Action.LOG_IN, by=None)


def test_after_the_head_was_lost_a_number_is_left_out():
    audit_record(Action.LOG_IN, by=None)
    tamper("DELETE FROM trunks_audithead")

    assert audit_record(Action.LOG_OUT, by=None).sequence == 3


def test_code_refuses_to_change_or_delete_an_entry():
    entry = audit_record(Action.LOG_IN, by=None)

    for change in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(subject="x"),
    ):
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trunks_auditentry SET subject = 'x'",
        "DELETE FROM trunks_auditentry",
        "DELETE FROM trunks_audithead",
        "UPDATE trunks_auditcheckpoint SET sequence = 2",
        "DELETE FROM trunks_auditcheckpoint",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_row(statement):
    entry, _ = (audit_record(Action.LOG_IN, by=None) for _ in range(2))
    AuditCheckpoint.objects.create(sequence=1, entries=1, first_at=entry.at, last_at=entry.at)

    with pytest.raises(DatabaseError, match="neither changed"), transaction.atomic():
        run(statement)


def test_triggers_that_are_gone_are_missed():
    assert audit_is_guarded()
    with triggers_lifted():
        assert not audit_is_guarded()
    assert audit_is_guarded()


@pytest.mark.parametrize("table", ["auditentry", "auditcheckpoint", "audithead"])
def test_postgresql_refuses_to_truncate(table):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL knows TRUNCATE")
    with pytest.raises(DatabaseError, match="neither changed"), transaction.atomic():
        run(f"TRUNCATE trunks_{table}")


def test_sqlite_refuses_to_replace():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows REPLACE")
    audit_record(Action.LOG_IN, by=None)

    with pytest.raises(DatabaseError, match="neither changed"), transaction.atomic():
        run("REPLACE INTO trunks_auditentry SELECT * FROM trunks_auditentry")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain():
    def record(number: int) -> None:
        try:
            for _ in range(5):
                audit_record(Action.LOG_IN, by=None, subject=str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(4)))

    entries = list(AuditEntry.objects.filter(action="log-in").order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, 21))
    assert [entry.previous for entry in entries] == [GENESIS, *(one.mac for one in entries[:-1])]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
