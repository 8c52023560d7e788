"""The pages of saved views, the sidebar, and what lists say of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import make_saved_view
from tests.views.pages import HTMX, text_of
from trunks.models import SavedView

pytestmark = pytest.mark.django_db
URL = reverse("saved-views")
LEEDS = {"name": "Leeds", "address": "/trunks/?q=leeds&sort=-dods&page=3"}


@pytest.fixture
def other() -> User:
    return User.objects.create_user("olga")


@pytest.fixture
def sharer_client(viewer: User, viewer_client: Client) -> Client:
    """A browser of a person who may share views, and is no administrator."""
    viewer.user_permissions.add(Permission.objects.get(codename="share_savedview"))
    return viewer_client


def url_of(view: SavedView, what: str = "") -> str:
    return view.get_absolute_url() + (f"{what}/" if what else "")


# Saving


def test_saving_leads_to_the_list_which_knows_its_view(viewer, viewer_client):
    answer = viewer_client.post(URL, LEEDS)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/trunks/?q=leeds&sort=-dods&view=leeds"
    view = SavedView.objects.get()
    assert (view.owner, view.list_name, view.query) == (viewer, "trunks", "q=leeds&sort=-dods")
    assert "“Leeds” was saved." in text_of(viewer_client.get(answer.headers["Location"]))


def test_htmx_goes_to_the_list_too(viewer_client):
    answer = viewer_client.post(URL, LEEDS, headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/trunks/?q=leeds&sort=-dods&view=leeds"


def test_a_chinese_name_makes_a_chinese_address(viewer_client):
    answer = viewer_client.post(URL, {**LEEDS, "name": "厦门 中继"})
    view = SavedView.objects.get(slug="厦门-中继")
    assert answer.headers["Location"].endswith("view=%E5%8E%A6%E9%97%A8-%E4%B8%AD%E7%BB%A7")
    assert viewer_client.get("/views/厦门-中继/").headers["Location"] == view.list_url


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "Give the view a name."),
        ({"name": "x" * 81}, "Use at most 80 characters."),
        ({"name": "MINE"}, "You have a view of this name already."),
        ({"address": "/runs/"}, "This is no list that can be kept."),
        ({"address": ""}, "It is not known which list this is for."),
        ({"address": "/trunks/?q=" + "x" * 8000}, "This search is too long to be kept."),
    ],
)
def test_what_cannot_be_saved_is_explained_and_stays_typed(
    viewer, viewer_client, headers, change, sentence
):
    make_saved_view(viewer, "Mine")
    posted = {**LEEDS, **change}
    answer = viewer_client.post(URL, posted, headers=headers)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    form = answer.context["view_form"]
    assert (form["name"].value(), answer.context["address"]) == (posted["name"], posted["address"])
    assert ("<html" in answer.content.decode()) is (not headers)
    assert SavedView.objects.count() == 1


def test_who_may_not_share_saves_for_themselves_alone(viewer_client):
    viewer_client.post(URL, {**LEEDS, "is_shared": "on"})
    assert not SavedView.objects.get().is_shared


def test_who_may_share_saves_for_everybody(sharer_client):
    sharer_client.post(URL, {**LEEDS, "is_shared": "on"})
    assert SavedView.objects.get().is_shared


# Opening


def test_the_readable_address_leads_to_the_list(viewer, viewer_client):
    answer = viewer_client.get(url_of(make_saved_view(viewer)))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/trunks/?q=leeds&view=leeds")


def test_a_shared_view_opens_for_everybody(viewer_client, other):
    view = make_saved_view(other, is_shared=True)
    assert viewer_client.get(url_of(view)).status_code == 302


@pytest.mark.parametrize("what", ["", "edit", "delete", "question", "shared"])
def test_private_views_of_others_are_not_there_not_even_for_administrators(
    admin_client, viewer_client, other, what
):
    view = make_saved_view(other)
    for client in (admin_client, viewer_client):
        for ask in (client.get, client.post):
            answer = ask(url_of(view, what))
            assert answer.status_code in {404, 405}
    assert SavedView.objects.get().name == "Leeds"


def test_without_an_account_nothing_is_there(client, other):
    view = make_saved_view(other, is_shared=True)
    for url in (URL, url_of(view)):
        assert client.get(url).headers["Location"].startswith("/login/")


@pytest.mark.parametrize("slug", ["%00", "a%20b", "a.b", "nothing", "a%2Fb"])
def test_an_address_of_no_view_is_not_found(viewer_client, slug):
    assert viewer_client.get(f"/views/{slug}/").status_code == 404


# Changing


def test_renaming_leaves_address_and_sharing(viewer, viewer_client):
    view = make_saved_view(viewer)
    answer = viewer_client.post(url_of(view, "edit"), {"name": "York"}, follow=True)
    assert "“York” was saved." in text_of(answer)
    view.refresh_from_db()
    assert (view.name, view.slug, view.is_shared) == ("York", "leeds", False)


def test_a_name_that_is_taken_is_explained_and_stays_typed(viewer, viewer_client):
    make_saved_view(viewer, "York")
    answer = viewer_client.post(url_of(make_saved_view(viewer), "edit"), {"name": "york"})
    assert "You have a view of this name already." in text_of(answer)
    assert answer.context["view_form"]["name"].value() == "york"


def test_the_form_shares_for_those_who_may(viewer, sharer_client):
    view = make_saved_view(viewer)
    sharer_client.post(url_of(view, "edit"), {"name": "Leeds", "is_shared": "on"})
    assert SavedView.objects.get().is_shared
    sharer_client.post(url_of(view, "edit"), {"name": "Leeds"})
    assert not SavedView.objects.get().is_shared


def test_the_question_is_replaced_by_what_the_list_shows(viewer, viewer_client):
    view = make_saved_view(viewer)
    answer = viewer_client.post(
        url_of(view, "question"), {"address": "/trunks/?q=york&density=compact&view=leeds"}
    )
    assert answer.headers["Location"] == "/trunks/?q=york&density=compact&view=leeds"
    assert SavedView.objects.get().query == "q=york&density=compact"


@pytest.mark.parametrize("address", ["", "/dods/?q=york", "/runs/"])
def test_a_question_to_another_list_is_refused(viewer, viewer_client, address):
    view = make_saved_view(viewer)
    assert viewer_client.post(url_of(view, "question"), {"address": address}).status_code == 400
    assert SavedView.objects.get().query == "q=leeds"


def test_others_cannot_change_what_is_shared(viewer_client, admin_client, other):
    view = make_saved_view(other, is_shared=True)
    posts = {"edit": {"name": "Mine"}, "question": {"address": "/trunks/?q=york"}}
    for client in (viewer_client, admin_client):
        assert client.get(url_of(view, "edit")).status_code == 403
        for what, data in posts.items():
            assert client.post(url_of(view, what), data).status_code == 403
    view.refresh_from_db()
    assert (view.name, view.query) == ("Leeds", "q=leeds")


def test_viewers_cannot_withdraw_or_delete_what_others_share(viewer_client, other):
    view = make_saved_view(other, is_shared=True)
    assert viewer_client.get(url_of(view, "delete")).status_code == 403
    assert viewer_client.post(url_of(view, "delete")).status_code == 403
    assert viewer_client.post(url_of(view, "shared"), {"shared": "false"}).status_code == 403
    assert SavedView.objects.get().is_shared


def test_administrators_withdraw_and_delete_what_others_share(admin_client, other):
    one, two = (make_saved_view(other, name, is_shared=True) for name in ("One", "Two"))
    admin_client.post(url_of(one, "shared"), {"shared": "false"})
    assert "belongs to olga" in text_of(admin_client.get(url_of(two, "delete")))
    admin_client.post(url_of(two, "delete"))
    assert [(view.name, view.is_shared) for view in SavedView.objects.all()] == [("One", False)]


def test_sharing_needs_the_permission(viewer, viewer_client):
    view = make_saved_view(viewer)
    assert viewer_client.post(url_of(view, "shared"), {"shared": "true"}).status_code == 403
    assert not SavedView.objects.get().is_shared


def test_sharing_and_stopping_say_what_they_did(viewer, sharer_client):
    view = make_saved_view(viewer)
    shared = sharer_client.post(url_of(view, "shared"), {"shared": "true"}, follow=True)
    assert "Everybody now has “Leeds” among the saved views." in text_of(shared)
    stopped = sharer_client.post(url_of(view, "shared"), {"shared": "false"}, follow=True)
    assert "“Leeds” is now for its owner alone." in text_of(stopped)


def test_deleting_asks_first(viewer, viewer_client):
    view = make_saved_view(viewer)
    assert "Delete Leeds?" in text_of(viewer_client.get(url_of(view, "delete")))
    assert SavedView.objects.exists()
    answer = viewer_client.post(url_of(view, "delete"), follow=True)
    assert "“Leeds” was deleted." in text_of(answer)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("what", ["question", "shared"])
def test_looking_changes_nothing(viewer, viewer_client, what):
    assert viewer_client.get(url_of(make_saved_view(viewer), what)).status_code == 405


def test_a_post_of_another_site_is_refused(viewer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    view = make_saved_view(viewer)
    for url in (URL, *(url_of(view, what) for what in ("edit", "question", "shared", "delete"))):
        assert client.post(url, {**LEEDS, "shared": "true"}).status_code == 403
    assert SavedView.objects.count() == 1


# The page of all


def test_all_that_a_person_may_see_is_listed_own_first(viewer, viewer_client, other):
    make_saved_view(viewer, "York", query="")
    make_saved_view(other, "Aachen", is_shared=True)
    make_saved_view(other, "Secret")
    text = text_of(viewer_client.get(URL))
    assert "York Trunks everything you alone just now" in text
    assert "Aachen Trunks leeds everybody shared by olga" in text
    assert "Secret" not in text


def test_buttons_are_drawn_for_those_who_may_use_them(
    viewer, viewer_client, admin_client, administrator, other
):
    make_saved_view(other, "Theirs", is_shared=True)
    make_saved_view(viewer, "Mine")
    page = viewer_client.get(URL).content.decode()
    assert "Rename Mine" in page
    assert "Delete Mine" in page
    for absent in ("Share Mine", "Rename Theirs", "Stop sharing Theirs", "Delete Theirs"):
        assert absent not in page
    page = admin_client.get(URL).content.decode()
    assert "Stop sharing Theirs" in page
    assert "Delete Theirs" in page
    assert "Rename Theirs" not in page
    make_saved_view(administrator, "Own")
    assert "Share Own" in admin_client.get(URL).content.decode()


def test_no_views_yet_is_explained(viewer_client):
    assert "No view is saved yet." in text_of(viewer_client.get(URL))


def test_many_views_fill_several_pages_without_more_queries(
    viewer, viewer_client, django_assert_num_queries
):
    make_saved_view(viewer, "A view")
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(URL)
    for number in range(60):
        make_saved_view(viewer, f"View {number:02}", is_shared=True)
    with django_assert_num_queries(len(few)):
        assert "Page 1 of 2" in text_of(viewer_client.get(URL))
    assert "View 59" in text_of(viewer_client.get(f"{URL}?page=2"))


# The sidebar


def sidebar(client: Client, address: str) -> str:
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{address}"}
    return client.get(reverse("navigation"), headers=headers).content.decode()


def test_the_sidebar_has_no_group_without_views(viewer_client):
    assert "Saved views" not in sidebar(viewer_client, "/")


def test_the_sidebar_lists_views_and_leads_to_all(viewer, viewer_client, other):
    make_saved_view(viewer, "York")
    make_saved_view(other, "Aachen", is_shared=True)
    make_saved_view(other, "Secret")
    page = sidebar(viewer_client, "/")
    assert page.index("York") < page.index("Aachen") < page.index("All saved views")
    assert "Secret" not in page


def test_the_sidebar_marks_the_view_that_is_open(viewer, viewer_client):
    make_saved_view(viewer, "Leeds")
    make_saved_view(viewer, "York")
    for page in (
        sidebar(viewer_client, "/trunks/?q=leeds&view=leeds"),
        viewer_client.get("/trunks/?q=leeds&view=leeds").content.decode(),
    ):
        assert 'href="/views/leeds/" aria-current="page"' in page
        assert 'href="/views/york/">' in page
    assert 'href="/views/leeds/">' in sidebar(viewer_client, "/dods/?view=leeds")


# What a list includes


def on_list(user: User, name: str, saved_view: SavedView | None = None) -> str:
    """Render a fragment as a list of trunks does that shows q=leeds."""
    request: HttpRequest = RequestFactory().get("/trunks/")
    request.user = user
    form = SimpleNamespace(url=lambda: "/trunks/?q=leeds&view=leeds")
    context = {"form": form, "saved_view": saved_view}
    return render_to_string(f"trunks/{name}.html", context, request)


def test_a_list_offers_sharing_to_those_who_may(viewer, administrator):
    assert "Share with everybody" not in on_list(viewer, "_save_view")
    assert "Share with everybody" in on_list(administrator, "_save_view")


def test_a_list_posts_its_own_address(viewer):
    assert 'name="address" value="/trunks/?q=leeds&amp;view=leeds"' in on_list(viewer, "_save_view")


def test_a_list_that_differs_from_its_own_view_offers_to_update_it(viewer, other):
    same = make_saved_view(viewer, "Leeds")
    changed = make_saved_view(viewer, "York", query="q=york")
    theirs = make_saved_view(other, "Oslo", query="q=oslo", is_shared=True)
    assert "Update “York”" in on_list(viewer, "_save_view", changed)
    for view in (same, theirs, None):
        assert "Update" not in on_list(viewer, "_save_view", view)


def test_fragments_of_a_list_bring_its_new_address_to_the_header(viewer):
    fragment = on_list(viewer, "_list_address", make_saved_view(viewer, "York", query="q=york"))
    for part in ("save-view-address", "update-view", "list-layout-address"):
        assert f'id="{part}" hx-swap-oob="innerHTML"' in fragment
    assert "Update “York”" in fragment
