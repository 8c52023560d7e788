"""The application."""

from __future__ import annotations

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    """Trunks and DOD bindings of several PBXs."""

    name = "trunks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from trunks import checks  # noqa: F401  they need settings, so not before
