"""Single sign-on by OpenID Connect: the way to the provider, and the role that its claim grants."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

logger = logging.getLogger(__name__)


@login_not_required
@require_POST
def sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider, by a page: a form of ours may lead to nobody else's site."""
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except RequestException as error:
        # Without its text, which has the address with all it carries.
        logger.warning("The sign-on provider cannot be reached: %s", type(error).__name__)
        messages.error(request, _("Single sign-on cannot be reached just now. Try again later."))
        return redirect("login")
    if "Location" not in answer.headers:
        return answer
    context = {"address": answer.headers["Location"]}
    return render(request, "registration/signing_on.html", context)


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
