"""What every answer carries, to the letter."""

from __future__ import annotations

import pytest
from django.urls import reverse

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "Cache-Control": "no-store",
}
PATHS = ["/", "/login/", "/nothing/here/"]


@pytest.fixture(params=PATHS)
def answer(request, client, viewer):
    if request.param != "/login/":
        client.force_login(viewer)
    return client.get(request.param)


def test_content_security_policy_allows_only_ourselves(answer):
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == CSP


@pytest.mark.parametrize("name", HEADERS)
def test_header_is_set(answer, name):
    value = answer.headers[name]
    assert HEADERS[name] in value.split(", ") if name == "Cache-Control" else value == HEADERS[name]


def test_answers_to_htmx_and_to_browsers_are_kept_apart(answer):
    vary = {name.strip() for name in answer.headers["Vary"].split(",")}
    assert {"HX-Request", "HX-History-Restore-Request"} <= vary


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, viewer):
    response = client.post(
        reverse("login"), {"username": "vic", "password": "correct horse battery"}
    )
    cookie = response.cookies["pbxdash_sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_csrf_cookie_is_out_of_reach_of_scripts_and_other_sites(client, db):
    cookie = client.get(reverse("login")).cookies["pbxdash_csrftoken"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


@pytest.mark.parametrize(
    ("name", "field", "value"), [("theme", "theme", "dark"), ("set_language", "language", "en")]
)
def test_preference_cookies_are_out_of_reach_of_scripts(client, db, name, field, value):
    (cookie,) = client.post(reverse(name), {field: value}).cookies.values()
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_theme_cookie_stays_on_https_where_the_site_does(client, db, settings):
    settings.SESSION_COOKIE_SECURE = True
    (cookie,) = client.post(reverse("theme"), {"theme": "dark"}).cookies.values()
    assert cookie["secure"]


def test_htmx_keeps_no_pages_and_runs_no_text_as_code(viewer_client):
    page = viewer_client.get("/").content.decode()
    for setting in (
        '"includeIndicatorStyles":false',
        '"allowEval":false',
        '"allowScriptTags":false',
        '"historyCacheSize":0',
        '"refreshOnHistoryMiss":true',
        '"historyRestoreAsHxRequest":false',
        '"selfRequestsOnly":true',
    ):
        assert setting in page
