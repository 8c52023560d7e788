"""Every route, for every role and method: what `routes.txt` promises. A route that is not in there fails.

A new column of the table needs a client in `CLIENTS`, a new parameter of an address a value in `Scene`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from pbxdash.roles import OPEN_TO_ALL
from tests.builders import (
    make_binding,
    make_pbx,
    make_person,
    make_saved_view,
    make_share,
    make_trunk,
)
from trunks.models import ConnectionTest, Fetch, FetchRun, PersonSession, SiteLimit
from trunks.roles import RoleName

TABLE = Path(__file__).with_name("routes.txt")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
READING = ("GET", "HEAD", "OPTIONS")
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|TRUNCATE)\b", re.IGNORECASE
)
# That something was read is written to the audit log, and nothing else.
AUDITED = re.compile(r'"trunks_audit(entry|head)"')

# What opening a shared link may write: how often, from where, and that it was. See `trunks.views.share_pages`.
COUNTS = re.compile(
    r'(INSERT|UPDATE).*?"trunks_(throttle|share|auditentry|audithead)"|DELETE.*?"trunks_throttle"'
)

# How often somebody tried to get in or to prove who they are, and how far that is.
OF_THE_WAY_IN = re.compile(r'"(pbxdash_cache|trunks_throttle|django_session)"')

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Scene:
    """What the addresses of the table are about, and who asks."""

    values: dict[str, object]
    clients: dict[str, Client]

    def url(self, route: str) -> str:
        """Fill in the address of a route."""
        names = parameters_of(route)
        return reverse(route, kwargs={name: self.value(route, name) for name in names})

    def value(self, route: str, name: str) -> object:
        """Find what a parameter stands for; the same name may mean another thing elsewhere."""
        return self.values[f"{route} {name}" if f"{route} {name}" in self.values else name]


def logged_in(name: str, role: RoleName | None) -> Client:
    client = Client()
    client.force_login(make_person(name, role))
    return client


CLIENTS: dict[str, Callable[[], Client]] = {
    "anonymous": Client,
    "norole": lambda: logged_in("norole", None),
    **{role.value: partial(logged_in, role.value, role) for role in RoleName},
    # Whoever has opened a shared link, which leaves nothing behind; and an administrator of another site.
    "visitor": Client,
    "limited": partial(logged_in, "limited", RoleName.ADMINISTRATOR),
}


def routes() -> dict[str, URLPattern]:
    """Return every named address, also those of the admin; the test below counts the others."""
    return {name: pattern for name, pattern in walk(get_resolver()) if name}


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern, namespace)
        else:
            yield f"{prefix}{pattern.name}" if pattern.name else "", pattern


def parameters_of(route: str) -> list[str]:
    return sorted(routes()[route].pattern.regex.groupindex)


def table() -> dict[tuple[str, str], dict[str, str]]:
    """Read the table: route and method, with the answer for each column."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    head, *rows = [cells for cells in lines if cells and not cells[0].startswith("#")]
    expected: dict[tuple[str, str], dict[str, str]] = {}
    for route, methods, *answers in rows:
        assert len(answers) == len(head) - 2, f"{route} {methods}: an answer for each column"
        for method in methods.split(","):
            assert (route, method) not in expected, f"{route} {method} is there twice"
            expected[route, method] = dict(zip(head[2:], answers, strict=True))
    return expected


EXPECTED = table()


