"""Auditors: everything can be seen, nothing changed, and nothing is drawn that would be refused."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from tests.builders import make_binding, make_pbx, make_person, make_saved_view, make_trunk
from tests.views.pages import HTMX, text_of
from trunks.models import Density, Fetch, ListName, ListPreference, Pbx, SavedView
from trunks.roles import RoleName
from trunks.services.list_preferences import list_preference_keep
from trunks.services.roles import NotAllowed
from trunks.services.saved_views import saved_view_add, saved_view_change, saved_view_delete

pytestmark = pytest.mark.django_db
REFUSED = "You are an auditor: you can see everything and change nothing."
# Where a form of an auditor may lead.
OPEN = {"/theme/", "/language/", "/logout/", "/account/session/stay/"}


@pytest.fixture
def trunk():
    pbx = make_pbx("Leeds")
    make_pbx("Jena")
    trunk = make_trunk(pbx, "SIP-A")
    make_binding(trunk)
    return trunk


@pytest.fixture
def pages(auditor, trunk) -> list[str]:
    """The pages of the site, with a saved view of the auditor's own and one that is shared."""
    make_saved_view(auditor, "Mine", query="q=sip")
    make_saved_view(User.objects.create_user("olga"), "Shared", is_shared=True)
    return [
        *(
            reverse(name)
            for name in ("overview", "trunks", "dods", "pbxs", "runs", "saved-views", "search")
        ),
        "/trunks/?q=leeds&view=mine",
        trunk.get_absolute_url(),
        trunk.pbx.get_absolute_url(),
        reverse("number", args=["5503301"]),
        reverse("extension", args=["1000"]),
    ]


def refused(client: Client, pages: list[str]) -> set[str]:
    """Press and follow all that pages offer, each address once, and return what is refused."""
    offered: set[tuple[str, str]] = set()
    for page in pages:
        html = client.get(page).content.decode()
        for form in re.findall(r'<form[^>]*method="post"[^>]*>', html):
            offered |= {("POST", path) for path in re.findall(r'\saction="([^"?#]+)', form)}
        offered |= {("GET", path) for path in re.findall(r'<a[^>]*\shref="(/[^"?#]*)', html)}
    # Files are for all, and take long; who logs out is nobody any more.
    kept = {
        (method, path) for method, path in offered if "/export." not in path and path != "/logout/"
    }
    assert len(kept) > len(pages)
    return {path for method, path in kept if client.generic(method, path).status_code == 403}


