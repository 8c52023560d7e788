"""What people do, and what goes wrong while they do it: each form is sent well, badly, and into our own mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.utils import DataError, OperationalError
from django.test.utils import override_settings
from django.urls import reverse

from trunks.leakcheck.breaking import client_mistaken, database_broken
from trunks.leakcheck.listening import output_searched
from trunks.leakcheck.markers import Kind
from trunks.leakcheck.report import Asked
from trunks.leakcheck.scene import Scene
from trunks.leakcheck.visitors import ANONYMOUS, FRAGMENT, Visitor, found_in
from trunks.leakcheck.world import bad_answers, bad_log_ins
from trunks.models import ConnectionTest, ListName, Pbx, Trunk, Trust
from trunks.services.fetching import fetch_now
from trunks.services.saved_views import saved_view_add

REVEALED = frozenset({Kind.SIP_PASSWORD})


def add_pbxs(scene: Scene) -> None:
    """Add the PBXs."""
    admin = scene.administrator
    for name, device in (("Leeds", scene.device), ("Xiamen", scene.sealed)):
        admin.ask("pbx-add", reverse("pbx-add"), method="POST", data=scene.form(device, name=name))
    scene.learn()


def fetch(scene: Scene) -> None:
    """Fetch twice, with a log-in and with the token that was kept, then some trunks, and all in a run."""
    admin, slugs = scene.administrator, list(Pbx.objects.values_list("slug", flat=True))
    for _ in range(2):
        admin.ask("fetches", reverse("fetches"), method="POST", data={"pbx": slugs})
        scene.work()
    trunk = Trunk.objects.order_by("pk")[0]
    ticked = {"trunk": [str(trunk.pk)]}
    admin.ask("fetches", reverse("fetches"), method="POST", data=ticked, headers=FRAGMENT)
    admin.ask("runs", reverse("runs"), method="POST", data={"scope": "all"})
    scene.work()
    owner = scene.person("operator")
    saved_view_add(
        owner=owner, list_name=ListName.TRUNKS, name="Carriers", query="q=carrier", is_shared=True
    )


def try_connections(scene: Scene) -> None:
    """Press "Test connection" with what is right, wrong, out of reach, and another machine's certificate."""
    admin = scene.administrator
    wrong = scene.report.markers.add_made_up(Kind.API_PASSWORD)
    tried: dict[str, dict[str, object]] = {
        "works": scene.form(scene.device),
        "wrong password": scene.form(scene.device, password=wrong),
        "nobody there": scene.form(scene.device, address="http://127.0.0.1:9"),
        "no certificate": scene.form(scene.sealed, pinned_fingerprint=""),
        "another certificate": scene.form(scene.sealed, pinned_fingerprint="0" * 64),
        "no authority": scene.form(scene.sealed, trust=Trust.SYSTEM),
        "no TLS": scene.form(
            scene.device,
            address=scene.device.base_url.replace("http:", "https:"),
            trust=Trust.PINNED,
            pinned_fingerprint="0" * 64,
        ),
        "invalid": scene.form(scene.device, api_path="://", connect_timeout="x"),
    }
    for form, data in tried.items():
        _send(admin, "connection-tests", data, form=form, headers=FRAGMENT)
        scene.work()
        _results(scene, data)
        scene.make_up()
    _send(admin, "connection-tests", tried["invalid"], form="invalid, page")
    with client_mistaken():
        _send(admin, "connection-tests", tried["works"], form="mistake of ours")
        scene.work()
    scene.make_up()


def fetch_badly(scene: Scene) -> None:
    """Fetch from a PBX that answers with secrets in all the wrong places, and into a mistake of ours."""
    answers = {**bad_answers(scene.known), **bad_log_ins(scene.known)}
    for name, fault in answers.items():
        if name.startswith("log-in"):
            scene.device.forget_tokens()
        scene.device.fault = fault
        _fetch(scene, name)
    scene.device.fault = None
    _fetch(scene, "well again")
    with client_mistaken():
        _fetch(scene, "mistake of ours")
        cache.clear()
        _fetch(scene, "mistake of ours at the log-in")
    scene.device.stop()
    _fetch(scene, "switched off")
    scene.device.start()
    _fetch(scene, "switched on again")


def run_commands(scene: Scene) -> None:
    """Run what people run in a terminal."""
    slug = scene.pbx.slug
    for arguments in (["--all"], ["--pbx", slug, "--json"], ["--pbx", slug, "--trunk", "1,9"]):
        _command(scene, "fetch_trunks", *arguments)
    with client_mistaken():
        _command(scene, "fetch_trunks", "--pbx", slug, "--json")
    scene.make_up()
    _command(scene, "rebuild_index")
    _command(scene, "check", "--database", "default")
    _command(scene, "rotate_keys")
    _command(scene, "audit_head")
    _command(scene, "verify_audit")
    # Searched with all other files.
    _command(scene, "backup", str(scene.folder / "backup"))


def change_settings(scene: Scene) -> None:
    """Send the form of a PBX with what is wrong, twice as a browser does, and save it."""
    admin, pbx = scene.administrator, scene.pbx
    edit = reverse("pbx-edit", args=[pbx.slug])
    bad = scene.form(scene.device, name="")
    answer, _ = admin.ask("pbx-edit", edit, method="POST", data=bad, form="invalid")
    held = found_in(answer, r'name="held_password" value="([^"]+)"')
    if not held:
        scene.report.find(
            "the check itself", "no typed password was held, so none can be looked for"
        )
    again = {**bad, "password": "", "held_password": held}
    admin.ask("pbx-edit", edit, method="POST", data=again, form="held password")
    into_mistakes(admin, "pbx-edit", edit, scene.form(scene.device))
    into_mistakes(admin, "pbx-add", reverse("pbx-add"), scene.form(scene.device, name="York"))
    into_mistakes(admin, "connection-tests", reverse("connection-tests"), scene.form(scene.device))
    # Another account at the same PBX: the kept token is given back, by a task that holds it.
    _fetch(scene, "token to give back")
    other = scene.form(scene.device, username="another")
    admin.ask("pbx-edit", edit, method="POST", data=other)
    scene.learn()
    scene.work()
    admin.ask("pbx-edit", edit, method="POST", data=scene.form(scene.device))
    scene.learn()
    scene.make_up()


