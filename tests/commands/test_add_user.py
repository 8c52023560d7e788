"""`manage.py add_user`: an account with a role, or a sentence that says why not."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from trunks.management.commands import add_user
from trunks.models import Role
from trunks.roles import RoleName

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run the command with a password from standard input; returns what it says."""

    def run(name: str = "olga", *arguments: str, password: str = GOOD) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        said = io.StringIO()
        options = arguments or ("--role", "auditor")
        call_command("add_user", name, "--password-stdin", *options, stdout=said)
        return said.getvalue()

    return run


@pytest.mark.parametrize("role", RoleName)
def test_a_person_gets_the_role(add, role):
    assert add("olga", "--role", role.value) == f"olga can log in now. Role: {role.value}.\n"
    person = User.objects.get(username="olga")
    assert Role.objects.name_of(person) == role
    assert person.check_password(GOOD)
    assert person.is_staff is (role == RoleName.ADMINISTRATOR)


def test_the_address_is_kept(add):
    add("olga", "--role", "viewer", "--email", "olga@EXAMPLE.com")
    assert User.objects.get().email == "olga@example.com"


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("olga", "", "No password came from standard input."),
        ("olga", "short", "This password is too short."),
        ("olga", "qwertyuiop123", "This password is too common."),
        ("olga-of-leeds", "olga-of-leeds", "The password is too similar to the username."),
        ("olga smith", GOOD, "Enter a valid username."),
        ("vic", GOOD, "A user with that username already exists."),
    ],
)
def test_what_cannot_be_is_a_sentence_and_makes_no_account(add, viewer, name, password, sentence):
    with pytest.raises(CommandError, match=sentence):
        add(name, password=password)
    assert list(User.objects.all()) == [viewer]


def test_an_address_that_is_none_is_refused(add):
    with pytest.raises(CommandError, match="Enter a valid email address"):
        add("olga", "--role", "viewer", "--email", "olga")


def test_a_role_that_is_none_is_refused(add):
    with pytest.raises(CommandError, match="invalid choice: 'boss'"):
        add("olga", "--role", "boss")


def test_without_a_terminal_it_says_how_to_give_the_password(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="--password-stdin"):
        call_command("add_user", "olga", "--role", "viewer")


def test_a_password_is_typed_twice(monkeypatch):
    answers = iter([GOOD, "correct horse batery"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(add_user, "getpass", lambda _prompt: next(answers))
    with pytest.raises(CommandError, match="The two passwords differ"):
        call_command("add_user", "olga", "--role", "viewer")
    assert not User.objects.exists()