# Refusing


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["/fetches/", "/trunks/", "/admin/", "/pbxs/leeds/delete/"])
def test_a_request_that_could_write_is_refused_with_a_sentence(auditor_client, trunk, method, path):
    answer = auditor_client.generic(method, path, headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert REFUSED in text_of(answer)
    assert "whatever other roles you have" in text_of(answer)


def test_htmx_gets_the_sentence_alone(auditor_client):
    answer = auditor_client.post(reverse("fetches"), headers=HTMX)
    assert answer.status_code == 403
    assert REFUSED in text_of(answer)
    assert "<html" not in answer.content.decode()


def test_a_page_tells_auditors_why_htmx_was_refused(auditor_client):
    assert f'data-refused="{REFUSED}' in auditor_client.get("/").content.decode()


@pytest.mark.parametrize("other", ["operator", "administrator"])
def test_another_role_beside_it_changes_nothing(auditor, auditor_client, trunk, other):
    auditor.groups.add(Group.objects.get(name=other))
    assert auditor_client.post(reverse("fetches"), {"pbx": "leeds"}).status_code == 403
    assert not Fetch.objects.exists()
    assert "Fetch now" not in text_of(auditor_client.get(trunk.get_absolute_url()))


def test_a_superuser_in_the_group_is_refused_too(administrator, admin_client, trunk):
    administrator.groups.add(Group.objects.get(name="auditor"))
    assert admin_client.post(reverse("pbx-delete", args=["leeds"])).status_code == 403
    assert Pbx.objects.filter(slug="leeds").exists()


def test_it_holds_from_the_next_request_on(viewer, viewer_client):
    assert viewer_client.post(reverse("saved-views"), {}).status_code == 200
    viewer.groups.add(Group.objects.get(name="auditor"))
    assert viewer_client.post(reverse("saved-views"), {}).status_code == 403


@pytest.mark.parametrize("path", ["/theme/", "/language/", "/logout/", "/login/"])
def test_language_theme_and_leaving_are_no_data(auditor_client, path):
    assert auditor_client.post(path, {"theme": "dark", "language": "zh-hans"}).status_code == 302


def test_an_auditor_can_log_in(client, auditor):
    fields = {"username": "audrey", "password": "correct horse battery"}
    assert client.post(reverse("login"), fields).status_code == 302
    assert client.get("/").status_code == 200


# Services refuse too, for whoever reaches them in another way


def test_services_keep_nothing_for_an_auditor(auditor):
    own = make_saved_view(auditor, "Mine")
    with pytest.raises(NotAllowed):
        saved_view_add(owner=auditor, list_name=ListName.TRUNKS, name="New", query="")
    with pytest.raises(NotAllowed):
        saved_view_change(view=own, by=auditor, name="Other")
    with pytest.raises(NotAllowed):
        saved_view_delete(view=own, by=auditor)
    with pytest.raises(NotAllowed):
        list_preference_keep(
            user=auditor, list_name=ListName.TRUNKS, cols="", density=Density.COMPACT
        )
    assert SavedView.objects.get() == own
    assert not ListPreference.objects.exists()


# What is drawn


def test_no_form_leads_where_an_auditor_may_not_go(auditor_client, pages):
    for page in pages:
        html = auditor_client.get(page).content.decode()
        posts = re.findall(r"<form[^>]*method=\"post\"[^>]*>", html)
        targets = {action for form in posts for action in re.findall(r'action="([^"]+)"', form)}
        assert len(posts) == sum('action="' in form for form in posts), page
        assert targets <= OPEN, page
        assert "hx-post" not in html, page
        assert "Save view" not in html, page


def test_no_link_leads_to_a_refusal(auditor_client, pages):
    assert refused(auditor_client, pages) == set()


def test_a_fragment_sends_nothing_for_forms_that_are_not_there(auditor_client, trunk):
    html = auditor_client.get(reverse("trunks"), headers=HTMX).content.decode()
    assert "save-view" not in html
    assert "update-view" not in html


def test_the_account_menu_says_what_an_auditor_is(auditor_client, viewer_client):
    sentence = "Auditor: you can see everything and change nothing."
    assert sentence in text_of(auditor_client.get("/"))
    assert sentence not in text_of(viewer_client.get("/"))


# Columns, without keeping them


def test_columns_are_chosen_in_the_address(auditor_client, trunk):
    html = auditor_client.get("/trunks/?q=sip&sort=-dods").content.decode()
    form = html.partition('id="list-layout"')[2].partition("</form>")[0]
    assert 'method="get" action="/trunks/"' in form
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert sent == {"q": "sip", "sort": "-dods", "cols": "name"}
    answer = auditor_client.get("/trunks/?q=sip&sort=-dods&cols=name&cols=domain&density=compact")
    assert list(answer.context["form"].shows) == ["name", "domain"]
    assert answer.context["form"].density == "compact"
    assert not ListPreference.objects.exists()


def test_the_form_of_columns_follows_the_search(auditor_client, trunk):
    html = auditor_client.get("/trunks/?q=sip", headers=HTMX).content.decode()
    follows = html.partition('id="list-layout-address"')[2].partition("</span>")[0]
    assert '<input type="hidden" name="q" value="sip">' in follows


def test_the_usual_columns_are_a_link(auditor_client, trunk):
    answer = auditor_client.get("/trunks/?q=sip&cols=name,domain&density=compact")
    assert '<a class="button quiet" href="/trunks/?q=sip">' in answer.content.decode()


# The other roles


@pytest.mark.parametrize("role", [*RoleName, None])
def test_no_page_of_any_role_has_a_button_or_link_that_is_refused(trunk, role):
    client = Client()
    client.force_login(make_person("somebody", role))
    pages = ["/", "/trunks/", "/dods/", "/pbxs/", "/runs/", "/views/"]
    assert (
        refused(client, [*pages, trunk.pbx.get_absolute_url(), trunk.get_absolute_url()]) == set()
    )
