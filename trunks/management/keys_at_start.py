"""What a process that serves or fetches does about the keys before anything else."""

from __future__ import annotations

from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from trunks.checks import KEYS
from trunks.keyring import KeysUnusable
from trunks.services.key_checks import keys_note, secrets_examine


def look_at_keys(command: BaseCommand, *, warns: bool = True) -> None:
    """Say which keys are missing or wrong, and mark the PBXs concerned; refuse to start where data would suffer.

    Without `warns`, what is no reason to refuse goes unsaid: another process has just said it.

    Raises `CommandError` or `SystemCheckError`.
    """
    try:
        secrets_examine()
        if warns or _are_refused():
            command.check(tags=[KEYS], databases=[DEFAULT_DB_ALIAS])
        keys_note()
    except KeysUnusable as error:
        raise CommandError(str(error)) from None


def _are_refused() -> bool:
    found = run_checks(tags=[KEYS], databases=[DEFAULT_DB_ALIAS])
    return any(message.is_serious() for message in found)
