"""Seal everything anew under the first key of PBXDASH_KEYS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from tqdm import tqdm

from trunks.keyring import keyring
from trunks.models import Action
from trunks.services.auditing import audit_record
from trunks.services.key_checks import AUDIT, FINGERPRINT, key_accept, keys_note, secrets_examine
from trunks.services.key_rotation import Rotation, keys_check, keys_rotate, sealed_count

_REMEDY = (
    "Put keys that are missing back into PBXDASH_KEYS and run rotate_keys, or type the API passwords "
    "again where the list of PBXs says so."
)


class Command(BaseCommand):
    """`manage.py rotate_keys`, while the site runs; `--check` exits with 1 while an older key is still needed."""

    help = (
        "Encrypt saved API passwords, kept log-ins and whatever else is sealed with the first key of "
        "PBXDASH_KEYS. The site may run meanwhile, and a run that was cut off is simply started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to do instead of rotating."""
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--check",
            action="store_true",
            help="change nothing, and exit with 1 unless the first key opens everything",
        )
        instead.add_argument(
            "--accept-fingerprint-key",
            action="store_true",
            help="take a changed PBXDASH_FINGERPRINT_KEY for the right one: every SIP password will look changed",
        )
        instead.add_argument(
            "--accept-audit-key",
            action="store_true",
            help="take a changed PBXDASH_AUDIT_KEY for the right one: what was recorded before cannot be verified "
            "any more, and the log stays broken there",
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Rotate or check, and say what is left."""
        if options["accept_fingerprint_key"]:
            key_accept(FINGERPRINT)
            audit_record(Action.KEYS_ROTATED, by=None, subject="PBXDASH_FINGERPRINT_KEY")
            self.stdout.write(
                "The fingerprint key is taken for the right one. "
                "Each SIP password will look changed once, at the next fetch."
            )
            return
        if options["accept_audit_key"]:
            key_accept(AUDIT)
            audit_record(Action.KEYS_ROTATED, by=None, subject="PBXDASH_AUDIT_KEY")
            self.stdout.write(
                "The audit key is taken for the right one. Older entries were made with another one: "
                "verify_audit names the first of them from now on. Export the log and sign it off."
            )
            return
        first = keyring().first
        if options["check"]:
            with _bar() as each:
                found = keys_check(each=each)
            self._conclude(found, first)
            return
        try:
            with _bar() as each:
                rotation = keys_rotate(each=each)
            secrets_examine()
            keys_note()
            audit_record(
                Action.KEYS_ROTATED,
                by=None,
                subject=first,
                details={
                    "sealed_anew": rotation.sealed_anew,
                    "thrown_away": rotation.thrown_away,
                },
            )
        except OperationalError:
            raise CommandError(
                "The database stayed busy. What was done stays done: run it again."
            ) from None
        self.stdout.write(f"{rotation.sealed_anew} were encrypted anew with the key {first!r}.")
        if rotation.thrown_away:
            self.stdout.write(
                f"{rotation.thrown_away} that no key opens were deleted: log-ins that are made anew."
            )
        self._conclude(rotation, first)

    def _conclude(self, rotation: Rotation, first: str) -> None:
        """Say that no older key is needed, or end with 1 and say what needs which."""
        if rotation.is_whole:
            self.stdout.write(f"Everything opens with the key {first!r}: no other one is needed.")
            return
        lines = [
            *_lines(rotation.left, "sealed with the key {name!r}"),
            *_lines(rotation.unreadable, "named after the key {name!r}, which does not open it"),
            _REMEDY,
        ]
        raise CommandError("\n".join(lines))


def _lines(counts: Counter[tuple[str, str]], words: str) -> Iterator[str]:
    for (place, name), count in sorted(counts.items()):
        yield f"{place}: {count} {words.format(name=name or '?')}"


@contextmanager
def _bar() -> Iterator[Callable[[int], None]]:
    """Show a bar, on a terminal only."""
    with tqdm(total=sealed_count(), unit=" secret", disable=None, leave=False) as bar:

        def each(looked_at: int) -> None:
            bar.update(looked_at)

        yield each
