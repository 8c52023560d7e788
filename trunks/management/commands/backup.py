"""A backup of the database while the site runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from trunks.models import Action
from trunks.services.auditing import audit_record
from trunks.services.backup.errors import BackupFailed
from trunks.services.backup.making import backup_make, manifest_of


class Command(BaseCommand):
    """`manage.py backup TARGET`: whole or not there at all, for its owner only, and never with a key in it."""

    help = (
        "Write a consistent copy of the database while the site runs: a SQLite file, or a dump that "
        "pg_restore reads. The keys are not in it: back them up apart. See docs/operations.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to write."""
        parser.add_argument(
            "target", type=Path, help="the file to write; beside it a .json that describes it"
        )
        parser.add_argument("--replace", action="store_true", help="replace a file that is there")
        parser.add_argument(
            "--pg-dump", default="pg_dump", metavar="PATH", help="the pg_dump to use on PostgreSQL"
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Write the backup and say what it needs to be of use."""
        target: Path = options["target"].absolute()
        if target.is_dir():
            raise CommandError(f"{target} is a folder: name the file to write in it.")
        if target.exists() and not options["replace"]:
            raise CommandError(f"{target} is there already: name another file, or add --replace.")
        try:
            with tqdm(unit=" pages", disable=None, leave=False) as bar:

                def each(done: int, pages: int) -> None:
                    bar.total = pages
                    bar.update(done - bar.n)

                manifest = backup_make(target=target, each=each, pg_dump=options["pg_dump"])
        except BackupFailed as error:
            raise CommandError(str(error)) from None
        audit_record(Action.BACKUP_MADE, by=None, subject=str(target))
        self.stdout.write(
            f"{target}: {manifest['bytes']:,} bytes, described in {manifest_of(target).name}."
        )
        keys = ", ".join(repr(name) for name in manifest["keys"]) or "none"
        self.stdout.write(
            f"To be of use it needs these keys, which are not in it: {keys} of PBXDASH_KEYS, and "
            "PBXDASH_FINGERPRINT_KEY and PBXDASH_AUDIT_KEY."
        )
