"""Who is limited to some sites sees nothing of the others: no text, no count, no link, and changes nothing there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.builders import make_binding, make_pbx, make_saved_view, make_share, make_trunk
from tests.views.pages import HTMX, fragment_of, text_of
from tests.views.site_world import (
    HIDDEN,
    MARKERS,
    SEEN,
    UNKNOWN,
    SiteWorld,
    addresses,
    make_site_world,
)
from trunks.models import ConnectionTest, Fetch, FetchRun, HeldAnswer, Pbx, SiteLimit
from trunks.services.site_limits import site_limits_set
from trunks.urls import urlpatterns

pytestmark = pytest.mark.django_db

# Routes that take no GET, or whose own page belongs to whoever made it.
WRITTEN_ONLY = {
    *("theme", "list-layout", "saved-view-question", "saved-view-shared"),
    # Its end would tell how long the audit log is; see below.
    "audit-head",
    *("run-cancel", "run-again", "pbx-enabled", "pbx-held", "connection-tests", "connection-test"),
}
# A file is no page, and only a search line asks for completions.
WAYS: dict[str, Sequence[dict[str, str]]] = {
    "export": [{}],
    "search-completions": [HTMX],
    "trunk": [{}, HTMX, {**HTMX, "HX-Target": "binding-table"}],
}


@pytest.fixture
def world(administrator: User, settings: Any) -> SiteWorld:
    """The two sites; the person is limited to one and may do everything there."""
    settings.PBXDASH_REVEAL = True
    return make_site_world(administrator)


def body_of(answer: Any) -> str:
    """Return all that an answer says, its headers and what a workbook packs included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as book:
            content = b"".join(map(book.read, book.namelist()))
    # Tokens against forged requests are made of any letters.
    text = re.sub(r"\b[0-9A-Za-z]{64}\b", "", content.decode(errors="replace"))
    return f"{text}\n{dict(answer.headers)}"


def markers_in(text: str) -> list[str]:
    """Return what stands around each marker."""
    found = re.finditer(f"(?i).{{0,60}}({'|'.join(MARKERS)}).{{0,40}}", text)
    return [one.group() for one in found]


def test_the_end_of_the_audit_log_is_for_those_who_see_all_of_it(admin_client, world):
    assert admin_client.get(reverse("audit-head")).status_code == 404
    answer = admin_client.get(reverse("audit-file", args=["json"]))
    assert json.loads(answer.getvalue())["about"]["head"] == ""
    site_limits_set(user=world.person, sites=[])
    assert admin_client.get(reverse("audit-head")).status_code == 200


def test_a_shared_link_shows_no_more_than_its_maker_may_see(client, world):
    site_limits_set(user=world.person, sites=[])
    _, token = make_share(world.hidden_trunk, world.person)
    assert client.get(reverse("share", args=[token])).status_code == 200
    site_limits_set(user=world.person, sites=[SEEN])
    assert client.get(reverse("share", args=[token])).status_code == 404


def test_every_route_has_an_address_here(world):
    assert {route.name for route in urlpatterns} == {*addresses(world), *WRITTEN_ONLY}


@pytest.mark.both_databases
@pytest.mark.parametrize("name", sorted({str(route.name) for route in urlpatterns} - WRITTEN_ONLY))
def test_no_answer_has_a_trace_of_another_site(admin_client, world, name):
    for url in addresses(world)[name]:
        for headers in WAYS.get(name, ({}, HTMX)):
            answer = admin_client.get(url, headers=headers)
            assert answer.status_code in {200, 302}, url
            assert markers_in(body_of(answer)) == [], url


@pytest.mark.parametrize("name", ["overview", "trunks", "dods", "pbxs", "runs", "saved-views"])
def test_an_unlimited_person_finds_the_markers_by_the_same_addresses(admin_client, world, name):
    site_limits_set(user=world.person, sites=[])
    seen = "".join(body_of(admin_client.get(url)) for url in addresses(world)[name])
    assert markers_in(seen)


