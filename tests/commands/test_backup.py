"""`manage.py backup` on SQLite: of one moment, whole or not at all, without keys, and of use when it is restored."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sqlite3
import stat
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.keys import NEW, SWAPPED
from tests.processes import ROOT, Place
from trunks.models import Share
from trunks.services.backup.errors import BackupFailed
from trunks.services.backup.files import is_same_file, whole_file
from trunks.services.backup.sqlite import copy_sqlite

# A PBX that never answers the same twice: all trunks of an answer have its number.
FETCH_FOR_EVER = """
from tests.faults.changing import NextWorld, world_of
from trunks.models import Pbx, Trust
from trunks.services.fetching import fetch_now
from trunks.services.tokens import token_key, token_read
from trunks.simulator import SimulatedPbx, api_password
with SimulatedPbx(world_of(0)) as device:
    device.fault = NextWorld(device, 7)
    pbx = Pbx(name="Leeds", slug="leeds", base_url=device.base_url, username=device.username, trust=Trust.PLAIN)
    pbx.save()
    pbx.keep_secret(api_password(device.password))
    pbx.save()
    while True:
        fetch = fetch_now(pbx=pbx)
        print(fetch.state, token_read(key=token_key(pbx)), flush=True)
"""
LOG_IN = """
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
User.objects.create_user("ada", password="correct horse battery")
session = SessionStore()
session["known"] = "session-marker"
session.save()
print(session.session_key)
"""
READ_SECRET = "from trunks.models import Pbx\nprint(len(Pbx.objects.get().read_secret()))"


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory) -> tuple[Place, Path, list[str]]:
    """A site, its backup made while another process fetched, and what must not be in it."""
    folder = tmp_path_factory.mktemp("site")
    place = Place(folder / "site.sqlite3")
    assert place.run("migrate", "--verbosity", "0")[0] == 0
    hidden = [place.script(LOG_IN).strip()]
    target = folder / "backups" / "now.sqlite3"
    target.parent.mkdir()
    place = replace(place, loopback="true")
    with place.start("-c", f"import django\ndjango.setup()\n{FETCH_FOR_EVER}") as writer:
        assert writer.stdout is not None
        state, token = writer.stdout.readline().split()
        assert state == "succeeded"
        before = place.ask("SELECT COUNT(*) FROM trunks_fetch")
        code, said = place.run("backup", str(target))
        after = place.ask("SELECT COUNT(*) FROM trunks_fetch")
        writer.kill()
    assert code == 0, said
    # It went on fetching while the backup was made.
    assert after > before
    return place, target, [*hidden, token]


def test_a_copy_made_while_a_fetch_writes_is_of_one_moment(backed_up):
    _, target, _ = backed_up
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        names = [
            row[0] for row in copy.execute("SELECT name FROM trunks_trunk WHERE removed_at IS NULL")
        ]
        assert len(names) > 1
        assert len({name.rpartition(" ")[2] for name in names}) == 1


def test_it_is_for_its_owner_only_and_leaves_nothing_beside_it_but_its_manifest(backed_up):
    _, target, _ = backed_up
    assert {path.name for path in target.parent.iterdir()} == {"now.sqlite3", "now.sqlite3.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in target.parent.iterdir()} == {0o600}


def test_its_manifest_says_what_it_is_and_which_keys_it_needs(backed_up):
    _, target, _ = backed_up
    manifest = json.loads(target.with_name("now.sqlite3.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert manifest["bytes"] == target.stat().st_size
    assert manifest["keys"] == ["tests"]
    assert manifest["migrations"]["trunks"] == max(
        path.stem for path in (ROOT / "trunks" / "migrations").glob("0*.py")
    )


def test_no_key_is_in_it(backed_up):
    place, target, _ = backed_up
    content = target.read_bytes() + target.with_name("now.sqlite3.json").read_bytes()
    keys = [place.keys.partition(":")[2], place.fingerprint_key]
    hidden = [form for key in keys for form in (key.encode(), base64.b64decode(key))]
    hidden += [base64.b64decode(key).hex().encode() for key in keys]
    hidden.append(place.environment["PBXDASH_SECRET_KEY"].encode())
    assert not [secret for secret in hidden if secret in content]


def test_no_session_token_or_task_is_in_it_not_even_in_free_pages(backed_up):
    _, target, hidden = backed_up
    content = target.read_bytes()
    assert not [secret for secret in hidden if secret.encode() in content]
    assert b"pbx.token:" not in content
    with closing(sqlite3.connect(target)) as copy:
        for table in json.loads(target.with_name("now.sqlite3.json").read_text())["left_out"]:
            rows = copy.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()  # noqa: S608
            assert rows == (0,), table


def test_no_shared_link_opens_again_that_was_revoked_since(backed_up):
    _, target, _ = backed_up
    left_out = json.loads(target.with_name("now.sqlite3.json").read_text())["left_out"]
    assert Share._meta.db_table in left_out


@pytest.fixture
def restored(backed_up: tuple[Place, Path, list[str]], tmp_path: Path) -> Place:
    """The backup, restored word for word as docs/operations.md says, over an old database."""
    place, target, _ = backed_up
    (tmp_path / "var").mkdir()
    for end in ("", "-wal", "-shm"):
        (tmp_path / "var" / f"pbxdash.sqlite3{end}").write_bytes(b"old")
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(sha256sum.*?)```", text, flags=re.DOTALL)
    shell = "\n".join(line for line in block.splitlines() if not line.startswith("manage.py"))
    subprocess.run(
        ["/bin/sh", "-ec", shell],
        cwd=tmp_path,
        env={"BACKUP": str(target), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    return replace(place, database=tmp_path / "var" / "pbxdash.sqlite3")


def test_a_restored_copy_has_its_trunks_and_its_secret_opens_with_the_right_key(restored: Place):
    assert restored.run("migrate", "--verbosity", "0")[0] == 0
    code, said = restored.run("check", "--database", "default")
    assert (code, "no issues" in said) == (0, True), said
    assert restored.ask("SELECT COUNT(*) FROM trunks_trunk") > 1
    assert restored.script(READ_SECRET).strip() == "32"


def test_a_restored_copy_holds_the_end_of_the_audit_log_that_its_manifest_names(
    backed_up, restored: Place
):
    _, target, _ = backed_up
    head = json.loads(target.with_name("now.sqlite3.json").read_text())["audit_head"]
    code, said = restored.run("verify_audit", "--head", head)
    assert (code, "The audit log holds" in said) == (0, True), said
    other = f"{head.partition(':')[0]}:{'0' * 64}"
    code, said = restored.run("verify_audit", "--head", other)
    assert (code, "is not the one that was signed off" in said) == (1, True), said


@pytest.mark.parametrize(
    ("keys", "words"), [(NEW, "lacks the key 'tests'"), (SWAPPED, "is not the one")]
)
def test_with_another_key_a_restored_copy_says_so_at_once(restored: Place, keys: str, words: str):
    code, said = replace(restored, keys=keys).run("check", "--database", "default")
    assert words in said
    assert "cannot be fetched" in said
    assert code == 0  # A warning: people may look, and type the password again.


def test_a_file_that_is_there_is_not_replaced_unasked(backed_up, tmp_path: Path):
    place, _, _ = backed_up
    target = tmp_path / "copy"
    target.write_text("precious")
    code, said = place.run("backup", str(target))
    assert (code, "--replace" in said, target.read_text()) == (1, True, "precious")


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_no_part_of_the_database_is_ever_the_target(backed_up, end: str):
    place, _, _ = backed_up
    with closing(sqlite3.connect(place.database)) as held:
        # As long as somebody has it open, all three files are there.
        held.execute("SELECT COUNT(*) FROM trunks_pbx")
        code, said = place.run("backup", "--replace", f"{place.database}{end}")
    assert (code, "is the database itself" in said) == (1, True)
    assert place.ask("SELECT COUNT(*) FROM trunks_pbx") == 1


def test_no_part_of_the_database_is_the_target_either_while_it_is_not_there(backed_up):
    place, _, _ = backed_up
    # A database with a log beside it has no journal, whoever has it open in this moment.
    journal = place.database.with_name(f"{place.database.name}-journal")
    assert not journal.exists()
    code, said = place.run("backup", str(journal))
    assert (code, "is the database itself" in said) == (1, True)
    assert not journal.exists()


def test_a_part_of_the_database_may_go_while_it_is_looked_at(tmp_path: Path):
    part, target, link = (tmp_path / name for name in ("site-wal", "copy", "link"))
    target.touch()
    link.hardlink_to(target)
    assert [is_same_file(target, one) for one in (target, link, part)] == [True, True, False]
    # Its last reader may go at any moment.
    assert not is_same_file(part, target)


def test_a_failure_leaves_the_target_as_it_was(tmp_path: Path):
    target = tmp_path / "copy"
    target.write_text("precious")
    (tmp_path / "broken").write_text("no database" * 1000)
    with pytest.raises(BackupFailed, match="not a database"), whole_file(target) as part:
        copy_sqlite(str(tmp_path / "broken"), part, empty=[], each=lambda done, pages: None)
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "broken"}
    assert target.read_text() == "precious"
