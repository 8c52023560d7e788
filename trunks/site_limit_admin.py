"""The sites that a person may see, as part of the page of their account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from trunks.forms.site_limits import SiteLimitForm
from trunks.models import SiteLimit

if TYPE_CHECKING:
    InlineBase = admin.TabularInline[SiteLimit, User]
else:
    InlineBase = admin.TabularInline


class SiteLimitInline(InlineBase):
    """One row a site; whoever may change an account may change these."""

    model = SiteLimit
    form = SiteLimitForm
    extra = 1
    verbose_name_plural = _("Sites that the person may see (no row: all)")

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:  # noqa: ANN401 - as Django has it
        return self._may(request, "view") or self._may(request, "change")

    def has_add_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:  # noqa: ANN401
        return self._may(request, "change")

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:  # noqa: ANN401
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:  # noqa: ANN401
        return self._may(request, "change")

    def _may(self, request: HttpRequest, action: str) -> bool:
        user = request.user
        return isinstance(user, User) and user.has_perm(f"auth.{action}_user")
