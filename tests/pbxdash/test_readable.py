"""What cannot be read is answered with a sentence, and is no mistake of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from pbxdash.wsgi import application
from tests.views.pages import text_of

pytestmark = pytest.mark.django_db

PARTS = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nvic\r\n--x--\r\n'
MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("charset", ["nonsense", "rot13", "hex", "idna", "undefined", "utf-16"])
@pytest.mark.parametrize("kind", [MULTIPART, "application/x-www-form-urlencoded", "text/plain"])
def test_a_form_in_another_encoding_is_refused_with_a_sentence(client: Client, kind, charset):
    answer: Any = client.generic("POST", reverse("login"), PARTS, f"{kind}; charset={charset}")
    assert answer.status_code == 400
    assert "could not be understood" in text_of(answer)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain; charset=rot13",
        "text/plain; charset=idna",
        "text/plain; charset=a\x00b",
        "text/plain; charset*=nonsense'en'utf-8",
    ],
)
def test_so_is_an_address_in_another_encoding(kind):
    """Django reads the address while it makes the request, so this asks the server's entry point."""
    environ = RequestFactory().get("/login/?next=%ff").environ | {"CONTENT_TYPE": kind}
    statuses: list[str] = []

    def start(status: str, *rest: object) -> Any:
        statuses.append(status)

    answer = application(environ, start)
    assert statuses == ["400 Bad Request"]
    assert "could not be understood" in b"".join(answer).decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_is_read(client: Client, charset):
    answer = client.generic("POST", reverse("login"), PARTS, f"{MULTIPART}; charset={charset}")
    assert answer.status_code == 200
    assert 'value="vic"' in answer.content.decode()


@pytest.mark.parametrize("address", ["http://[::1", "http%3A//%5B%3A%3A1"])
def test_an_address_of_htmx_that_is_none_is_refused(client: Client, address):
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    if "%" in address:
        headers["HX-Current-URL-URI-AutoEncoded"] = "true"
    assert client.get("/", headers=headers).status_code == 400


@pytest.mark.both_databases
@pytest.mark.parametrize("value", ['"abcdefgh\\000ij"', '"abcdefgh\\777"', "x" * 5000, "é" * 10])
def test_a_broken_cookie_is_none(client: Client, settings, value):
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME")
    cookies = [getattr(settings, name) for name in names]
    sent = "; ".join(f"{name}={value}" for name in [*cookies, "messages", "pbxdash_browser"])
    assert client.get(reverse("overview"), headers={"cookie": sent}).status_code == 302
    fields = {"username": "vic", "password": "wrong"}
    assert client.post(reverse("login"), fields, headers={"cookie": sent}).status_code == 200
