"""What is in a ZIP of evidence, now and of a past moment."""

from __future__ import annotations

import hashlib
import re
import subprocess
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_person, make_trunk
from tests.services.evidence.unpacking import evidence_of, files_in, manifest_of, packed, rows_in
from trunks.models import Action, AuditEntry, Fetch, Pbx, Trunk, TrunkVersion, Trust
from trunks.roles import RoleName

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOW = timezone.now()
MARCH, APRIL, MAY = (NOW - timedelta(days=days) for days in (90, 60, 30))


@pytest.fixture
def leeds() -> Pbx:
    """A PBX with a trunk."""
    pbx = make_pbx("Leeds", site="North")
    make_binding(make_trunk(pbx, "SIP-A", password_fingerprint="f" * 64), "=1+1", "desk", "1000")
    return pbx


def make_version(
    trunk: Trunk, begin: datetime, end: datetime | None = None, **fields: Any
) -> TrunkVersion:
    told = {
        name: fields.get(name)
        for name in ("name", "kind", "host", "port", "domain", "username", "authname", "fromuser")
    }
    told |= {"remote_id": trunk.remote_id, "password_fingerprint": "f" * 64, "name": "then"}
    told |= {name: fields.get(name) for name in ("extensions_dod", "groups_dod")} | fields
    return TrunkVersion.objects.create(trunk=trunk, valid_from=begin, valid_to=end, fields=told)


def make_whole_fetch(pbx: Pbx, at: datetime) -> Fetch:
    return Fetch.objects.create(pbx=pbx, state=Fetch.State.SUCCEEDED, finished_at=at)


def test_zip_holds_trunks_bindings_and_pbxs(auditor_client, leeds):
    content = evidence_of(auditor_client, pbx="leeds")

    assert [row["name"] for row in rows_in(content, "trunks.csv")] == ["SIP-A"]
    assert [row["raw"] for row in rows_in(content, "bindings.csv")] == ["'=1+1-desk-1000"]
    assert [row["pbx"] for row in rows_in(content, "pbxs.csv")] == ["leeds"]


def test_other_pbxs_and_sites_are_left_out(auditor_client, leeds):
    make_binding(make_trunk(make_pbx("York", site="East"), "SIP-Y"))

    for query in ({"pbx": "Leeds"}, {"site": "North"}, {"q": "sip-a"}):
        content = evidence_of(auditor_client, **query)
        assert [row["name"] for row in rows_in(content, "trunks.csv")] == ["SIP-A"]


def test_a_namesake_in_another_case_is_left_out(auditor_client, leeds):
    make_binding(make_trunk(make_pbx("LEEDS", slug="leeds-2"), "other"))

    content = evidence_of(auditor_client, pbx="leeds")

    assert [row["name"] for row in rows_in(content, "trunks.csv")] == ["SIP-A"]
    assert [row["pbx"] for row in rows_in(content, "bindings.csv")] == ["leeds"]


def test_removed_trunks_have_a_file_of_their_own(auditor_client, leeds):
    make_trunk(leeds, "gone", removed_at=NOW)

    content = evidence_of(auditor_client)

    assert [row["name"] for row in rows_in(content, "trunks.csv")] == ["SIP-A"]
    assert [row["name"] for row in rows_in(content, "removed-trunks.csv")] == ["gone"]


def test_manifest_has_digest_size_and_rows_of_each_file(auditor_client, leeds):
    content = evidence_of(auditor_client, pbx="leeds")
    files, said = files_in(content), manifest_of(content)

    for file in said["files"]:
        assert hashlib.sha256(files[file["name"]]).hexdigest() == file["sha256"]
        assert len(files[file["name"]]) == file["size"]
    assert {file["name"]: file.get("rows") for file in said["files"]}["bindings.csv"] == 1
    assert files.keys() - {file["name"] for file in said["files"]} == {
        "manifest.json",
        "seal.json",
        "SHA256SUMS",
    }


def test_sha256sum_checks_it(auditor_client, leeds, tmp_path):
    for name, text in files_in(evidence_of(auditor_client)).items():
        (tmp_path / name).write_bytes(text)

    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0


def test_entry_in_the_log_has_question_rows_and_digest(auditor_client, auditor, leeds):
    content = evidence_of(auditor_client, pbx="leeds", q="sip")
    entry = AuditEntry.objects.get(action=Action.REPORT_MADE)
    lines = files_in(content)["SHA256SUMS"].decode().splitlines(keepends=True)
    of_rows = "".join(line for line in lines if line.endswith(".csv\n"))

    assert (entry.actor_name, entry.pbx_slug) == ("audrey", "leeds")
    assert entry.facts == {
        "format": "zip",
        "pbx": "leeds",
        "query": "sip",
        "trunks": 1,
        "bindings": 1,
        "files": hashlib.sha256(of_rows.encode()).hexdigest(),
    }
    head = manifest_of(content)["audit_head"]
    assert head == {"sequence": entry.sequence, "mac": entry.mac}