@pytest.fixture
def scene() -> Scene:
    """One row of everything."""
    pbx = make_pbx("Leeds")
    trunk = make_trunk(pbx, "SIP-A", remote_id="15")
    make_binding(trunk)
    clients = {name: make() for name, make in CLIENTS.items()}
    asked_by = User.objects.get(username="administrator")
    view = make_saved_view(User.objects.get(username="operator"), "shared", is_shared=True)
    share, token = make_share(trunk, User.objects.get(username="operator"))
    test = ConnectionTest.objects.create(requested_by=asked_by, base_url="https://pbx:8088")
    assert clients["visitor"].get(reverse("share", args=[token])).status_code == 200
    SiteLimit.objects.create(user=User.objects.get(username="limited"), site="Paris")
    values: dict[str, object] = {
        "slug": pbx.slug,
        "remote_id": trunk.remote_id,
        "maker_id": share.made_by_id,
        "number": "5503301",
        "extension number": "1000",
        "name": "trunks",
        "extension": "csv",
        "run_id": FetchRun.objects.create(scope=FetchRun.Scope.ALL).pk,
        "test_id": test.pk,
        # All these people were made, so there is a first entry.
        "sequence": 1,
        "share_id": share.pk,
        "token": token,
        # No passkey of anybody.
        "pk": 1,
        "app_label": "auth",
        "content_type_id": "1",
        "object_id": "1",
        "url": "nothing/here",
        "admin:auth_user_password_change id": User.objects.get(username="viewer").pk,
    }
    rows = {
        "auth_user": User.objects.get(username="viewer"),
        "auth_group": Group.objects.get(name="operator"),
        "trunks_pbx": pbx,
        "trunks_trunk": trunk,
        "trunks_fetch": Fetch.objects.create(pbx=pbx),
        "trunks_connectiontest": test,
        "trunks_personsession": PersonSession.objects.create(
            user=asked_by, session_key="x", started_at=timezone.now(), seen_at=timezone.now()
        ),
        "mfa_authenticator": Authenticator.objects.create(user=asked_by, type="totp", data={}),
        "socialaccount_socialaccount": SocialAccount.objects.create(user=asked_by, uid="ada"),
    }
    for route in routes():
        if route.startswith("saved-view"):
            values[f"{route} slug"] = view.slug
        for model, row in rows.items():
            if route.startswith(f"admin:{model}_"):
                values[f"{route} object_id"] = row.pk
    return Scene(values, clients)


def answer(client: Client, method: str, url: str) -> tuple[HttpResponseBase, list[str]]:
    """Ask, take back what it did, and return the answer with the statements that wrote."""
    written: list[str] = []
    browser = Client()
    browser.cookies = copy(client.cookies)

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if WRITES.match(sql) and not AUDITED.search(sql):
            written.append(sql)
        return execute(sql, *rest)

    with transaction.atomic(), connection.execute_wrapper(watch):
        response = browser.generic(method, url)
        if response.streaming:
            b"".join(response)
        transaction.set_rollback(True)
    return response, written


def verdict(response: HttpResponseBase) -> str:
    """Say in a word what came: `login` for the way to the log-in page, else the status."""
    if response.status_code == 302 and "/login/?next=" in response.headers["Location"]:
        return "login"
    return str(response.status_code)


def test_every_route_of_ours_has_a_name():
    nameless = [str(pattern.pattern) for name, pattern in walk(get_resolver()) if not name]
    # Those are the admin's: rows as older versions addressed them, and what is nowhere.
    assert set(nameless) <= {"<path:object_id>/", "(?P<url>.*)$"}


def test_the_table_has_every_route_and_method_and_no_others():
    wanted = {(route, method) for route in routes() for method in METHODS}
    assert wanted - EXPECTED.keys() == set(), "add these to tests/views/routes.txt"
    assert EXPECTED.keys() - wanted == set()


def test_every_column_of_the_table_has_a_client():
    assert {column for row in EXPECTED.values() for column in row} == CLIENTS.keys()


@pytest.mark.parametrize("route", dict.fromkeys(route for route, _ in EXPECTED))
def test_route_answers_as_the_table_says_and_reading_writes_nothing(scene, route):
    url = scene.url(route)
    wrong = []
    for method in METHODS:
        for column, client in scene.clients.items():
            response, written = answer(client, method, url)
            if (came := verdict(response)) != EXPECTED[route, method][column]:
                wrong.append(f"{method} as {column}: {came}")
            if route == "share":
                written = [sql for sql in written if not COUNTS.match(sql)]
            if route in OPEN_TO_ALL:
                written = [sql for sql in written if not OF_THE_WAY_IN.search(sql)]
            # To log out forgets the session, and that is all that it does.
            if (method in READING or column == "auditor") and written and "logout" not in route:
                wrong.append(f"{method} as {column} wrote: {written}")
    assert wrong == []
