"""Browsers of people with each role, whose every answer is searched: body, headers and cookies."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from copy import copy
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponseBase
from django.test import Client

from trunks.leakcheck.markers import Kind
from trunks.leakcheck.report import NOTHING, Asked, Report
from trunks.leakcheck.surroundings import HOST
from trunks.roles import RoleName
from trunks.services.accounts import account_add
from trunks.services.roles import role_give
from trunks.services.site_limits import site_limits_set

ANONYMOUS, NO_ROLE, SUPERUSER = "anonymous", "no role", "superuser"
# Somebody without an account who has a shared link; opening it leaves nothing in the browser.
SHARE_VISITOR = "share visitor"
FRAGMENT = {"HX-Request": "true"}
# An administrator of the site that the PBXs are at, and of no other.
LIMITED, LIMITED_TO = "administrator of a site", "Leeds"
# Of each address its own, so that no log-in is held back for those of another person.
_NETWORK = "198.51.100."


class Visitor:
    """One browser; whoever is logged in there has a password that we look for."""

    def __init__(self, role: str, report: Report, number: int) -> None:
        self.role = role
        self.report = report
        self.password = report.markers.add_made_up(Kind.LOG_IN_PASSWORD)
        self.client = Client(
            raise_request_exception=False, SERVER_NAME=HOST, REMOTE_ADDR=f"{_NETWORK}{number}"
        )

    @property
    def name(self) -> str:
        """What the person logs in with."""
        return self.role.replace(" ", "")

    def log_in(self, person: User) -> None:
        """Begin a session of a person."""
        self.client.force_login(person)
        self._know_session()

    def copy(self) -> Visitor:
        """Return the same browser, whose cookies may change without those of this one."""
        other = copy(self)
        other.client = copy(self.client)
        other.client.cookies = copy(self.client.cookies)
        return other

    def ask(
        self,
        route: str,
        url: str,
        *,
        method: str = "GET",
        data: Mapping[str, Any] | None = None,
        form: str = "page",
        headers: Mapping[str, str] | None = None,
        allowed: Collection[Kind] = NOTHING,
        **environment: Any,  # noqa: ANN401 - as Django has it
    ) -> tuple[HttpResponseBase, set[Kind]]:
        """Ask, search the answer, and return it with the kinds of secrets that it shows."""
        with self.report.about(Asked(route, self.role, f"{method} {form}")):
            send = getattr(self.client, method.lower())
            sent = {} if data is None else {"data": data}
            answer: HttpResponseBase = send(
                url, secure=True, headers=headers or {}, **sent, **environment
            )
            self._know_session()
            return answer, self._search(answer, allowed)

    def _search(self, answer: HttpResponseBase, allowed: Collection[Kind]) -> set[Kind]:
        streamed = getattr(answer, "streaming_content", None)
        body = b"".join(streamed) if streamed is not None else getattr(answer, "content", b"")
        report = self.report
        shown = report.look("answers", body, allowed=allowed)
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        report.look("headers", head)
        for name, cookie in answer.cookies.items():
            own = {Kind.SESSION_KEY} if name == settings.SESSION_COOKIE_NAME else NOTHING
            report.look("cookies", cookie.value, allowed=own)
        return shown

    def _know_session(self) -> None:
        cookie = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie and cookie.value:
            self.report.markers.add(Kind.SESSION_KEY, cookie.value)


def found_in(answer: HttpResponseBase, pattern: str) -> str:
    """Return what the group of a pattern matches in a page, empty where it is not there."""
    page = getattr(answer, "content", b"").decode()
    found = re.search(pattern, page)
    return html.unescape(found.group(1)) if found else ""


def visitors(report: Report) -> dict[str, Visitor]:
    """Return a browser for nobody, and one for a person with each role, logged in."""
    roles = (
        *(ANONYMOUS, SHARE_VISITOR, NO_ROLE, LIMITED),
        *(role.value for role in RoleName),
        SUPERUSER,
    )
    browsers = {role: Visitor(role, report, number) for number, role in enumerate(roles, start=1)}
    for role, visitor in browsers.items():
        if role not in {ANONYMOUS, SHARE_VISITOR}:
            visitor.log_in(_person(visitor))
    return browsers


def _person(visitor: Visitor) -> User:
    if visitor.role in {NO_ROLE, SUPERUSER}:
        is_superuser = visitor.role == SUPERUSER
        person = User.objects.create_user(
            visitor.name,
            password=visitor.password,
            is_superuser=is_superuser,
            is_staff=is_superuser,
        )
        role_give(user=person, role=None)
        return person
    is_limited = visitor.role == LIMITED
    role = RoleName.ADMINISTRATOR if is_limited else RoleName(visitor.role)
    person = account_add(name=visitor.name, password=visitor.password, role=role, email="")
    if is_limited:
        site_limits_set(user=person, sites=[LIMITED_TO])
    return person
