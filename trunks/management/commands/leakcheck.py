"""Look for secrets wherever they could get out."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.leakcheck.checking import check_leaks
from trunks.leakcheck.report import Report
from trunks.leakcheck.surroundings import NoDatabase


class Command(BaseCommand):
    """Fetch simulated PBXs whose every secret is known, ask every page as everybody, and search all that came up.

    Exits with 1 when anything was found. Neither PBXs nor data of the site are touched: the database is an empty one
    of its own, a temporary file or, on PostgreSQL, one that is made beside the others and dropped.
    """

    help = "Prove that no secret gets out: a simulated world is fetched, walked as every role, and searched."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how much to look for."""
        parser.add_argument(
            "--first", action="store_true", help="stop at the first finding instead of naming all"
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Check, print what was looked at, and name what was found without saying it."""
        try:
            report = check_leaks(first_only=options["first"])
        except NoDatabase as error:
            raise CommandError(
                f"No database could be made to look in ({error}). On PostgreSQL the account of the site needs the "
                "right CREATEDB for this; or set PBXDASH_DATABASE_URL to a new SQLite file."
            ) from None
        self._print(report)
        if report.findings:
            raise CommandError(f"{len(report.findings)} leaks.")
        self.stdout.write("No secret got out.")

    def _print(self, report: Report) -> None:
        for place in sorted(report.looks):
            looks, size = report.looks[place], report.size[place]
            self.stdout.write(f"{place:<22}{looks:>7} looked at{size:>13,} bytes")
        for finding in report.findings:
            self.stdout.write(f"LEAK  {finding}")
