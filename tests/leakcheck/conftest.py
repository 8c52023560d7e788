"""A migrated database file to begin with, since every check makes its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from trunks.leakcheck.checking import STAGES, Stage, check_leaks
from trunks.leakcheck.report import Report
from trunks.leakcheck.surroundings import own_database

Check = Callable[..., Report]


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Path | None:
    """A database without rows of ours; None on PostgreSQL, where each check migrates its own."""
    if connection.vendor != "sqlite":
        return None
    folder = tmp_path_factory.mktemp("leakcheck")
    with django_db_blocker.unblock(), own_database(folder):
        connection.close()
        return Path(shutil.copy(folder / "leakcheck.sqlite3", folder / "template.sqlite3"))


@pytest.fixture
def check(template: Path | None, django_db_blocker: DjangoDbBlocker) -> Iterator[Check]:
    """Check for leaks in a database of its own, which the test's is left alone for."""

    def check_now(*, stages: Sequence[Stage] = STAGES, first_only: bool = False) -> Report:
        return check_leaks(stages=stages, first_only=first_only, template=template)

    with django_db_blocker.unblock():
        yield check_now
