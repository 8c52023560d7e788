"""Check a ZIP of evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.services.evidence.contents import Contents, NoEvidence, contents_check, shown
from trunks.services.evidence.proving import Logged, Seal, entry_find, seal_check

WRONG, UNREADABLE, NOT_OURS = 1, 2, 3


class Command(BaseCommand):
    """`manage.py verify_export FILE`; how it ends is the answer.

    0: every file is as it was written, and the seal holds or was not to be checked (`--offline`, no key here).
    1: a file was changed, is missing or was added, the seal is false, or the log lacks the entry.
    2: it is no such ZIP. 3: all files fit together, and it was not sealed here.
    """

    help = (
        "Check a ZIP of evidence: its files, its seal and its entry in the audit log. Ends with 0 when it is "
        "as it was made, 1 when anything is wrong, 2 when it is no such ZIP, and 3 when its files fit together "
        "and another installation made it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, and that digests are enough."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--offline",
            action="store_true",
            help="look at the digests alone; needs neither database nor keys",
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Check, and say what was found."""
        path: Path = options["file"]
        try:
            contents = contents_check(path)
        except NoEvidence as why:
            raise CommandError(f"{path} is no evidence: {why}.", returncode=UNREADABLE) from None
        self._say_about(contents)
        for fault in contents.faults:
            self.stderr.write(str(fault))
        wrong, is_ours = bool(contents.faults), True
        if options["offline"]:
            self.stdout.write("Seal: not checked, as you asked; digests alone prove no origin.")
        else:
            seal = seal_check(contents)
            self.stdout.write(f"Seal: {seal.value}.")
            wrong, is_ours = wrong or seal is Seal.FALSE, seal is not Seal.OF_OTHERS
            if seal is Seal.OURS:
                logged = entry_find(contents)
                self.stdout.write(f"Audit log: {logged.value}.")
                wrong = wrong or logged in {Logged.MISSING, Logged.DIFFERENT}
        if wrong:
            raise CommandError("This is NOT the evidence that was made.", returncode=WRONG)
        self.stdout.write(f"All {contents.files} files are as the manifest says.")
        if not is_ours:
            sys.exit(NOT_OURS)

    def _say_about(self, contents: Contents) -> None:
        said = contents.manifest
        self.stdout.write(
            f"Made {shown(str(said.get('made_at')))} by {shown(str(said.get('made_by')))}"
        )
        head = said.get("audit_head")
        if isinstance(head, dict):
            code = f"{head.get('sequence')}:{head.get('mac')}"
            self.stdout.write(f"Audit entry: {shown(code)}")
