"""Forget audit entries that were kept long enough."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.services.audit_trimming import TrimRefused, audit_keep_days, audit_trim


class Command(BaseCommand):
    """`manage.py trim_audit`: what the worker does once a day, now."""

    help = "Put a sealed stub in the place of audit entries older than PBXDASH_AUDIT_KEEP_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare another number of days."""
        parser.add_argument("--days", type=int, help="keep so many days (default: the setting)")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Trim, or say why not."""
        days = options["days"] if options["days"] is not None else audit_keep_days()
        if days < 1:
            raise CommandError("Entries are kept for ever: set PBXDASH_AUDIT_KEEP_DAYS or --days.")
        try:
            trimmed = audit_trim(days=days)
        except TrimRefused as refused:
            raise CommandError(f"Nothing was trimmed, since the log is broken. {refused}") from None
        self.stdout.write(f"{trimmed} entries older than {days} days were trimmed.")
