"""Entries that were kept long enough, and the stub that stands for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.audit_log import empty, tamper
from trunks.models import Action, AuditCheckpoint, AuditEntry
from trunks.services.audit_trimming import TrimRefused, audit_look_after, audit_trim
from trunks.services.audit_verifying import Head, audit_head, audit_verify, last_check
from trunks.services.auditing import audit_record

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def old_and_new(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three entries of a month ago and two of today."""
    empty()
    month_ago = timezone.now() - timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: month_ago)
        for number in range(1, 4):
            audit_record(Action.LOG_IN, by=None, subject=f"old {number}")
    for _ in range(2):
        audit_record(Action.LOG_OUT, by=None)


def test_old_entries_go_and_the_trim_is_recorded():
    assert audit_trim(days=10) == 3

    kept = AuditEntry.objects.order_by("sequence")
    assert [entry.sequence for entry in kept] == [4, 5, 6]
    assert kept[2].facts == {"entries": 3, "through": 3, "keep_days": 10}


def test_the_rest_holds_after_a_trim_and_after_another():
    audit_trim(days=10)
    assert audit_verify().broken is None

    audit_record(Action.LOG_IN, by=None)
    assert audit_trim(days=0) == 3
    assert (audit_verify().broken, AuditCheckpoint.objects.count()) == (None, 2)


def test_nothing_old_leaves_no_stub():
    assert audit_trim(days=365) == 0
    assert not AuditCheckpoint.objects.exists()


def test_the_newest_entry_always_stays():
    assert audit_trim(days=0) == 4
    assert audit_verify().broken is None


def test_what_is_broken_is_not_trimmed_away():
    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = 2")

    with pytest.raises(TrimRefused, match="Entry 2 was edited"):
        audit_trim(days=10)
    assert AuditEntry.objects.count() == 5


@pytest.mark.parametrize("column", ["mac", "entries", "first_at"])
def test_an_edited_stub_is_found(column):
    audit_trim(days=10)
    value = str(timezone.now()) if column == "first_at" else "0" * 64 if column == "mac" else 2
    tamper(f"UPDATE trunks_auditcheckpoint SET {column} = %s", [value])  # noqa: S608

    assert "The stub that stands for the entries up to 3" in str(audit_verify().broken)


def test_a_stub_made_up_for_deleted_entries_is_found():
    entry = AuditEntry.objects.get(sequence=4)
    AuditCheckpoint.objects.create(
        sequence=4, mac=entry.mac, entries=4, first_at=entry.at, last_at=entry.at, seal="0" * 64
    )
    AuditEntry.objects.forget_through(4)

    assert "The stub" in str(audit_verify().broken)


def test_a_deleted_stub_is_found():
    audit_trim(days=10)
    tamper("DELETE FROM trunks_auditcheckpoint")

    assert str(audit_verify().broken) == "Entries 1 to 3 are missing."


def test_a_head_that_was_signed_off_and_trimmed_is_said_to_be():
    signed = Head(2, AuditEntry.objects.get(sequence=2).mac)
    audit_trim(days=10)

    verdict = audit_verify(signed=signed)
    assert (verdict.broken, verdict.signed_is_trimmed) == (None, True)


def test_a_worker_trims_by_the_setting_and_checks(settings):
    settings.PBXDASH_AUDIT_KEEP_DAYS = 10
    audit_look_after(check_every=timedelta(hours=1))

    newest = AuditEntry.objects.newest_first()[0]
    assert (newest.action, newest.place) == ("trimmed", "worker")
    assert (check := last_check()) is not None
    assert (check.sequence, check.broken) == (6, "")


def test_a_worker_does_so_only_now_and_then(settings):
    audit_look_after(check_every=timedelta(hours=1))
    settings.PBXDASH_AUDIT_KEEP_DAYS = 10
    audit_look_after(check_every=timedelta(hours=1))

    assert AuditEntry.objects.count() == 5


def test_without_the_setting_entries_are_kept_for_ever():
    audit_look_after(check_every=timedelta(0))

    assert AuditEntry.objects.count() == 5
    assert audit_head() is not None


@pytest.mark.parametrize(
    "edit", ["seal = 'ü'", "mac = 'ü'", "first_at = '2020-99-99 00:00:00'", "first_at = x'00'"]
)
def test_a_stub_with_values_that_it_cannot_have_was_edited(edit):
    if connection.vendor == "postgresql" and "first_at" in edit:
        pytest.skip("PostgreSQL takes nothing but moments")
    audit_trim(days=10)
    tamper(f"UPDATE trunks_auditcheckpoint SET {edit}")  # noqa: S608

    assert "stub" in str(audit_verify().broken)


def test_more_days_than_there_ever_were_trim_nothing():
    assert audit_trim(days=10**6) == audit_trim(days=10**12) == 0


def test_results_of_walks_that_somebody_put_in_keep_no_worker_from_looking(caplog):
    audit_look_after(check_every=timedelta(hours=6))
    kept = last_check()
    tamper(
        "INSERT INTO trunks_auditcheck (at, sequence, mac, entries, broken, seal) "
        "VALUES ('2999-01-01 00:00:00+00:00', 5, '', 5, '', 'x')"
    )
    assert last_check() == kept
    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = 5")
    audit_look_after(check_every=timedelta(0))
    assert "Entry 5 was edited." in caplog.text
