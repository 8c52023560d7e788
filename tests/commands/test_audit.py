"""The commands for the audit log: what they print and how they end."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.audit_log import empty, tamper
from trunks.models import Action
from trunks.services.auditing import audit_record


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def two_entries(db: None) -> None:
    """A log of two."""
    empty()
    for _ in range(2):
        audit_record(Action.LOG_IN, by=None)


def test_a_whole_log_is_said_to_hold():
    assert "The audit log holds: 2 entries." in run("verify_audit")


def test_a_broken_log_is_an_error_that_names_the_break():
    tamper("DELETE FROM trunks_auditentry WHERE sequence = 1")

    with pytest.raises(CommandError, match="Entry 1 is missing"):
        run("verify_audit")


def test_what_audit_head_prints_is_what_verify_audit_takes():
    head = run("audit_head").strip()

    assert head.startswith("2:")
    assert "holds" in run("verify_audit", "--head", head)


def test_a_head_that_the_log_does_not_have_is_an_error():
    with pytest.raises(CommandError, match="entries 3 to 9 are missing"):
        run("verify_audit", "--head", "9:" + "f" * 64)


@pytest.mark.parametrize("text", ["", "12", "x:" + "f" * 64, "12:abc"])
def test_a_head_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="--head takes"):
        run("verify_audit", f"--head={text}")


def test_an_empty_log_has_no_head():
    for table in ("trunks_auditentry", "trunks_audithead"):
        tamper(f"DELETE FROM {table}")  # noqa: S608

    with pytest.raises(CommandError, match="empty"):
        run("audit_head")


def test_without_a_setting_nothing_is_trimmed():
    with pytest.raises(CommandError, match="kept for ever"):
        run("trim_audit")


def test_trimming_says_how_much():
    assert "0 entries older than 30 days" in run("trim_audit", "--days", "30")
