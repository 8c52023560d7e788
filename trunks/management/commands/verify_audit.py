"""Check that the audit log is as it was written."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.services.audit_verifying import Head, audit_check


class Command(BaseCommand):
    """`manage.py verify_audit`: ends with 0 when the chain holds and with 1 when it does not."""

    help = "Walk the chain of the audit log and name the first break; ends with 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the head that was signed off."""
        parser.add_argument(
            "--head",
            metavar="SEQ:HASH",
            help="an entry that the log has to hold, as `manage.py audit_head` printed it: without one, "
            "who has the database can cut off the end together with the record of it",
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Walk, keep the result for the page of the log, and say it."""
        verdict = audit_check(signed=_signed(options["head"]))
        if verdict.broken:
            raise CommandError(
                f"The audit log is broken. {verdict.broken} "
                f"It holds up to entry {verdict.head.sequence}."
            )
        self.stdout.write(f"The audit log holds: {verdict.entries} entries.")
        if verdict.signed_is_trimmed:
            self.stdout.write(
                "The given entry is trimmed: only the stub that replaced it was checked."
            )
        self.stdout.write(f"Head: {verdict.head}")


def _signed(text: str | None) -> Head | None:
    if text is None:
        return None
    try:
        return Head.read(text)
    except ValueError:
        raise CommandError(
            "--head takes what `manage.py audit_head` prints, like 12:5f4d…."
        ) from None
