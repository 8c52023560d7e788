"""Every kind of answer under the settings of production, as JSON: run in a process of its own."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client

HOST = "pbxdash.example.com"
PASSWORD = "correct horse battery"


def answers() -> Iterator[tuple[str, Any]]:
    """Ask for one of each kind."""
    from django.contrib.auth.models import User
    from django.templatetags.static import static
    from django.test import override_settings

    browser: dict[str, Any] = {"headers": {"host": HOST}, "raise_request_exception": False}
    User.objects.create_superuser("ada", password=PASSWORD)
    stranger, person = Client(**browser), Client(**browser)
    strict = Client(enforce_csrf_checks=True, **browser)
    log_in = {"username": "ada", "password": PASSWORD}

    def ask(client: Client, path: str, **more: Any) -> Any:
        return client.get(path, secure=True, **more)

    yield "log-in page", ask(stranger, "/login/")
    yield "sent to the log-in", ask(stranger, "/trunks/")
    yield "health", ask(stranger, "/healthz")
    yield "form without a token", strict.post("/login/", log_in, secure=True)
    yield "log-in", person.post("/login/", log_in, secure=True)
    yield "page", ask(person, "/")
    yield "fragment", ask(person, "/trunks/?q=1", headers={"hx-request": "true"})
    yield "sessions", ask(person, "/account/sessions/")
    yield "JSON", ask(person, "/account/session/")
    for extension in ("csv", "xlsx", "json"):
        yield f"{extension} file", ask(person, f"/trunks/export.{extension}")
    yield "admin", ask(person, "/admin/auth/user/")
    yield "not found", ask(person, "/nothing/here/")
    yield "wrong method", ask(person, "/theme/")
    yield "bad request", person.post("/account/sessions/end/", secure=True)
    yield "wrong host", stranger.get("/", secure=True, headers={"host": "evil.example"})
    with override_settings(ROOT_URLCONF="tests.headers.broken"):
        yield "server error", ask(person, "/")
    for file in ("css/pbxdash.css", "js/session.js", "img/pbxdash.svg"):
        yield f"static {file}", ask(stranger, static(file))
    yield "theme", person.post("/theme/", {"theme": "dark"}, secure=True)
    yield "language", person.post("/language/", {"language": "en"}, secure=True)
    for _ in range(6):
        held = stranger.post("/login/", {**log_in, "password": "wrong"}, secure=True)
    yield "held back", held
    yield "log-out", person.post("/logout/", secure=True)


def main() -> None:
    """Write what came, by its kind."""
    django.setup()
    logging.disable()
    assert not settings.PBXDASH_INSECURE_HTTP
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    found = {
        kind: {
            "status": answer.status_code,
            "headers": {name.lower(): value for name, value in answer.headers.items()},
            # One that is taken back is none.
            "cookies": [
                cookie.OutputString()
                for cookie in answer.cookies.values()
                if cookie["max-age"] != 0
            ],
        }
        for kind, answer in answers()
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
