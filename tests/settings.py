"""Settings for the test suite (filled in with the project's own settings as they land)."""

from __future__ import annotations

SECRET_KEY = "tests-only"
INSTALLED_APPS = ["trunks"]
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