def test_audit_entries_about_these_pbxs_are_in_it_for_who_may_read_the_log(auditor_client, leeds):
    evidence_of(auditor_client, pbx="leeds")
    make_pbx("York")
    evidence_of(auditor_client, pbx="york")

    rows = rows_in(evidence_of(auditor_client, pbx="leeds"), "audit.csv")

    assert [row["pbx"] for row in rows] == ["leeds"]


def test_who_may_not_read_the_log_gets_nothing_of_it(client, leeds):
    client.force_login(make_person("vic", RoleName.VIEWER))
    content = evidence_of(client, pbx="leeds")
    entry = AuditEntry.objects.get(action="report-made")

    assert "audit.csv" not in files_in(content)
    assert manifest_of(content)["audit_head"] is None
    assert not any(entry.mac.encode() in text for text in files_in(content).values())


def test_page_in_the_zip_has_no_script_and_no_style_in_line(auditor_client, leeds):
    page = files_in(evidence_of(auditor_client))["report.html"].decode()

    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", page)
    assert re.findall(r"<link[^>]*>", page) == ['<link rel="stylesheet" href="report.css">']


def test_fingerprints_of_passwords_stay_out(auditor_client, leeds):
    make_version(leeds.trunks.get(), MARCH)

    for query in ({}, {"as_of": APRIL.isoformat()}):
        files = files_in(evidence_of(auditor_client, **query))
        assert not any(b"f" * 64 in text for text in files.values())


def test_past_trunk_is_as_its_version_was(auditor_client, leeds):
    trunk = leeds.trunks.get()
    make_version(trunk, MARCH, MAY, name="before", host="old.example", extensions_dod="55-a-1000,")
    make_version(trunk, MAY, name="after", host="new.example")

    content = evidence_of(auditor_client, as_of=APRIL.isoformat())
    (row,) = rows_in(content, "trunks.csv")

    assert (row["name"], row["host"], row["dod_count"]) == ("before", "old.example", "1")
    assert [one["raw"] for one in rows_in(content, "bindings.csv")] == ["55-a-1000"]


def test_past_trunk_without_reported_bindings_has_none_said_of_it(auditor_client, leeds):
    make_version(leeds.trunks.get(), MARCH)

    (row,) = rows_in(evidence_of(auditor_client, as_of=APRIL.isoformat()), "trunks.csv")

    assert row["dod_count"] == "not reported"


def test_trunk_that_is_gone_since_is_there_at_its_time(auditor_client, leeds):
    gone = make_trunk(leeds, "gone", removed_at=MAY)
    make_version(gone, MARCH, MAY, name="gone")

    then = evidence_of(auditor_client, pbx="leeds", as_of=APRIL.isoformat())
    later = evidence_of(auditor_client, pbx="leeds", as_of=NOW.isoformat())

    assert [row["name"] for row in rows_in(then, "trunks.csv")] == ["gone"]
    assert rows_in(later, "trunks.csv") == []


def test_version_ends_at_the_moment_when_the_next_one_begins(auditor_client, leeds):
    trunk = leeds.trunks.get()
    make_version(trunk, MARCH, APRIL, name="before")
    make_version(trunk, APRIL, name="after")

    (row,) = rows_in(evidence_of(auditor_client, as_of=APRIL.isoformat()), "trunks.csv")

    assert row["name"] == "after"


@pytest.mark.parametrize(
    ("fetched", "known"),
    [((MARCH, MAY), "whole"), ((MAY,), "nothing"), ((), "nothing")],
)
def test_pbx_is_known_only_from_its_first_whole_fetch_on(auditor_client, leeds, fetched, known):
    for at in fetched:
        make_whole_fetch(leeds, at)

    content = evidence_of(auditor_client, as_of=APRIL.isoformat())
    (row,) = rows_in(content, "pbxs.csv")

    assert row["known"] == known
    assert (row["last_read_before"] == "never fetched") == (known == "nothing")
    assert manifest_of(content)["pbxs"][0]["known"] == known


def test_fetches_of_single_trunks_do_not_make_a_pbx_known(auditor_client, leeds):
    make_version(leeds.trunks.get(), MARCH)

    (row,) = rows_in(evidence_of(auditor_client, as_of=APRIL.isoformat()), "pbxs.csv")

    assert row["known"] == "single-trunks"


def test_failed_fetches_do_not_make_a_pbx_known(auditor_client, leeds):
    Fetch.objects.create(pbx=leeds, state=Fetch.State.FAILED, finished_at=MARCH)

    (row,) = rows_in(evidence_of(auditor_client, as_of=APRIL.isoformat()), "pbxs.csv")

    assert row["known"] == "nothing"


def test_insecure_pbx_is_named_so(auditor_client, leeds):
    Pbx.objects.update(trust=Trust.PLAIN)

    page = files_in(evidence_of(auditor_client))["report.html"].decode()

    assert "1 PBX is reached over plain HTTP" in page


def test_packing_again_changes_nothing(auditor_client, leeds, tmp_path):
    files = files_in(evidence_of(auditor_client))

    assert files_in(packed(files, tmp_path / "again.zip").read_bytes()) == files
