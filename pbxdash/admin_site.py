"""The admin, which knows no sites: it shows all there is, and could lift a limit."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin import apps
from django.http import HttpRequest


class UnlimitedAdminSite(admin.AdminSite):
    """The admin for those who may see everything; to whom is limited to some sites it is closed."""

    def has_permission(self, request: HttpRequest) -> bool:
        # Not before the models are loaded.
        from trunks.sight import sight_of

        return super().has_permission(request) and not sight_of(request.user).is_limited


class AdminConfig(apps.AdminConfig):
    """The admin under its own rule of who gets in."""

    default_site = "pbxdash.admin_site.UnlimitedAdminSite"
