"""Make an account with a role."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.roles import RoleName
from trunks.services.accounts import account_add


class Command(BaseCommand):
    """Add a person; the password is asked for, and never an argument, which other processes could read."""

    help = "Make an account with a role; asks for the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare who, with which role."""
        parser.add_argument("name", metavar="NAME", help="what the person logs in with")
        parser.add_argument(
            "--role", required=True, choices=RoleName.values, help="what the person may do"
        )
        parser.add_argument("--email", default="", help="the address of the person")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input, for scripts",
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Ask, make the account, and say what it may do."""
        password = _piped() if options["password_stdin"] else _asked()
        role = RoleName(options["role"])
        try:
            user = account_add(
                name=options["name"], password=password, role=role, email=options["email"]
            )
        except ValidationError as error:
            raise CommandError(" ".join(["No account was made.", *error.messages])) from None
        self.stdout.write(f"{user.get_username()} can log in now. Role: {role.value}.")


def _piped() -> str:
    """Return the first line; its end is not part of the password."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("No password came from standard input.")
    return password


def _asked() -> str:
    if not sys.stdin.isatty():
        raise CommandError("Nobody can be asked here: give the password with --password-stdin.")
    try:
        password = getpass("Password: ")
        if password != getpass("Password (again): "):
            raise CommandError("The two passwords differ. No account was made.")
    except KeyboardInterrupt:
        raise CommandError("Given up. No account was made.") from None
    return password
