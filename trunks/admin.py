"""Rows for administrators to look at; PBXs are edited on their own pages, and nothing secret is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest

from trunks.models import ConnectionTest, Fetch, Pbx, Trunk
from trunks.site_limit_admin import SiteLimitInline

if TYPE_CHECKING:
    ReadOnlyBase = admin.ModelAdmin[models.Model]
    PersonBase = UserAdmin[User]
else:
    ReadOnlyBase, PersonBase = admin.ModelAdmin, UserAdmin


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(PersonBase):
    """Accounts, each with the sites that the person may see."""

    inlines = (SiteLimitInline,)


class ReadOnlyAdmin(ReadOnlyBase):
    """A list and a page a row, with nothing to change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Pbx)
class PbxAdmin(ReadOnlyAdmin):
    """PBXs; their own pages add, edit and delete them."""

    list_display = ("name", "site", "base_url", "trust", "enabled", "observed_at", "failing_since")
    list_filter = ("enabled", "trust")
    search_fields = ("name", "site", "base_url")
    exclude = ("secret", "search_name")


@admin.register(Trunk)
class TrunkAdmin(ReadOnlyAdmin):
    """Trunks, as their PBXs reported them."""

    list_display = ("name", "pbx", "kind", "host", "dod_count", "observed_at", "removed_at")
    list_filter = ("kind", "pbx")
    list_select_related = ("pbx",)
    search_fields = ("name", "remote_id", "host")
    exclude = ("password_fingerprint", "search_name", "search_text", "digest")


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    """Attempts to read a PBX."""

    list_display = ("requested_at", "pbx", "scope", "state", "reason", "requested_by")
    list_filter = ("state", "pbx")
    list_select_related = ("pbx", "requested_by")


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin):
    """Connection tests of the last day."""

    list_display = ("requested_at", "base_url", "state", "reason", "requested_by")
    list_filter = ("state",)
    list_select_related = ("requested_by",)
    exclude = ("secret",)
