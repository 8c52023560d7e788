"""Who gets in: everything asks for a log-in unless it says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from trunks.htmx import HtmxHttpRequest


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Send an expired session to the log-in page, whole, also when only a fragment was asked for."""

    def handle_no_permission(  # type: ignore[override]  # the stub is narrower than Django
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirectBase:
        htmx = cast("HtmxHttpRequest", request).htmx
        if htmx:
            came_from = QueryDict(mutable=True)
            came_from[REDIRECT_FIELD_NAME] = htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(
                f"{resolve_url(settings.LOGIN_URL)}?{came_from.urlencode(safe='/')}"
            )
        return super().handle_no_permission(request, view_func)


class LogoutView(auth_views.LogoutView):
    """Log out, and ask the browser to forget what it kept of us."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
