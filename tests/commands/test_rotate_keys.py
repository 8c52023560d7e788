"""`manage.py rotate_keys`: its exit code is the contract, and a kill in the middle costs nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from tests.builders import make_pbx
from tests.keys import NEW, ROTATING, SWAPPED, key
from tests.processes import Place
from trunks.checks import check_keys_of_database
from trunks.models import Action, AuditEntry, Pbx
from trunks.services.auditing import audit_record
from trunks.services.key_checks import keys_note

PBXS = 3000
ADD_PBXS = f"""
from trunks.models import Pbx
Pbx.objects.bulk_create(
    Pbx(name=f"P{{n}}", slug=f"p{{n}}", base_url="https://pbx:8088") for n in range({PBXS})
)
pbxs = list(Pbx.objects.all())
for pbx in pbxs:
    pbx.keep_secret(f"{{pbx.pk:032}}")
Pbx.objects.bulk_update(pbxs, Pbx.SECRET_FIELDS, batch_size=500)
"""
ALL_OPEN = """
from trunks.models import Pbx
print(sum(pbx.read_secret() == f"{pbx.pk:032}" for pbx in Pbx.objects.all()))
"""
COUNT_NEW = "SELECT COUNT(*) FROM trunks_pbx WHERE secret LIKE 'v1:new:%'"


def test_a_rotation_that_is_killed_goes_on_where_it_was(tmp_path: Path):
    before = Place(tmp_path / "site.sqlite3")
    assert before.run("migrate", "--verbosity", "0")[0] == 0
    before.script(ADD_PBXS)
    place = replace(before, keys=ROTATING)
    with place.start("manage.py", "rotate_keys") as process:
        until = time.monotonic() + 60
        while not place.ask(COUNT_NEW) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        process.kill()
    done = place.ask(COUNT_NEW)
    assert 0 < done < PBXS
    code, said = place.run("rotate_keys", "--check")
    assert (code, f"{PBXS - done} sealed with the key 'tests'" in said) == (1, True)

    code, said = place.run("rotate_keys")
    assert (code, f"{PBXS - done} were encrypted anew" in said) == (0, True)
    alone = replace(place, keys=NEW)
    assert alone.run("rotate_keys", "--check")[0] == 0
    assert alone.script(ALL_OPEN).strip() == str(PBXS)


def identifiers() -> list[str | None]:
    return [message.id for message in check_keys_of_database(None, ["default"])]


@pytest.mark.django_db
def test_all_is_well_with_the_keys_that_were_noted():
    make_pbx()
    keys_note()
    assert identifiers() == []
    call_command("rotate_keys", "--check")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("keys", "said"), [(NEW, "lacks the key 'tests'"), (SWAPPED, "is not the one with which")]
)
def test_a_lost_or_wrong_key_is_one_sentence_at_start(settings, capsys, keys: str, said: str):
    make_pbx("Leeds")
    make_pbx("Oslo")
    keys_note()
    settings.PBXDASH_KEYS = keys
    [message] = check_keys_of_database(None, ["default"])
    assert said in message.msg
    assert "API passwords of 2 PBXs were encrypted, so they cannot be fetched" in message.msg
    assert "Restore the key from your backup" in (message.hint or "")
    with pytest.raises(CommandError, match="Put keys that are missing back"):
        call_command("rotate_keys", "--check")


@pytest.mark.django_db
def test_a_changed_fingerprint_key_is_an_error_until_it_is_accepted(settings):
    keys_note()
    settings.PBXDASH_FINGERPRINT_KEY = key("x")
    [message] = check_keys_of_database(None, ["default"])
    assert (message.id, "every SIP password would look changed" in message.msg) == (
        "pbxdash.E005",
        True,
    )
    call_command("rotate_keys", "--accept-fingerprint-key")
    assert identifiers() == []


@pytest.mark.django_db
def test_a_changed_audit_key_is_an_error_until_it_is_accepted(settings):
    audit_record(Action.LOG_IN, by=None)
    keys_note()
    settings.PBXDASH_AUDIT_KEY = key("x")
    [message] = check_keys_of_database(None, ["default"])
    assert (message.id, "would look forged" in message.msg) == ("pbxdash.E007", True)
    call_command("rotate_keys", "--accept-audit-key")
    assert identifiers() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
def test_nothing_is_recorded_with_another_audit_key(settings, command: list[str]):
    keys_note()
    settings.PBXDASH_AUDIT_KEY = key("x")
    before = AuditEntry.objects.count()
    with pytest.raises(SystemCheckError, match="PBXDASH_AUDIT_KEY is not the key"):
        call_command(*command)
    assert AuditEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "command", [["worker"], ["worker", "--beside-serve"], ["serve", "--port", "0"]]
)
def test_nothing_is_fetched_with_another_fingerprint_key(settings, command: list[str]):
    keys_note()
    settings.PBXDASH_FINGERPRINT_KEY = key("x")
    with pytest.raises(SystemCheckError, match="PBXDASH_FINGERPRINT_KEY is not the key"):
        call_command(*command)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("arguments", "times"),
    [pytest.param([], 1, id="alone"), pytest.param(["--beside-serve"], 0, id="beside serve")],
)
def test_a_worker_with_a_lost_key_marks_pbxs_and_says_so_unless_serve_did(
    settings, capsys, monkeypatch, arguments: list[str], times: int
):
    make_pbx("Leeds")
    settings.PBXDASH_KEYS = NEW
    monkeypatch.setattr("trunks.management.commands.worker._fetch_until", lambda *args: None)
    monkeypatch.setattr("trunks.management.commands.worker.Worker.run", lambda worker: None)
    monkeypatch.setattr(
        "trunks.management.commands.worker.Worker.configure_signals", lambda worker: None
    )
    call_command("worker", *arguments)
    assert capsys.readouterr().err.count("PBXDASH_KEYS lacks the key 'tests'") == times
    assert Pbx.objects.get().secret_lost_at is not None


def test_a_database_without_tables_is_no_trouble(tmp_path: Path):
    code, said = Place(tmp_path / "empty.sqlite3").run("check", "--database", "default")
    assert (code, "no issues" in said) == (0, True)
