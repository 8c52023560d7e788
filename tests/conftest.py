"""Fixtures of the whole suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.contrib.auth.models import User
from django.db.backends.base.operations import BaseDatabaseOperations as DatabaseOperations
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests.audit_log import triggers_lifted
from tests.builders import make_person
from trunks.roles import RoleName
from trunks.search.commonness import measured

# How long an example takes depends on the machine; a slow one is no defect.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Keep the language that one test's browser chose out of the next test."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the search from reading what is common in the middle of a test that counts queries."""
    monkeypatch.setattr(measured, "fresh_until", float("inf"))
    monkeypatch.setattr(measured, "_shares", {})
    monkeypatch.setattr(measured, "_landmarks", ())


@pytest.fixture(autouse=True, scope="session")
def the_audit_log_can_be_emptied() -> Iterator[None]:
    """Let tests that commit empty the database afterwards, which the log itself refuses."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_all(operations: DatabaseOperations, sql_list: Sequence[str]) -> None:
        with triggers_lifted():
            flush(operations, sql_list)

    # Of the whole session: a test empties the database after its own fixtures are gone.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_all)
        yield


@pytest.fixture
def administrator(db: None) -> User:
    """A person who may do everything."""
    return User.objects.create_superuser("ada", password="correct horse battery")


@pytest.fixture
def viewer(db: None) -> User:
    """A person with no permission beyond looking."""
    return User.objects.create_user("vic", password="correct horse battery")


@pytest.fixture
def auditor(db: None) -> User:
    """A person who may read everything, the audit log too, and change nothing."""
    return make_person("audrey", RoleName.AUDITOR)


@pytest.fixture
def admin_client(administrator: User) -> Client:
    """A browser in which the administrator is logged in."""
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def viewer_client(viewer: User) -> Client:
    """A browser in which the viewer is logged in."""
    client = Client()
    client.force_login(viewer)
    return client


@pytest.fixture
def auditor_client(auditor: User) -> Client:
    """A browser in which the auditor is logged in."""
    client = Client()
    client.force_login(auditor)
    return client
