"""The product's own settings, with keys for the tests alone, PBXs on loopback and nothing slow."""

from __future__ import annotations

import base64
import os
import tempfile

os.environ.update(
    PBXDASH_SECRET_KEY="tests-only-" + "x" * 50,
    PBXDASH_KEYS="tests:" + base64.b64encode(b"k" * 32).decode(),
    PBXDASH_FINGERPRINT_KEY=base64.b64encode(b"f" * 32).decode(),
    PBXDASH_AUDIT_KEY=base64.b64encode(b"a" * 32).decode(),
    PBXDASH_INSECURE_HTTP="true",
    PBXDASH_ALLOW_LOOPBACK_PBXS="true",
    PBXDASH_SECOND_FACTOR="true",
    PBXDASH_OIDC_ISSUER="https://idp.example",
    PBXDASH_OIDC_CLIENT_ID="pbxdash",
    PBXDASH_OIDC_CLIENT_SECRET="tests-only-client-secret",
    PBXDASH_OIDC_NAME="Example AG",
    PBXDASH_OIDC_ROLES="pbx-admins=administrator,pbx-audit=auditor,staff=viewer",
)
os.environ.pop("PBXDASH_ENV_FILE", None)
if database_url := os.environ.get("TEST_DATABASE_URL"):
    # The whole suite on PostgreSQL: TEST_DATABASE_URL=postgres://… make test
    os.environ["PBXDASH_DATABASE_URL"] = database_url

from pbxdash.settings import *  # noqa: F403
from pbxdash.settings import DATABASES, STORAGES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads and processes of a worker under test look into the same one.
    DATABASES["default"]["TEST"] = {
        "NAME": f"{tempfile.gettempdir()}/pbxdash-tests-{os.getpid()}.sqlite3"
    }

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
