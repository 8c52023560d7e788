"""Browsers in which an account was logged in before, known by a signed cookie.

Their log-ins are rationed by themselves, so that nobody behind the same address can keep their person out. The
cookie lets nobody in: it says nothing but that tries from this browser are counted apart.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from trunks.search.text import normalise

LASTS = timedelta(days=180)
_SALT = "pbxdash.known-browser"


def known_browser(request: HttpRequest, account: str) -> str:
    """Return the name of this browser if the account was logged in here before, else an empty text."""
    cookie = request.COOKIES.get(settings.PBXDASH_BROWSER_COOKIE, "")
    try:
        name, _, owner = signing.TimestampSigner(salt=_SALT).unsign(cookie, LASTS).partition(".")
    except signing.BadSignature:
        return ""
    return name if constant_time_compare(owner, _digest(account)) else ""


def remember_browser(request: HttpRequest, response: HttpResponseBase, account: str) -> None:
    """Let the browser keep that the account was logged in here, under the name that it may have already."""
    name = known_browser(request, account) or get_random_string(22)
    response.set_cookie(
        settings.PBXDASH_BROWSER_COOKIE,
        signing.TimestampSigner(salt=_SALT).sign(f"{name}.{_digest(account)}"),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(account: str) -> str:
    return salted_hmac(_SALT, normalise(account), algorithm="sha256").hexdigest()
