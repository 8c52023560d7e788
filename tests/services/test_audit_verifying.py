"""Rows of the audit log edited, deleted, swapped, put in and cut off straight in the database: each is named."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from tests.audit_log import empty, tamper, triggers_lifted
from trunks.models import Action, AuditEntry, AuditHead
from trunks.services.audit_verifying import (
    Head,
    audit_check,
    audit_head,
    audit_verify,
    last_check,
)
from trunks.services.auditing import audit_record

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def ten_entries(db: None) -> None:
    """A log of ten."""
    empty()
    for number in range(1, 11):
        audit_record(Action.LOG_IN_FAILED, by=None, subject=f"person {number}")


def first_break(signed: Head | None = None) -> str:
    return str(audit_verify(signed=signed).broken or "")


def test_an_untouched_log_holds_to_its_end():
    verdict = audit_verify()

    assert (verdict.broken, verdict.entries, verdict.head) == (None, 10, audit_head())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01 00:00:00"),
        ("action", "log-in"),
        ("actor_id", 7),
        ("actor_name", "eve"),
        ("place", "worker"),
        ("address", "192.0.2.1"),
        ("session", "0" * 16),
        ("pbx_id", 7),
        ("pbx_slug", "leeds"),
        ("subject", "eve"),
        ("details", '{"x":1}'),
        ("previous", "0" * 64),
        ("mac", "0" * 64),
    ],
)
def test_an_edit_of_any_column_is_found(column, value):
    tamper(f"UPDATE trunks_auditentry SET {column} = %s WHERE sequence = 4", [value])  # noqa: S608

    assert first_break() == "Entry 4 was edited."


@pytest.mark.parametrize("place", [1, 10])
def test_an_edit_at_an_end_is_found(place):
    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = %s", [place])

    assert first_break() == f"Entry {place} was edited."


def test_a_value_that_cannot_be_read_is_an_edit():
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes nothing but moments")
    tamper("UPDATE trunks_auditentry SET at = '2020-99-99 00:00:00' WHERE sequence = 4")

    assert first_break() == "Entry 4 was edited."


def test_an_entry_deleted_in_the_middle_is_missing():
    tamper("DELETE FROM trunks_auditentry WHERE sequence = 4")

    assert first_break() == "Entry 4 is missing."


def test_entries_deleted_at_the_beginning_are_missing():
    tamper("DELETE FROM trunks_auditentry WHERE sequence <= 3")

    assert first_break() == "Entries 1 to 3 are missing."


def test_a_gap_closed_by_other_numbers_is_found():
    tamper("DELETE FROM trunks_auditentry WHERE sequence = 4")
    for place in range(5, 11):
        tamper("UPDATE trunks_auditentry SET sequence = %s WHERE sequence = %s", [place - 1, place])

    assert first_break() == "Entry 4 is missing."


@pytest.mark.parametrize(("one", "other"), [(3, 7), (3, 4), (1, 10)])
def test_swapped_entries_are_named(one, other):
    for before, after in ((one, 99), (other, one), (99, other)):
        tamper("UPDATE trunks_auditentry SET sequence = %s WHERE sequence = %s", [after, before])

    assert first_break() == (
        f"Entry {other} stands in the place of entry {one}: they were swapped."
    )


def test_an_entry_put_in_in_the_middle_is_named():
    for place in range(10, 4, -1):
        tamper("UPDATE trunks_auditentry SET sequence = %s WHERE sequence = %s", [place + 1, place])
    forge(5, mac="f" * 64)

    assert first_break() == "Entry 5 was put in."


def test_an_entry_put_in_at_the_end_is_named():
    forge(11, mac="f" * 64)

    assert first_break() == "Entry 11 was put in."


def test_a_copy_of_an_entry_at_the_end_is_named():
    forge(11, mac=AuditEntry.objects.get(sequence=10).mac)

    assert first_break() == "Entry 11 was put in."


def test_a_copy_of_an_entry_in_the_place_of_another_is_named():
    copied = AuditEntry.objects.get(sequence=2)
    tamper("DELETE FROM trunks_auditentry WHERE sequence = 6")
    copied.sequence, copied._state.adding = 6, True
    with triggers_lifted():
        copied.save()

    assert first_break() == "Entry 6 was put in."


def test_a_cut_end_is_missed():
    tamper("DELETE FROM trunks_auditentry WHERE sequence > 8")

    assert first_break() == "The end was cut off: entries 9 to 10 are missing."


def test_a_log_emptied_whole_is_missed():
    tamper("DELETE FROM trunks_auditentry")

    assert first_break() == "The end was cut off: entries 1 to 10 are missing."


def test_a_record_of_the_end_that_is_gone_is_missed():
    tamper("DELETE FROM trunks_audithead")

    assert first_break() == "The record of where the log ends is gone or was edited."


def test_a_log_taken_back_to_an_older_copy_is_missed_where_the_head_was_kept_elsewhere():
    older = AuditHead.objects.get()
    audit_record(Action.LOG_IN, by=None)
    signed = audit_head()
    tamper("DELETE FROM trunks_auditentry WHERE sequence > 10")
    older.save()

    assert first_break() == ""
    assert first_break(signed) == "The end was cut off: entry 11 is missing."


def test_a_log_emptied_with_all_that_belongs_to_it_is_missed_where_the_head_was_kept_elsewhere():
    signed = audit_head()
    for table in ("trunks_auditentry", "trunks_audithead", "trunks_auditcheckpoint"):
        tamper(f"DELETE FROM {table}")  # noqa: S608

    assert first_break() == ""
    assert first_break(signed) == "The end was cut off: entries 1 to 10 are missing."


def test_an_end_cut_off_stays_a_gap_when_the_log_goes_on():
    tamper("DELETE FROM trunks_auditentry WHERE sequence > 8")
    audit_record(Action.LOG_IN, by=None)

    assert first_break() == "Entries 9 to 10 are missing."


def test_an_edited_record_of_the_end_is_found():
    tamper("UPDATE trunks_audithead SET sequence = 8")

    assert first_break() == "The record of where the log ends is gone or was edited."


def test_a_log_from_another_copy_is_not_the_one_that_was_signed_off():
    assert first_break(Head(4, "f" * 64)) == "Entry 4 is not the one that was signed off."


def test_the_head_that_was_signed_off_holds_while_the_log_goes_on():
    signed = audit_head()
    audit_record(Action.LOG_IN, by=None)

    assert first_break(signed) == ""


def test_with_another_key_nothing_holds(settings):
    settings.PBXDASH_AUDIT_KEY = settings.PBXDASH_FINGERPRINT_KEY

    assert first_break() == "Entry 1 was edited."


def test_the_result_of_a_walk_is_kept_sealed():
    audit_check()
    assert last_check() is not None

    tamper("UPDATE trunks_auditcheck SET entries = 11")
    assert last_check() is None


def test_longer_logs_are_read_page_by_page(monkeypatch):
    monkeypatch.setattr("trunks.services.audit_verifying._PAGE", 3)
    assert audit_verify().entries == 10

    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = 8")
    assert first_break() == "Entry 8 was edited."


@pytest.mark.parametrize("column", ["seal", "mac"])
def test_an_end_sealed_in_letters_that_no_code_has_is_found(column):
    tamper(f"UPDATE trunks_audithead SET {column} = 'ü'")  # noqa: S608
    assert first_break() == "The record of where the log ends is gone or was edited."
    assert audit_record(Action.LOG_IN, by=None).sequence == 12


def test_a_result_sealed_in_such_letters_is_none():
    audit_check()
    tamper("UPDATE trunks_auditcheck SET seal = 'ü'")
    assert last_check() is None


@pytest.mark.parametrize("place", ["'x'", "x'00'", "11.5", "4.5"])
def test_an_entry_at_a_place_that_is_no_number_was_put_in(place):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes nothing but numbers")
    tamper(f"UPDATE trunks_auditentry SET sequence = {place} WHERE sequence = 10")  # noqa: S608
    assert "was put in" in first_break()
    tamper("DELETE FROM trunks_auditentry WHERE typeof(sequence) = 'integer'")
    assert first_break()


def test_an_end_whose_place_is_no_number_is_found_and_the_log_goes_on():
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes nothing but numbers")
    tamper("UPDATE trunks_audithead SET sequence = 'x'")
    assert first_break() == "The record of where the log ends is gone or was edited."
    assert audit_record(Action.LOG_IN, by=None).sequence == 12


def test_an_edit_is_named_however_far_away_another_row_was_put_in():
    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = 3")
    tamper(f"UPDATE trunks_auditentry SET sequence = {2**61} WHERE sequence = 9")  # noqa: S608
    assert first_break() == "Entry 3 was edited."


def test_the_first_edit_is_named_where_a_later_one_cannot_be_read():
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes nothing but moments")
    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = 3")
    tamper("UPDATE trunks_auditentry SET at = '2020-99-99 00:00:00' WHERE sequence = 5")
    assert first_break() == "Entry 3 was edited."


def forge(sequence: int, *, mac: str) -> None:
    """Put in an entry as somebody would who has the database and not the key."""
    previous = AuditEntry.objects.get(sequence=sequence - 1).mac
    values: list[str | int | None] = [sequence, timezone.now().isoformat(" "), previous, mac]
    tamper(
        "INSERT INTO trunks_auditentry (sequence, at, action, actor_name, place, address, session, pbx_slug, "
        "subject, details, previous, mac) VALUES (%s, %s, 'log-in', 'eve', 'web', '', '', '', '', '{}', %s, %s)",
        values,
    )
