"""What is remembered of the person's taste: the theme in the browser, the layout of lists with the account."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from trunks.forms.list_layout import ListLayoutForm
from trunks.services.list_preferences import list_preference_keep
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


@require_POST
def list_layout(request: HttpRequest) -> HttpResponse:
    """Keep columns and density of a list, and show it so."""
    form = ListLayoutForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    list_preference_keep(
        user=cast("User", request.user),
        list_name=form.chosen_address.list_name,
        cols=form.cols,
        density=form.chosen_density,
    )
    return redirect(form.next_url)


def _page_before(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referer if is_ours else settings.LOGIN_REDIRECT_URL
