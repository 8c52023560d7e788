"""The settings of the site, with Django's own changelist of DOD bindings beside our list: to compare the two."""

from __future__ import annotations

from pbxdash.settings import *  # noqa: F403

ROOT_URLCONF = "bench.peer_urls"