@pytest.mark.both_databases
@pytest.mark.parametrize("page", ["search", "trunks", "dods", "pbxs"])
@pytest.mark.parametrize(
    "line",
    [
        *(
            "zq",
            "pbx:=zqslug",
            "site:=zqparis",
            "-site:zq",
            "name:zqtrunk",
            "host:zq,leeds",
            "sip zq",
        ),
        *(
            "99887766",
            "number:99887766",
            "number:=99887766",
            "ext:7654321",
            "issue:malformed 99887766",
        ),
    ],
)
def test_what_is_hidden_is_asked_for_as_what_nobody_has(admin_client, world, page, line):
    """The answer says of it what it says of an unknown text of the same form."""
    unknown = line
    for marker, other in UNKNOWN.items():
        unknown = unknown.replace(marker, other)
    for headers in ({}, HTMX):
        asked = admin_client.get(reverse(page), {"q": line}, headers=headers)
        other = admin_client.get(reverse(page), {"q": unknown}, headers=headers)
        assert _as_unknown(text_of(asked)) == text_of(other)
        assert markers_in(_as_unknown(body_of(asked))) == []


def _as_unknown(text: str) -> str:
    """Put what nobody has in the place of what was typed."""
    for marker, other in UNKNOWN.items():
        text = text.replace(marker, other)
    return text


