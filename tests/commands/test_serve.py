"""`manage.py serve`: what it refuses, and what does not end it."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from trunks.management.commands.serve import patiently


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", ""])
def test_the_demo_is_served_on_this_computer_only(db: None, settings, host: str):
    settings.PBXDASH_DEMO = True

    with pytest.raises(CommandError, match="this computer only"):
        call_command("serve", host=host, port=0)


def test_a_database_that_does_not_answer_does_not_end_the_site(caplog):
    def fail() -> None:
        raise OperationalError("postgres://user:MARKER@host is away")

    patiently(fail)()

    assert "The database did not answer: OperationalError" in caplog.text
    assert "MARKER" not in caplog.text
