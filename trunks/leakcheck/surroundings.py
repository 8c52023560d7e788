"""A place to look in: settings with known keys, an empty database of its own, and a folder for all that is written."""

from __future__ import annotations

import base64
import io
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

from trunks.leakcheck.markers import Kind, Markers

HOST = "leakcheck.invalid"


class NoDatabase(Exception):
    """No database could be made to look in; the text says why."""


@contextmanager
def surroundings(markers: Markers, *, template: Path | None = None) -> Iterator[Path]:
    """Replace settings and database for a while, and return the folder that all files are written to.

    `template` is a migrated SQLite file to begin with, which spares the migrations. The real database is left alone.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pbxdash-leakcheck-")))
        for name in ("static", "media", "temporary"):
            (folder / name).mkdir()
        stack.enter_context(_temporary_files_in(folder / "temporary"))
        stack.enter_context(override_settings(**_settings(markers, folder)))
        stack.enter_context(own_database(folder, template=template))
        yield folder


def _settings(markers: Markers, folder: Path) -> dict[str, object]:
    """Return the settings of the site as it is, with keys that are known and nothing switched off."""
    keys = [secrets.token_bytes(32) for _ in range(3)]
    data, fingerprint, audit = (base64.b64encode(key).decode() for key in keys)
    secret_key, client_secret = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
    for key in keys:
        markers.add(Kind.SETTINGS_KEY, key)
    for text in (data, fingerprint, audit, secret_key, client_secret):
        markers.add(Kind.SETTINGS_KEY, text)
    if len(password := str(connection.settings_dict.get("PASSWORD") or "")) >= 8:
        markers.add(Kind.DATABASE_PASSWORD, password)
    return {
        "SECRET_KEY": secret_key,
        "PBXDASH_KEYS": f"leakcheck:{data}",
        "PBXDASH_FINGERPRINT_KEY": fingerprint,
        "PBXDASH_AUDIT_KEY": audit,
        "SOCIALACCOUNT_PROVIDERS": _provider(client_secret),
        "PBXDASH_OIDC_CLIENT_SECRET": client_secret,
        "PBXDASH_REVEAL": True,
        "PBXDASH_DEMO": False,
        "PBXDASH_ALLOW_LOOPBACK_PBXS": True,
        "PBXDASH_ALLOWED_NETWORKS": (),
        "DEBUG": False,
        "ALLOWED_HOSTS": [HOST],
        "SECURE_PROXY_SSL_HEADER": None,
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "STORAGES": {
            **settings.STORAGES,
            # Without the files that `collectstatic` gathers, which nothing here needs.
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
            },
        },
    }


def _provider(client_secret: str) -> dict[str, object]:
    """Return a provider of single sign-on at which nobody answers."""
    app = {"provider_id": "sso", "name": "Nobody", "client_id": "leakcheck"}
    there = {"server_url": "http://127.0.0.1:9"}
    return {"openid_connect": {"APPS": [{**app, "secret": client_secret, "settings": there}]}}


@contextmanager
def own_database(folder: Path, *, template: Path | None = None) -> Iterator[None]:
    """Make a database of the same kind as that of the site, use it, and drop it.

    Raises:
        NoDatabase: it cannot be made.
    """
    creation, options = connection.creation, connection.settings_dict["TEST"]
    before, name_before = connection.settings_dict["NAME"], options["NAME"]
    if connection.vendor == "sqlite":
        options["NAME"] = str(folder / "leakcheck.sqlite3")
    else:
        options["NAME"] = f"leakcheck_{before}_{os.getpid()}"
    made = False
    try:
        if template:
            connection.close()
            connection.settings_dict["NAME"] = shutil.copy(template, options["NAME"])
        else:
            with redirect_stdout(io.StringIO()):  # It says of one table that it is there already.
                creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        made = True
        yield
    except SystemExit:  # which is how Django says that it may not make one
        raise NoDatabase(connection.vendor) from None
    finally:
        if made:
            creation.destroy_test_db(before, verbosity=0)
        connection.settings_dict["NAME"], options["NAME"] = before, name_before


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