@pytest.mark.parametrize(
    ("hidden", "unknown"),
    [
        ("/pbxs/zqslug/", "/pbxs/unknown/"),
        ("/pbxs/zqslug/edit/", "/pbxs/unknown/edit/"),
        ("/pbxs/zqslug/delete/", "/pbxs/unknown/delete/"),
        ("/pbxs/zqslug/trunks/1/", "/pbxs/branch/trunks/777/"),
        ("/views/zqview/", "/views/unknown/"),
    ],
)
def test_the_page_of_what_is_hidden_is_not_found_like_an_unknown_one(
    admin_client, world, hidden, unknown
):
    answers = [admin_client.get(url) for url in (hidden, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert markers_in(body_of(answers[0])) == []
    assert text_of(answers[0]) == text_of(answers[1])


def test_a_run_that_is_all_of_another_site_is_not_found(admin_client, world):
    assert admin_client.get(world.hidden_run.get_absolute_url()).status_code == 404
    for name in ("run-cancel", "run-again"):
        assert admin_client.post(reverse(name, args=[world.hidden_run.pk])).status_code == 404
    assert FetchRun.objects.count() == 3


def test_a_run_over_both_sites_is_shown_as_far_as_it_is_in_sight(admin_client, world):
    page = admin_client.get(world.shared_run.get_absolute_url())
    assert "0 of 1 done" in text_of(page)
    assert [fetch.pbx.name for fetch in page.context["shown"].lanes] == ["Branch"]


def test_a_run_of_a_site_that_its_pbx_has_left_does_not_name_it(admin_client, world):
    world.hidden_run.fetches.add(world.fetches[0])
    page = admin_client.get(world.hidden_run.get_absolute_url())
    assert "1 chosen PBX" in text_of(page)
    assert "Zqparis" not in body_of(page)


def test_numbers_and_extensions_of_other_sites_are_bound_nowhere(admin_client, world):
    for name in ("number", "extension"):
        for marker, other in UNKNOWN.items():
            asked = admin_client.get(reverse(name, args=[marker]))
            unknown = admin_client.get(reverse(name, args=[other]))
            assert _as_unknown(text_of(asked)) == text_of(unknown)
    page = admin_client.get(reverse("extension", args=["1000"]), {"pbx": "zqslug"})
    other = admin_client.get(reverse("extension", args=["1000"]), {"pbx": "qxslug"})
    assert _as_unknown(text_of(page)) == text_of(other)


def test_counts_are_of_what_is_in_sight(admin_client, world):
    page = text_of(admin_client.get(reverse("overview")))
    assert "of 2 PBXs" not in page
    shell = admin_client.get(reverse("trunks")).context["shell"]
    assert (shell.pbx_count, shell.trunk_count, shell.dod_count) == (1, 1, 1)
    for name in ("trunks", "dods", "pbxs"):
        for query in ("", "?count=all", "?q=e&count=all"):
            listing = admin_client.get(reverse(name) + query).context["listing"]
            assert (listing.count.number, listing.count.is_exact) == (1, True)


def test_names_of_sites_are_compared_as_the_search_compares_them(admin_client, world):
    site_limits_set(user=world.person, sites=["LEÉDS "])
    assert admin_client.get(world.pbx.get_absolute_url()).status_code == 200
    site_limits_set(user=world.person, sites=["Lee"])
    assert admin_client.get(world.pbx.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("site", ["Nowhere", " "])
def test_a_site_without_a_pbx_shows_nothing(admin_client, world, site):
    make_pbx("Without a site", site="")
    SiteLimit.objects.filter(user=world.person).update(site=site)
    for name in ("overview", "trunks", "dods", "pbxs", "runs", "fetches"):
        page = admin_client.get(reverse(name))
        assert page.status_code == 200
        assert markers_in(body_of(page)) == []
        assert page.context["shell"].pbx_count == 0
        assert "Branch" not in text_of(page)
        assert "Without a site" not in text_of(page)


def test_a_limit_holds_from_the_next_request_on(admin_client, world):
    assert admin_client.get(world.hidden.get_absolute_url()).status_code == 404
    site_limits_set(user=world.person, sites=[SEEN, HIDDEN])
    assert admin_client.get(world.hidden.get_absolute_url()).status_code == 200
    Pbx.objects.filter(pk=world.hidden.pk).update(site="Elsewhere")
    assert admin_client.get(world.hidden.get_absolute_url()).status_code == 404


def test_the_admin_is_closed_to_whom_is_limited(admin_client, world):
    assert admin_client.get(reverse("admin:index")).status_code == 302
    for name in ("trunks_pbx", "trunks_trunk", "trunks_fetch", "auth_user"):
        answer = admin_client.get(reverse(f"admin:{name}_changelist"), follow=True)
        assert markers_in(body_of(answer)) == []
    assert reverse("admin:index") not in admin_client.get(reverse("overview")).content.decode()
    site_limits_set(user=world.person, sites=[])
    assert admin_client.get(reverse("admin:index")).status_code == 200


# Writing


@pytest.mark.parametrize("action", ["edit", "enabled", "held", "delete"])
def test_what_is_hidden_cannot_be_changed(admin_client, world, action):
    held = HeldAnswer.objects.get()
    answer = admin_client.post(
        f"/pbxs/zqslug/{action}/", {"answer": "discard", "held": held.pk, "enabled": "false"}
    )
    assert answer.status_code == 404
    assert Pbx.objects.filter(slug="zqslug", enabled=True, name="Zqpbx").exists()
    assert HeldAnswer.objects.filter(pk=held.pk).exists()


def test_nothing_hidden_is_fetched(admin_client, world):
    before = Fetch.objects.filter(pbx=world.hidden).count()
    asked = {"pbx": ["zqslug", "unknown"], "trunk": [world.hidden_trunk.pk]}
    answer = fragment_of_post(admin_client, reverse("fetches"), asked)
    assert "Nothing was chosen" in text_of(answer)
    assert markers_in(body_of(answer)) == []
    assert Fetch.objects.filter(pbx=world.hidden).count() == before


def fragment_of_post(client: Client, url: str, data: dict[str, Any]) -> Any:
    return client.post(url, data, headers=HTMX)


@pytest.mark.parametrize("scope", ["all", "chosen"])
def test_a_run_over_all_is_over_what_is_in_sight(admin_client, world, scope):
    data = {"scope": scope, "pbx": ["branch", "zqslug"]}
    admin_client.post(reverse("runs"), data)
    run = FetchRun.objects.latest("pk")
    assert [fetch.pbx for fetch in run.fetches.all()] == [world.pbx]
    assert run.scope == "chosen"


def test_a_run_over_a_hidden_site_is_one_over_none(admin_client, world):
    answers = [
        text_of(admin_client.post(reverse("runs"), {"scope": "site", "site": site}, follow=True))
        for site in (HIDDEN, "Qxparis")
    ]
    assert answers[0].replace(HIDDEN, "Qxparis") == answers[1]
    assert FetchRun.objects.count() == 3


def test_only_what_is_in_sight_of_a_run_is_given_up(admin_client, world):
    Fetch.objects.filter(runs=world.shared_run).update(requested_by=world.person)
    world.run.fetches.clear()
    page = admin_client.post(reverse("run-cancel", args=[world.shared_run.pk]), follow=True)
    assert "1 PBX that waited was given up" in text_of(page)
    states = dict(world.shared_run.fetches.values_list("pk", "state"))
    assert [states[fetch.pk] for fetch in world.fetches[:3]] == ["cancelled", "queued", "failed"]
    world.shared_run.refresh_from_db()
    assert world.shared_run.cancelled_at is None


def test_what_another_run_waits_for_is_not_given_up(admin_client, world):
    admin_client.post(reverse("run-cancel", args=[world.shared_run.pk]))
    assert Fetch.objects.get(pk=world.fetches[0].pk).state == "queued"


def test_only_failures_in_sight_are_tried_again(admin_client, world):
    answer = admin_client.post(reverse("run-again", args=[world.shared_run.pk]), follow=True)
    assert "There is nothing to try again" in text_of(answer)
    Fetch.objects.filter(pk=world.fetches[0].pk).update(state="failed", reason="refused")
    admin_client.post(reverse("run-again", args=[world.shared_run.pk]))
    assert [one.pbx for one in FetchRun.objects.latest("pk").fetches.all()] == [world.pbx]


def test_no_connection_is_tested_with_what_is_kept_of_a_hidden_pbx(admin_client, world):
    answer = admin_client.post(reverse("connection-tests"), {"pbx": "zqslug"})
    assert answer.status_code == 404
    assert not ConnectionTest.objects.exists()


@pytest.mark.parametrize("address", ["/pbxs/new/", "/pbxs/branch/edit/"])
@pytest.mark.parametrize(("site", "is_refused"), [("Zqparis", True), ("", True), ("leeds", False)])
def test_a_pbx_is_put_only_where_the_person_sees_it(admin_client, world, address, site, is_refused):
    data = {"name": "Other", "site": site, "address": "192.168.5.151", "trust": "system"}
    page = admin_client.post(address, {**data, "username": "api", "password": "typed"})
    said = "write the name of one of these" in page.content.decode()
    assert said == is_refused


def test_what_others_share_is_seen_of_those_who_see_no_more(admin_client, world, viewer):
    make_saved_view(viewer, "Of a colleague", is_shared=True)
    address = reverse("saved-views")
    assert "Of a colleague" not in text_of(admin_client.get(address))
    site_limits_set(user=viewer, sites=[SEEN, HIDDEN])
    assert "Of a colleague" not in text_of(admin_client.get(address))
    site_limits_set(user=viewer, sites=[SEEN])
    assert "Of a colleague" in text_of(admin_client.get(address))
    assert "Mine" in text_of(admin_client.get(address))


def test_no_list_says_that_it_is_a_view_of_somebody_who_sees_more(admin_client, world):
    page = admin_client.get(reverse("trunks"), {"view": world.hidden_view})
    assert page.context["saved_view"] is None
    assert "Zqview" not in page.content.decode()


# What it costs


def test_lists_cost_a_limited_person_no_more_with_more_rows(
    admin_client, world, django_assert_max_num_queries
):
    def fill(begin: int) -> None:
        for number in range(begin, begin + 30):
            trunk = make_trunk(make_pbx(f"More {number:03}", site=SEEN), f"SIP-{number:03}")
            make_binding(trunk, f"55033{number:03}")

    queries = {}
    fill(0)
    for name in ("trunks", "dods", "pbxs", "overview", "search"):
        url = f"{reverse(name)}?{urlencode({'q': 'sip'})}"
        with django_assert_max_num_queries(50) as few:
            assert fragment_of(admin_client, url).status_code == 200
        queries[url] = len(few)
    fill(30)
    for url, few in queries.items():
        with django_assert_max_num_queries(few):
            fragment_of(admin_client, url)