def log_in(scene: Scene) -> None:
    """Log in with the right password, a wrong one, into mistakes of ours, and too often."""
    url = reverse("login")
    person = scene.visitors["operator"]
    stranger = scene.visitors[ANONYMOUS].copy()
    right = {"username": person.name, "password": person.password}
    into_mistakes(stranger, "login", url, right)
    stranger.copy().ask("login", url, method="POST", data=right, form="right")
    wrong = {**right, "username": "nobody"}
    for _ in range(7):
        stranger.ask("login", url, method="POST", data=wrong, form="wrong")


def make_accounts(scene: Scene) -> None:
    """Fill in the admin's forms about passwords, wrongly and well."""
    admin = scene.administrator
    twice = {"password1": admin.password, "password2": f"{admin.password}!"}
    fields = {"username": "newcomer", "role": "viewer", "usable_password": "true", **twice}
    add = reverse("admin:auth_user_add")
    admin.ask("admin:auth_user_add", add, method="POST", data=fields, form="invalid")
    into_mistakes(admin, "admin:auth_user_add", add, {**fields, "password2": admin.password})
    viewer = User.objects.get(username="viewer")
    change = reverse("admin:auth_user_password_change", args=[viewer.pk])
    data = {"usable_password": "true", **twice}
    admin.ask("admin:auth_user_password_change", change, method="POST", data=data, form="invalid")


def reveal(scene: Scene) -> None:
    """Have a SIP password shown: on that one page it may be, and there it must be."""
    admin = scene.administrator
    trunk = Trunk.objects.filter(pbx=scene.pbx, kind="register").select_related("pbx").get()
    url = reverse("reveal", args=[trunk.pbx.slug, trunk.remote_id])
    data = {"reason": "The carrier asked.", "password": admin.password}
    wrong = {**data, "password": f"{admin.password}!", "reason": ""}
    admin.ask("reveal", url, method="POST", data=wrong, form="invalid")
    admin.ask("reveal", url, method="POST", data={**wrong, "reason": "Why"}, form="wrong password")
    into_mistakes(admin, "reveal", url, data)
    with client_mistaken():
        _send_into(admin, "reveal", url, data, form="mistake of ours")
        with override_settings(DEBUG=True):
            _send_into(admin, "reveal", url, data, form="mistake of ours, debug page")
    scene.make_up()
    _, shown = admin.ask("reveal", url, method="POST", data=data, form="shown", allowed=REVEALED)
    if Kind.SIP_PASSWORD not in shown:
        scene.report.find(
            "the check itself", "no SIP password was revealed, so none can be looked for"
        )
    scene.learn()


def _send(
    visitor: Visitor,
    route: str,
    data: Mapping[str, Any],
    *,
    form: str,
    headers: Mapping[str, str] = {},
) -> None:
    visitor.ask(route, reverse(route), method="POST", data=data, form=form, headers=headers)


def _send_into(
    visitor: Visitor, route: str, url: str, data: Mapping[str, Any], *, form: str
) -> None:
    """Send a form as another browser would, so that a log-in that fails half way changes nothing here."""
    visitor.copy().ask(route, url, method="POST", data=data, form=form)


def into_mistakes(visitor: Visitor, route: str, url: str, data: Mapping[str, Any]) -> None:
    """Send a form while nothing can be written: to the error page, the debug page, and the page of a busy site.

    At first it can be read, so that the form is filled in when the mistake comes.
    """
    with database_broken(DataError, can_read=True):
        _send_into(visitor, route, url, data, form="error 500 on writing")
    with database_broken(DataError):
        _send_into(visitor, route, url, data, form="error 500")
        with override_settings(DEBUG=True):
            _send_into(visitor, route, url, data, form="debug page")
    with database_broken(OperationalError):
        _send_into(visitor, route, url, data, form="error 503")


def _results(scene: Scene, data: Mapping[str, object]) -> None:
    """Look at the results of connection tests as their page, as a fragment, and in the form they came from."""
    admin = scene.administrator
    for test in ConnectionTest.objects.order_by("-pk")[:1]:
        url = reverse("connection-test", args=[test.pk])
        for headers in ({}, FRAGMENT):
            admin.ask("connection-test", url, headers=headers)
            admin.ask(
                "connection-test", url, method="POST", data={**data, "pin": "yes"}, headers=headers
            )


def _fetch(scene: Scene, name: str) -> None:
    asked = Asked(route="worker", format=f"fetch: {name}")
    with scene.report.about(asked):
        fetch = fetch_now(pbx=scene.pbx, requested_by=scene.person("operator"))
    scene.learn()
    shown = f"{reverse('fetches')}?id={fetch.pk}"
    scene.administrator.ask("fetches", shown, form=name)
    scene.make_up()


def _command(scene: Scene, *arguments: str) -> None:
    with (
        scene.report.about(Asked(route="command", format=" ".join(arguments))),
        output_searched(scene.report),
    ):
        try:
            call_command(*arguments)
        except CommandError as error:
            scene.report.look("command output", str(error))
    scene.learn()
