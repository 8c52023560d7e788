"""Which SQLite the site runs on: the package's, or Python's own where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.sqlite3 import base

from tests.processes import Place

# A site without the package: an import that finds nothing in its place fails.
OLDER = """
import sys
sys.modules["pysqlite3"] = None
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.base import Database
from django.http import QueryDict
from tests.builders import make_binding, make_pbx, make_trunk
from trunks.forms.lists import DodListForm
from trunks.models import UNLIMITED
call_command("migrate", verbosity=0)
make_binding(make_trunk(make_pbx("Leeds"), "SIP-A"), "442079460018")
call_command("rebuild_index", verbosity=0)
form = DodListForm(QueryDict("q=9460018"), path="/dods/", sight=UNLIMITED)
print(Database.__name__, [row.number for row in form.turn(form.all_rows()).rows])
"""


def test_django_uses_the_sqlite_of_the_package():
    pytest.importorskip("pysqlite3", reason="no SQLite comes with us on this system")
    assert base.DatabaseWrapper.Database.__name__ == "pysqlite3.dbapi2"
    assert base.DatabaseWrapper.Database.sqlite_version_info > (3, 50)


def test_without_the_package_the_site_runs_on_the_sqlite_of_python(tmp_path: Path):
    with Place(tmp_path / "site.sqlite3").start("-c", OLDER) as process:
        said, wrong = process.communicate(timeout=120)
    assert process.returncode == 0, wrong
    assert said.splitlines()[-1] == "sqlite3.dbapi2 ['442079460018']"


def test_what_is_deleted_is_overwritten(db: None):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL leaves that to its vacuum")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
