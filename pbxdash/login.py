"""Who gets in: everything asks for a log-in unless it says otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from pbxdash.client_address import client_address
from pbxdash.known_browser import known_browser, remember_browser
from pbxdash.passwords import LONGEST_PASSWORD
from trunks.htmx import HtmxHttpRequest
from trunks.services.person_logins import LoginTry


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


class LoginForm(AuthenticationForm):
    """Username and password; a try too many is not even looked at."""

    held_until: datetime | None = None

    def clean(self) -> dict[str, Any]:
        """Compare the password, if it is time for another try."""
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if self.request is None or not username or not password:
            return self.cleaned_data
        attempt = LoginTry(
            account=username,
            address=client_address(self.request),
            browser=known_browser(self.request, username),
        )
        self.held_until = attempt.held_until()
        # No other answer for a longer one than for a wrong one, and no work for it.
        if self.held_until or len(password) > LONGEST_PASSWORD:
            raise self.get_invalid_login_error()
        cleaned = super().clean()
        attempt.succeeded()
        return cleaned


class LoginView(auth_views.LoginView):
    """The log-in page; whoever tried too often is told when to try again."""

    form_class = LoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stub is of another Django
        """Lead nobody in a circle: from the log-in page back to it."""
        url: str = super().get_redirect_url()
        return "" if urlsplit(url).path == resolve_url(settings.LOGIN_URL) else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor, if the person has one, else to the page that was asked for."""
        user = form.get_user()
        response: HttpResponse = perform_password_login(
            self.request,
            {"username": user.get_username()},
            Login(user=user, redirect_url=self.get_success_url()),
        )
        remember_browser(self.request, response, user.get_username())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        held_until = cast("LoginForm", form).held_until
        return held_back(self.request, held_until) if held_until else super().form_invalid(form)


class LogoutView(auth_views.LogoutView):
    """Log out, and ask the browser to forget what it kept of us."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def held_back(request: HttpRequest, until: datetime) -> HttpResponse:
    """Answer 429 with a page that says when to try again."""
    seconds = max(1, math.ceil((until - timezone.now()).total_seconds()))
    context = {"until": until, "minutes": math.ceil(seconds / 60)}
    response = render(request, "registration/held_back.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


@login_not_required
def admin_login(request: HttpRequest) -> HttpResponse:
    """Lead to the one log-in page: the admin's own neither counts tries nor asks for a second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied
    came_from = QueryDict(mutable=True)
    came_from[REDIRECT_FIELD_NAME] = request.GET.get(
        REDIRECT_FIELD_NAME, resolve_url("admin:index")
    )
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{came_from.urlencode(safe='/')}")
