"""`manage.py verify_export`: what is wrong with a ZIP is named, and how the command ends is the answer."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client

from tests.audit_log import tamper
from tests.builders import make_binding, make_pbx, make_person, make_trunk
from tests.services.evidence.unpacking import Change, evidence_of, files_in, packed
from trunks.models import AuditEntry
from trunks.roles import RoleName
from trunks.services.evidence.archive import Member, sums_of
from trunks.services.evidence.contents import contents_check, shown

pytestmark = pytest.mark.django_db
OTHER_KEY = base64.b64encode(b"o" * 32).decode()


@pytest.fixture
def evidence() -> bytes:
    """A ZIP that an auditor made."""
    make_binding(make_trunk(make_pbx("Leeds"), "SIP-A"))
    client = Client()
    client.force_login(make_person("audrey", RoleName.AUDITOR))
    return evidence_of(client)


Checked = tuple[int, str]
Check = Callable[..., Checked]


@pytest.fixture
def check(evidence: bytes, tmp_path: Path) -> Check:
    """Change the ZIP, run the command, and return how it ended and what it said."""

    def run(change: Change | None = None, *options: str, folder: str = "evidence/") -> Checked:
        files = files_in(evidence)
        if change:
            change(files)
        path = packed(files, tmp_path / "evidence.zip", folder=folder)
        return verify(path, *options)

    return run


def verify(path: Path, *options: str) -> Checked:
    said = io.StringIO()
    try:
        call_command("verify_export", str(path), *options, stdout=said, stderr=said)
    except CommandError as error:
        return error.returncode, f"{said.getvalue()}{error}"
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def with_sums(files: dict[str, bytes]) -> None:
    """Write the list of digests anew, as whoever changes a file would."""
    del files["SHA256SUMS"]
    names = [name for name in files if name != "SHA256SUMS"]
    files["SHA256SUMS"] = sums_of(Member(name, sha256(files[name]), 0) for name in names)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_was_made_here_is_whole_sealed_and_in_the_log(check):
    code, said = check()

    assert code == 0
    assert "made by this installation" in said
    assert "the entry is in the log" in said


@pytest.mark.parametrize(
    "name",
    ["trunks.csv", "bindings.csv", "pbxs.csv", "audit.csv", "report.html", "report.css"],
)
@pytest.mark.parametrize("options", [(), ("--offline",)])
def test_changed_file_is_named(check, name, options):
    def change(files: dict[str, bytes]) -> None:
        files[name] = files[name].replace(b"e", b"3", 1)

    code, said = check(change, *options)

    assert code == 1
    assert [line for line in said.splitlines() if "changed: " in line] == [f"changed: {name}"]


@pytest.mark.parametrize("name", ["manifest.json", "seal.json", "SHA256SUMS"])
def test_changed_file_of_the_proof_is_named_offline_too(check, name):
    def change(files: dict[str, bytes]) -> None:
        files[name] += b"\n"

    code, said = check(change, "--offline")

    assert (code, f"changed: {name}" in said) == (1, True)


@pytest.mark.parametrize("name", ["trunks.csv", "report.html", "seal.json", "SHA256SUMS"])
def test_missing_file_is_named(check, name):
    code, said = check(lambda files: files.__delitem__(name))

    assert (code, f"missing: {name}" in said) == (1, True)


def test_added_file_is_named(check):
    code, said = check(lambda files: files.update({"more.csv": b"x"}))

    assert (code, "added: more.csv" in said) == (1, True)


def test_file_beside_the_folder_is_named(evidence, tmp_path):
    path = packed(files_in(evidence), tmp_path / "evidence.zip")
    with ZipFile(path, "a") as archive:
        archive.writestr("../escape", "x")

    code, said = verify(path)

    assert (code, "added: ../escape" in said) == (1, True)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_file_that_is_there_twice_is_named(evidence, tmp_path):
    path = packed(files_in(evidence), tmp_path / "evidence.zip")
    with ZipFile(path, "a") as archive:
        archive.writestr("evidence/trunks.csv", "other")

    code, said = verify(path)

    assert (code, "added: evidence/trunks.csv" in said) == (1, True)


def test_forger_who_writes_all_digests_anew_lacks_the_seal(check):
    def forge(files: dict[str, bytes]) -> None:
        before = files["trunks.csv"]
        files["trunks.csv"] = before.replace(b"SIP-A", b"SIP-X")
        text = files["manifest.json"].decode()
        text = text.replace(sha256(before), sha256(files["trunks.csv"]))
        files["manifest.json"] = text.encode()
        with_sums(files)

    assert check(forge, "--offline")[0] == 0
    code, said = check(forge)
    assert (code, "FALSE" in said) == (1, True)


def test_zip_of_another_installation_is_told_from_a_forged_one(check, settings):
    settings.PBXDASH_AUDIT_KEY = OTHER_KEY

    code, said = check()

    assert (code, "another installation" in said) == (3, True)


def test_changed_zip_of_another_installation_is_wrong(check, settings):
    settings.PBXDASH_AUDIT_KEY = OTHER_KEY

    assert check(lambda files: files.update({"trunks.csv": b""}))[0] == 1


def test_without_a_key_digests_are_checked_and_that_is_said(check, settings):
    settings.PBXDASH_AUDIT_KEY = ""

    code, said = check()

    assert (code, "no audit key here" in said) == (0, True)


def test_without_a_database_digests_and_seal_are_checked(check, monkeypatch):
    def refuse(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(AuditEntry.objects, "filter", refuse)

    code, said = check()

    assert (code, "no database here" in said) == (0, True)


def test_offline_asks_no_database(check, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert check(None, "--offline")[0] == 0


def test_entry_that_was_changed_in_the_log_is_noticed(check):
    tamper("UPDATE trunks_auditentry SET actor_name = 'nobody' WHERE action = 'report-made'")

    code, said = check()

    assert (code, "DIFFERENT" in said) == (1, True)


def test_entry_that_is_gone_from_the_log_is_noticed(check):
    tamper("DELETE FROM trunks_auditentry WHERE action = 'report-made'")
    assert not AuditEntry.objects.filter(action="report-made").exists()

    code, said = check()

    assert (code, "MISSING" in said) == (1, True)


def test_unpacked_and_packed_anew_under_another_folder_is_still_whole(check):
    assert check(folder="elsewhere/")[0] == 0


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 nearly"])
def test_what_is_no_zip_is_said_so(tmp_path, content):
    path = tmp_path / "some.zip"
    path.write_bytes(content)

    code, said = verify(path)

    assert (code, "is no evidence" in said) == (2, True)


def test_file_that_is_not_there_is_said_so(tmp_path):
    assert verify(tmp_path / "nowhere.zip")[0] == 2


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b"{}", b"\xff", b'{"format": "pbxdash-evidence/1", "files": [1]}', b"[" * 99999],
)
def test_manifest_that_is_nonsense_is_said_so(check, manifest):
    assert check(lambda files: files.update({"manifest.json": manifest}))[0] == 2


@pytest.mark.parametrize("head", [5, {"sequence": "1"}, {"sequence": 10**30, "mac": 1}, {}, None])
def test_nonsense_about_the_log_never_crashes(check, head):
    def change(files: dict[str, bytes]) -> None:
        said = json.loads(files["manifest.json"])
        files["manifest.json"] = json.dumps({**said, "audit_head": head}).encode()

    assert check(change)[0] == 1


def test_every_cut_of_a_zip_is_refused(evidence, tmp_path):
    path = tmp_path / "cut.zip"
    for length in range(0, len(evidence), max(1, len(evidence) // 60)):
        path.write_bytes(evidence[:length])
        assert verify(path)[0] == 2


def test_every_flipped_bit_that_matters_is_noticed(evidence, tmp_path):
    path = tmp_path / "flipped.zip"
    for place in range(0, len(evidence), max(1, len(evidence) // 120)):
        flipped = bytearray(evidence)
        flipped[place] ^= 0x10
        path.write_bytes(flipped)
        # Only in what a ZIP says besides of its files, as their dates, may a bit go unnoticed.
        if verify(path)[0] == 0:
            assert files_in(bytes(flipped)) == files_in(evidence)


def test_bomb_is_not_unpacked(evidence, tmp_path):
    files = files_in(evidence) | {"trunks.csv": b"\0" * (256 << 20)}
    path = packed(files, tmp_path / "bomb.zip")

    assert [str(fault) for fault in contents_check(path).faults] == ["changed: trunks.csv"]


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_bomb_of_a_kind_that_unpacks_all_at_once_is_not_even_begun(evidence, tmp_path, method):
    files = files_in(evidence)
    path = packed(files, tmp_path / "bomb.zip")
    with ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            kind = method if name == "trunks.csv" else 0
            archive.writestr(f"evidence/{name}", content, compress_type=kind)

    assert [str(fault) for fault in contents_check(path).faults] == ["changed: trunks.csv"]


def test_name_that_is_in_no_letters_is_said_so(evidence, tmp_path):
    path = tmp_path / "letters.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("evidence/\u00fc.csv", b"")
    path.write_bytes(path.read_bytes().replace("\u00fc".encode(), b"\xff\xff"))

    assert verify(path)[0] == 2


def test_half_a_character_in_a_name_is_said_so(check):
    def change(files: dict[str, bytes]) -> None:
        said = json.loads(files["manifest.json"])
        said["files"].append({"name": "\ud800", "sha256": "", "size": 0})
        files["manifest.json"] = json.dumps(said).encode()

    assert check(change)[0] == 2


def test_names_from_the_file_cannot_write_to_the_terminal():
    assert shown("a\x1b[31m\n\u202eb") == "a?[31m??b"
