"""No secret comes to rest or to light: planted markers are looked for everywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.builders import make_pbx
from trunks.models import Pbx, Trunk, Trust
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS
from trunks.services.fetching import fetch_now
from trunks.services.logouts import run_logout
from trunks.services.pbxs import pbx_set_enabled
from trunks.services.tokens import token_key, token_read
from trunks.simulator import WORLDS, SimulatedPbx, api_password, with_passwords

SIP_MARKER = "sip-marker-4711"
API_MARKER = "api-marker-0815"
SECRETS = (SIP_MARKER, API_MARKER, api_password(API_MARKER))


@pytest.fixture(params=["office", "xiamen"])
def device(request: pytest.FixtureRequest) -> Iterator[SimulatedPbx]:
    """A PBX that knows no secret but markers."""
    world = with_passwords(WORLDS[request.param], SIP_MARKER)
    with SimulatedPbx(world, password=API_MARKER) as simulated:
        yield simulated


@pytest.fixture
def fetched(device: SimulatedPbx, db: None, caplog) -> Pbx:
    """A PBX whose every secret is a marker, fetched with all logs at debug level."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "django", "trunks", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    pbx = make_pbx(
        "Marked",
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(API_MARKER),
    )
    assert fetch_now(pbx=pbx).state == "succeeded"
    pbx.refresh_from_db()
    return pbx


def pages_of(pbx: Pbx) -> Iterator[str]:
    for name in ("overview", "trunks", "dods", "pbxs", "pbx-add", "fetches", "report"):
        yield reverse(name)
    for name in ("pbx", "pbx-edit", "pbx-delete"):
        yield reverse(name, args=[pbx.slug])
    for trunk in Trunk.objects.with_pbx():
        yield trunk.get_absolute_url()
    yield reverse("fetches") + f"?id={pbx.fetches.latest('pk').pk}"
    for model in ("pbx", "trunk", "fetch"):
        yield reverse(f"admin:trunks_{model}_changelist")
    yield reverse("admin:trunks_pbx_change", args=[pbx.pk])


def test_the_world_really_sends_the_marker(fetched: Pbx):
    fingerprints = set(fetched.trunks.values_list("password_fingerprint", flat=True)) - {None}

    assert len(fingerprints) == 1


def test_no_secret_is_in_the_database(fetched: Pbx):
    with connection.cursor() as cursor:
        for table in readable_tables():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows = repr(cursor.fetchall())
            assert not [secret for secret in SECRETS if secret in rows], table


def test_no_token_is_in_the_database_or_a_task(fetched: Pbx):
    key = token_key(fetched)
    token = token_read(key=key)
    assert len(token) == 32
    assert token not in cache.get(
        key
    )  # The column holds this in base64, which hides and seals nothing.
    assert token not in all_rows()
    pbx_set_enabled(pbx=fetched, enabled=False)
    assert DBTaskResult.objects.filter(task_path__endswith="run_logout").exists()
    assert token not in all_rows()


def test_no_kept_token_is_in_the_logs_or_on_a_page(fetched: Pbx, admin_client: Client, caplog):
    token = token_read(key=token_key(fetched))
    assert fetch_now(pbx=fetched).state == "succeeded"
    for address in pages_of(fetched):
        assert token not in admin_client.get(address).content.decode(), address
    pbx_set_enabled(pbx=fetched, enabled=False)
    run_logout.func(*DBTaskResult.objects.get(task_path__endswith="run_logout").args_kwargs["args"])
    assert "Logged out at" in caplog.text
    assert token not in caplog.text


def readable_tables() -> list[str]:
    """All tables; SQLite's index can only be asked, but the tables that it keeps itself in are among them."""
    tables = set(connection.introspection.table_names())
    return sorted(
        tables - ({BINDING_GRAMS, TRUNK_GRAMS} if connection.vendor == "sqlite" else set())
    )


def all_rows() -> str:
    with connection.cursor() as cursor:
        rows = ""
        for table in readable_tables():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows += repr(cursor.fetchall())
    return rows


def test_no_secret_is_in_the_logs(fetched: Pbx, caplog):
    fetch_now(pbx=fetched)

    assert any(record.name.startswith("urllib3") for record in caplog.records)
    assert not [secret for secret in SECRETS if secret in caplog.text]


def test_no_token_is_in_the_logs(fetched: Pbx, caplog):
    fetch_now(pbx=fetched)

    assert "token=" not in caplog.text.replace("token=***", "")


def test_passwords_of_extensions_are_never_asked_for(fetched: Pbx, device: SimulatedPbx):
    device.requests.clear()
    fetch_now(pbx=fetched)
    asked = {request.endpoint for request in device.requests}

    assert "trunk/query_siptrunk" in asked
    assert "extension/query" not in asked


@pytest.mark.parametrize("htmx", [False, True])
def test_no_secret_is_on_any_page(fetched: Pbx, admin_client: Client, htmx: bool):
    headers = {"HX-Request": "true"} if htmx else {}
    for address in pages_of(fetched):
        page = admin_client.get(address, headers=headers)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert not [secret for secret in SECRETS if secret in text], address
        assert not any(
            value in text
            for value in fetched.trunks.values_list("password_fingerprint", flat=True)
            if value
        ), address


@pytest.mark.parametrize("name", ["trunks", "dods", "pbxs"])
@pytest.mark.parametrize("extension", ["csv", "xlsx", "json"])
def test_no_secret_is_in_any_export(fetched: Pbx, admin_client: Client, name: str, extension: str):
    content = admin_client.get(reverse("export", args=[name, extension])).getvalue()
    if extension == "xlsx":
        with ZipFile(BytesIO(content)) as archive:
            content = b"".join(archive.read(part) for part in archive.namelist())
    text = content.decode()
    hidden = [
        *SECRETS,
        fetched.secret,
        *fetched.trunks.values_list("password_fingerprint", flat=True),
    ]
    assert fetched.slug in text
    assert not [secret for secret in hidden if secret and secret in text]


@pytest.mark.parametrize("as_of", ["", "now"])
def test_no_secret_is_in_evidence(fetched: Pbx, admin_client: Client, as_of: str):
    query = {"as_of": timezone.now().isoformat()} if as_of else {}
    content = admin_client.get(reverse("evidence"), query).getvalue()
    with ZipFile(BytesIO(content)) as archive:
        parts = b"".join(archive.read(part) for part in archive.namelist())
    trunk = fetched.trunks.first()
    fingerprints = fetched.trunks.values_list("password_fingerprint", flat=True)
    hidden = [*SECRETS, fetched.secret, settings.PBXDASH_AUDIT_KEY, *fingerprints]
    assert trunk is not None
    assert trunk.name.encode() in parts
    assert not [one for one in hidden if one and (one.encode() in parts or one.encode() in content)]
