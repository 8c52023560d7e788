"""The application."""

from __future__ import annotations

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    """Trunks and DOD bindings of several PBXs."""

    name = "trunks"
    default_auto_field = "django.db.models.BigAutoField"
