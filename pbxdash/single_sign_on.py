"""Single sign-on by OpenID Connect: the way to the provider, and the role that its claim grants."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from pbxdash.client_address import client_address
from pbxdash.login import held_back
from trunks.services.person_logins import neighbourhood
from trunks.services.throttling import Allowance, throttle_take

logger = logging.getLogger(__name__)

# Each asks the provider something and makes a session; a whole office may come at once.
DEPARTURES = Allowance(60, timedelta(minutes=10))
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")


@contextmanager
def _as_agreed() -> Iterator[None]:
    """Take whatever is not as the protocol has it for a mistake of the provider."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ImproperlyConfigured) as error:
        # One for requests, which has a way to be told already.
        if isinstance(error, RequestException):
            raise
        raise OAuth2Error("The provider answered something else.") from error


class Provider(views.OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the package has no types
    """The provider, whose answers are looked at before they are believed."""

    @property
    def openid_config(self) -> dict[str, Any]:
        with _as_agreed():
            told: dict[str, Any] = super().openid_config
            if not all(isinstance(told[name], str) for name in _ENDPOINTS):
                raise TypeError
        return told

    def parse_token(self, data: dict[str, Any]) -> object:
        with _as_agreed():
            return super().parse_token(data)

    def complete_login(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the package has it
        with _as_agreed():
            login = super().complete_login(*args, **kwargs)
            claims = login.account.extra_data
            # What PostgreSQL takes into no text: half characters and NUL.
            json.dumps(claims, ensure_ascii=False).encode()
            if "\\u0000" in json.dumps(claims):
                raise ValueError
        return login


@login_not_required
@require_POST
def sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider, by a page: a form of ours may lead to nobody else's site."""
    name = f"sign-on:{neighbourhood(client_address(request))}"
    if until := throttle_take(name=name, allowance=DEPARTURES):
        return held_back(request, until)
    # The library would let it choose more: to tie another account to this one, and what the provider is asked.
    wanted = QueryDict(mutable=True)
    if REDIRECT_FIELD_NAME in request.POST:
        wanted[REDIRECT_FIELD_NAME] = request.POST[REDIRECT_FIELD_NAME]
    request.GET = request.POST = wanted  # type: ignore[assignment]  # the stub wants it immutable
    try:
        with _as_agreed():
            answer: HttpResponse = views.login(request, provider_id)
    except (RequestException, OAuth2Error) as error:
        # Without its text, which has the address with all it carries.
        logger.warning("The sign-on provider cannot be reached: %s", type(error).__name__)
        messages.error(request, _("Single sign-on cannot be reached just now. Try again later."))
        return redirect("login")
    if "Location" not in answer.headers:
        return answer
    context = {"address": answer.headers["Location"]}
    return render(request, "registration/signing_on.html", context)


@login_not_required
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let in whom the provider knows and grants a role."""
    provider = Provider(request, provider_id)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(provider)(request)
    except (RequestException, OAuth2Error) as error:
        # The library expects it to answer what it was asked on the way there.
        answer = render_authentication_error(request, provider.get_provider(), exception=error)
    return answer


@login_not_required
@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """Lead back to the log-in after a person thought better of it."""
    messages.info(request, _("You are not logged in: you cancelled it."))
    return redirect("login")


def granted_role(claims: Mapping[str, Any]) -> str | None:
    """Return the first role of `PBXDASH_OIDC_ROLES` whose value the claim has."""
    values = _values(claims)
    for value, role in settings.PBXDASH_OIDC_ROLES:
        if value in values:
            return str(role)
    return None


def has_two_subjects(claims: Mapping[str, Any]) -> bool:
    """Tell whether token and user information are of different people, as OpenID Connect says to check."""
    subjects = {_part(claims, part).get("sub") for part in ("userinfo", "id_token")} - {None}
    return len(subjects) > 1


def _values(claims: Mapping[str, Any]) -> set[str]:
    """Return what the claim says; a path such as `realm_access.roles` leads into nested ones."""
    found: set[str] = set()
    for part in ("userinfo", "id_token"):
        value: Any = _part(claims, part)
        if settings.PBXDASH_OIDC_CLAIM in value:
            value = value[settings.PBXDASH_OIDC_CLAIM]
        else:
            for step in settings.PBXDASH_OIDC_CLAIM.split("."):
                value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, list):
            found |= {text for text in value if isinstance(text, str)}
    return found


def _part(claims: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = claims.get(name)
    return part if isinstance(part, dict) else {}
