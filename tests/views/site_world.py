"""Two sites: one that a person sees, and one whose every text is a marker that must not be found anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from tests.builders import (
    make_bad_login,
    make_binding,
    make_held_answer,
    make_pbx,
    make_saved_view,
    make_share,
    make_supplement,
    make_trunk,
)
from trunks.models import Action, Fetch, FetchRun, Pbx, SiteLimit, Trunk
from trunks.search.known_values import FIELDS_OF_LISTS
from trunks.services.auditing import audit_record

SEEN, HIDDEN = "Leeds", "Zqparis"
# Every text of what is hidden has these letters, every number of it is one of these.
MARKERS = ("zq", "99887766", "7654321")
# The same in form, and nowhere.
UNKNOWN = {"zq": "qx", "99887766": "99117766", "7654321": "7111321"}
SHARED_HOST = "https://192.168.5.150:8088"
_QUESTIONS: tuple[dict[str, str], ...] = (
    {},
    {"q": "e"},
    {"q": "sip"},
    {"q": "is:removed"},
    {"q": "-site:leeds"},
    {"q": "is:stale,failing,insecure"},
    {"q": "-number:5"},
    {"q": "e", "count": "all"},
    {"count": "all"},
)


@dataclass(frozen=True)
class SiteWorld:
    """A person who sees one of the two sites, its PBX and trunk, and those of the other one."""

    person: User
    pbx: Pbx
    trunk: Trunk
    hidden: Pbx
    hidden_trunk: Trunk
    # Of both sites, of the one, and of the other one.
    shared_run: FetchRun
    run: FetchRun
    hidden_run: FetchRun
    own_view: str
    hidden_view: str
    fetches: list[Fetch] = field(default_factory=list)


def make_site_world(person: User) -> SiteWorld:
    """Save both sites, and limit the person to one."""
    SiteLimit.objects.create(user=person, site=SEEN)
    stranger = User.objects.create_user("zqperson")
    pbx = make_pbx("Branch", site=SEEN, base_url=SHARED_HOST)
    trunk = make_trunk(pbx, "SIP-A", username="ann", password_fingerprint="f" * 64)
    make_binding(trunk, "5503301", "desk", "1000")
    hidden, hidden_trunk = _hide(stranger)
    run = FetchRun.objects.create(scope="site", site=SEEN, requested_by=person)
    hidden_run = FetchRun.objects.create(scope="site", site=HIDDEN, requested_by=stranger)
    shared_run = FetchRun.objects.create(scope="all", requested_by=person)
    fetches = [Fetch.objects.create(pbx=pbx, state="queued", requested_by=person)]
    for state in ("queued", "failed"):
        of_hidden = Fetch.objects.create(
            pbx=hidden, state=state, reason="refused", detail="zqdetail", requested_by=stranger
        )
        hidden_run.fetches.add(of_hidden)
        shared_run.fetches.add(of_hidden)
        fetches.append(of_hidden)
    fetches.append(Fetch.objects.create(pbx=hidden, scope="1", state="queued"))
    run.fetches.add(fetches[0])
    shared_run.fetches.add(fetches[0])
    own = make_saved_view(person, "Mine", "q=sip")
    view = make_saved_view(stranger, "Zqview", "q=zqquestion", is_shared=True)
    return SiteWorld(
        *(person, pbx, trunk, hidden, hidden_trunk, shared_run, run, hidden_run),
        *(own.slug, view.slug, fetches),
    )


def _hide(stranger: User) -> tuple[Pbx, Trunk]:
    hidden = make_pbx(
        "Zqpbx",
        site=HIDDEN,
        slug="zqslug",
        base_url="https://zqhost.example",
        username="zqapi",
        notes="zqnotes",
        failing_since=timezone.now(),
    )
    fields: dict[str, Any] = {
        "host": "zqsip.example",
        "domain": "zqdomain",
        "username": "zquser",
        "authname": "zqauth",
    }
    trunk = make_trunk(hidden, "Zqtrunk", kind="peer", **fields)
    make_binding(trunk, "99887766", "zqname", "7654321")
    make_binding(trunk, "99887766", "zqname", "zqgroup", target_kind="group")
    make_binding(trunk, "", "", "", raw="zqraw-99887766", issue="malformed")
    make_binding(
        make_trunk(hidden, "Zqgone", removed_at=timezone.now(), **fields), "99887766", "zqname"
    )
    make_supplement(hidden, "extensions", {"7654321": "zqextension"})
    make_held_answer(hidden, ["1"])
    # At the same host and port as the other PBX: three are a reason to stop there too.
    for _ in range(3):
        make_bad_login(SHARED_HOST, pbx=hidden)
    make_bad_login(SHARED_HOST, tested_by=stranger)
    return hidden, trunk


def addresses(world: SiteWorld) -> dict[str, list[str]]:
    """Return what can be asked for, by the name of its route; none of it names what is hidden."""
    pbx, trunk = [world.pbx.slug], [world.pbx.slug, world.trunk.remote_id]
    ids = urlencode([("id", fetch.pk) for fetch in world.fetches])
    runs = [world.run, world.shared_run]
    audit_record(Action.PBX_CHANGED, by=None, pbx=world.hidden, details={"fields": ["zqfield"]})
    entry = audit_record(Action.PBX_CHANGED, by=None, pbx=world.pbx)
    make_share(world.hidden_trunk, world.person, "Zqlabel")
    share, token = make_share(world.trunk, world.person)
    return {
        "audit": [reverse("audit"), f"{reverse('audit')}?q=e"],
        "audit-entry": [entry.get_absolute_url()],
        "audit-file": [reverse("audit-file", args=[kind]) for kind in ("csv", "json")],
        "reveal": [reverse("reveal", args=trunk)],
        "shares": [reverse("shares"), f"{reverse('shares')}?show=all"],
        "share-new": [reverse("share-new", args=trunk)],
        "share-revoke": [reverse("share-revoke", args=[share.pk])],
        "shares-revoke-trunk": [reverse("shares-revoke-trunk", args=trunk)],
        "shares-revoke-person": [reverse("shares-revoke-person", args=[world.person.pk])],
        "share": [reverse("share", args=[token])],
        "reports": [reverse("reports")],
        "report": [*_reports("report")],
        "evidence": [*_reports("evidence")],
        "robots": [reverse("robots")],
        "overview": [reverse("overview")],
        "navigation": [reverse("navigation")],
        "trunks": [*_asked("trunks")],
        "dods": [*_asked("dods")],
        "pbxs": [*_asked("pbxs")],
        "trunk": [reverse("trunk", args=trunk)],
        "export": [
            f"{reverse('export', args=[name, kind])}?{urlencode(query)}"
            for name, kind, query in product(
                ("trunks", "dods", "pbxs"), ("csv", "xlsx", "json"), _QUESTIONS
            )
        ],
        "saved-views": [reverse("saved-views")],
        "saved-view": [reverse("saved-view", args=[world.own_view])],
        "saved-view-edit": [reverse("saved-view-edit", args=[world.own_view])],
        "saved-view-delete": [reverse("saved-view-delete", args=[world.own_view])],
        "search-completions": [*_completions(world)],
        "search": [
            f"{reverse('search')}?{urlencode({'q': line})}"
            for line in (
                "",
                "e",
                "s",
                "9",
                "76",
                "sip",
                "kind:peer",
                "-ext:1",
                "is:removed",
                "host:x",
            )
        ],
        "number": [reverse("number", args=["5503301"])],
        "extension": [reverse("extension", args=["1000"])],
        "fetches": [reverse("fetches"), f"{reverse('fetches')}?{ids}"],
        "runs": [reverse("runs")],
        "runs-live": [
            f"{reverse('runs-live')}?{urlencode([('id', run.pk) for run in [*runs, world.hidden_run]])}"
        ],
        "run": [
            f"{run.get_absolute_url()}?state={state}"
            for run, state in product(runs, ("", "failed", "waiting"))
        ],
        "pbx-add": [reverse("pbx-add")],
        "pbx": [reverse("pbx", args=pbx)],
        "pbx-edit": [reverse("pbx-edit", args=pbx)],
        "pbx-delete": [reverse("pbx-delete", args=pbx)],
        "healthz": [reverse("healthz")],
    }


def _reports(name: str) -> Iterator[str]:
    for query in ({}, {"q": "e"}, {"as_of": timezone.now().isoformat()}):
        yield f"{reverse(name)}?{urlencode(query)}"


def _asked(name: str) -> Iterator[str]:
    orders = [
        {"sort": sign + key} for sign in ("", "-") for key in ("pbx", "site", "name", "number")
    ]
    for query in (*_QUESTIONS, *orders):
        yield f"{reverse(name)}?{urlencode(query)}"


def _completions(world: SiteWorld) -> Iterator[str]:
    for name, fields in FIELDS_OF_LISTS.items():
        for asked, typed in product(fields, ("", "zq", "99", "76")):
            line = f"{asked.name}:{typed}"
            query: dict[str, Any] = {"list": name, "q": line, "caret": len(line)}
            query["trunk"] = world.hidden_trunk.pk
            yield f"{reverse('search-completions')}?{urlencode(query)}"
