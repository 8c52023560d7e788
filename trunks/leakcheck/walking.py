"""Every route as everybody, in every format and with every error page."""

from __future__ import annotations

from django.db import transaction
from django.db.utils import DataError
from django.test import Client

from trunks.leakcheck.breaking import database_broken
from trunks.leakcheck.report import Asked
from trunks.leakcheck.routes import addresses, routes
from trunks.leakcheck.scene import Scene
from trunks.leakcheck.surroundings import HOST
from trunks.leakcheck.verdicts import FRAGMENT, SWITCHED, VERDICTS
from trunks.leakcheck.visitors import ANONYMOUS, Visitor
from trunks.leakcheck.visitors import FRAGMENT as FRAGMENT_HEADERS
from trunks.roles import RoleName

# The others are refused like one of these.
WRITING = (ANONYMOUS, RoleName.AUDITOR, RoleName.ADMINISTRATOR)


def walk(scene: Scene) -> None:
    """Ask every route; one without a verdict is a finding."""
    known = routes()
    for route in sorted((known.keys() ^ VERDICTS.keys()) - (SWITCHED.keys() - known.keys())):
        what = "route without a verdict" if route in known else "verdict on no route"
        scene.report.find("verdicts", what, asked=Asked(route=route))
    # What a report says of an error as a page was searched where forms were sent into mistakes.
    scene.ears.errors.as_page = False
    for route in sorted(known.keys() & VERDICTS.keys()):
        for number, url in enumerate(addresses(route, scene)):
            # Those who may most come first, since of a context of a template the first is searched.
            for visitor in reversed(scene.visitors.values()):
                _read(visitor, route, url)
            # Of the admin no more: its error pages are ours, and its forms are sent elsewhere.
            if number == 0 and not route.startswith("admin:"):
                for role in WRITING:
                    _write(scene.visitors[role], route, url)
                _break(scene.administrator, route, url)
    _outside(scene)


def _read(visitor: Visitor, route: str, url: str) -> None:
    for form in VERDICTS[route]:
        headers = FRAGMENT_HEADERS if form == FRAGMENT else {}
        visitor.ask(route, url, form=form, headers=headers)


def _write(visitor: Visitor, route: str, url: str) -> None:
    """Send an empty form, and take back what it did."""
    with transaction.atomic():
        visitor.copy().ask(route, url, method="POST", data={}, form="empty form")
        transaction.set_rollback(True)


def _break(visitor: Visitor, route: str, url: str) -> None:
    visitor.copy().ask(route, url, method="PUT", form="error 405")
    with database_broken(DataError):
        visitor.copy().ask(route, url, form="error 500")


def _outside(scene: Scene) -> None:
    """Ask for what is nowhere, with a false host, and without the sign of a form of ours."""
    for visitor in scene.visitors.values():
        visitor.ask("-", "/nowhere/", form="error 404")
        visitor.ask("-", "/", form="error 400", SERVER_NAME="elsewhere.invalid")
    stranger = scene.visitors[ANONYMOUS].copy()
    stranger.client = Client(enforce_csrf_checks=True, SERVER_NAME=HOST)
    data = {"username": "somebody", "password": scene.administrator.password}
    stranger.ask("login", "/login/", method="POST", data=data, form="error 403")
