"""What a browser remembers of the person's taste."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from trunks.shell import THEME_COOKIE, THEMES

ONE_YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    response = redirect(_page_before(request))
    choice = request.POST.get("theme", "")
    if choice == "system":
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    elif choice in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            choice,
            max_age=ONE_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _page_before(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referer if is_ours else settings.LOGIN_REDIRECT_URL
