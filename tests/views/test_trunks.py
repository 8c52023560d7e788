"""The list of trunks."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import fragment_of, names_in, text_of
from trunks.models import Trunk, TrunkState

URL = reverse("trunks")
pytestmark = pytest.mark.django_db


def test_it_lists_what_is_known_of_each_trunk(viewer_client):
    trunk = make_trunk(make_pbx("Leeds"), "SIP-A", remote_id="15", username="alice")
    make_binding(trunk)
    text = text_of(viewer_client.get(URL))
    assert "SIP-A #15 Leeds Register sip.itsp.example:5060 alice 1 not reported just now" in text


def test_nobody_sees_it_without_logging_in(client):
    assert client.get(URL).url == f"{reverse('login')}?next={URL}"


def test_nothing_is_written_here(admin_client):
    assert admin_client.post(URL).status_code == 405


@pytest.mark.parametrize(
    "line",
    ["leeds", "pbx:=leeds", "kind:peer", "is:bound", "leeds kind:peer", "-pbx:=hq", "ext:=1000"],
)
def test_search_and_filters_leave_the_others_out(viewer_client, line):
    make_trunk(make_pbx("HQ"), "other")
    make_binding(make_trunk(make_pbx("Leeds"), "wanted", kind="peer"))
    assert names_in(viewer_client.get(URL, {"q": line})) == ["wanted"]


def test_what_matches_is_marked(viewer_client):
    make_trunk(make_pbx(), "SIP-A", username="<b>&55")
    page = viewer_client.get(f"{URL}?q=55").content.decode()
    assert "&lt;b&gt;&amp;<mark>55</mark>" in page


def test_removed_trunks_are_hidden_until_asked_for(viewer_client):
    pbx = make_pbx()
    make_trunk(pbx, "gone", removed_at=timezone.now())
    make_trunk(pbx, "here")
    assert names_in(viewer_client.get(URL)) == ["here"]
    assert names_in(viewer_client.get(f"{URL}?q=is:removed")) == ["gone"]
    assert names_in(viewer_client.get(f"{URL}?q=is:removed,present")) == ["gone", "here"]


def test_the_count_is_said_in_words(viewer_client):
    pbx = make_pbx()
    for name in ("SIP-A", "SIP-B", "other"):
        make_trunk(pbx, name, host=None)
    assert "3 trunks on 1 PBX" in text_of(viewer_client.get(URL))
    assert "2 trunks match “sip-”" in text_of(viewer_client.get(f"{URL}?q=sip-"))
    assert "1 trunk matches “other”" in text_of(viewer_client.get(f"{URL}?q=other"))
    assert "0 trunks match “is:bound”" in text_of(viewer_client.get(f"{URL}?q=is:bound"))


def test_what_a_kind_lacks_differs_from_what_is_not_reported_or_not_set(viewer_client):
    pbx = make_pbx()
    make_trunk(pbx, "1", kind="peer")
    make_trunk(pbx, "2", kind="register")
    make_trunk(pbx, "3", kind="register", username="")
    cells = [
        part.split("just")[0].split("5060")[1].strip()
        for part in text_of(viewer_client.get(URL)).split(" #")[1:]
    ]
    assert cells == [
        "—not applicable not reported not reported",
        "not reported not reported not reported",
        "not set not reported not reported",
    ]


def test_no_bindings_and_none_reported_differ(viewer_client):
    make_trunk(make_pbx(), username="alice", extensions_dod="", groups_dod="")
    assert "alice 0 not reported just now" in text_of(viewer_client.get(URL))


@pytest.mark.parametrize(
    ("pbx", "trunk", "state"),
    [
        ({}, {}, TrunkState.FRESH),
        ({}, {"observed_at": timezone.now() - timedelta(days=3)}, TrunkState.STALE),
        ({"failing_since": timezone.now()}, {}, TrunkState.FAILING),
        ({"enabled": False, "failing_since": timezone.now()}, {}, TrunkState.DISABLED),
        ({"enabled": False}, {"removed_at": timezone.now()}, TrunkState.REMOVED),
    ],
)
def test_the_worst_state_is_shown_and_sorted_by(viewer_client, pbx, trunk, state):
    make_trunk(make_pbx(**pbx), **trunk)
    row = Trunk.objects.to_sort().get()
    assert row.state == state
    assert vars(row)["severity"] == list(TrunkState).index(state)
    badge = f">{state.label}</span></td>"
    page = viewer_client.get(f"{URL}?q=is:removed,present").content.decode()
    assert (badge in page) == (state != TrunkState.FRESH)


def test_pbxs_that_do_not_answer_are_named_above_the_list(viewer_client):
    make_pbx("HQ")
    make_pbx("Leeds", failing_since=timezone.now())
    assert "1 of 2 PBXs not answering: Leeds" in text_of(viewer_client.get(URL))
    assert "not answering:" not in text_of(viewer_client.get(f"{URL}?q=pbx:=hq"))


@pytest.mark.parametrize(
    ("shown", "typed", "trigger", "is_told"),
    [
        ("q=sip", "sip-a", "trunk-filters", False),
        ("q=sip pbx:=leeds", "sip-a pbx:=leeds", "trunk-filters", False),
        ("q=sip", "sip pbx:=leeds", "trunk-filters", True),
        ("q=sip site:north", "sip", "trunk-filters", True),
        ("q=sip", "sip", "trunk-table-by-name", True),
        ("q=sip", "sip", "", True),
    ],
    ids=["word", "word beside a PBX", "PBX named", "site gone", "sorted", "read anew"],
)
def test_a_letter_typed_leaves_what_is_told_of_pbxs_where_it_is(
    viewer_client, shown, typed, trigger, is_told
):
    make_pbx("HQ")
    make_pbx("Leeds", failing_since=timezone.now())
    answer = fragment_of(
        viewer_client,
        f"{URL}?{urlencode({'q': typed})}",
        **{
            "HX-Trigger": trigger,
            "HX-Target": "trunk-table",
            "HX-Current-URL": f"http://testserver{URL}?{quote(shown, safe='=')}",
        },
    )
    assert ("not answering" in text_of(answer)) == is_told
    assert (b'id="trunk-table-freshness"' in answer.content) == is_told


@pytest.mark.parametrize("name", ["pbx", "服务器"])
def test_doubts_lead_to_the_pbxs_that_the_list_is_about(viewer_client, name):
    for pbx in ("Leeds", "Lisbon", "Oslo"):
        make_pbx(pbx, failing_since=timezone.now())
    freshness = viewer_client.get(URL, {"q": f"{name}:=leeds,oslo"}).context["freshness"]
    assert names_in(viewer_client.get(freshness.doubts[0].url)) == ["Leeds", "Oslo"]


def test_without_a_pbx_it_offers_to_add_one_to_those_who_may(admin_client, viewer_client):
    assert "There is no PBX yet. Add a PBX" in text_of(admin_client.get(URL))
    assert "An administrator can add one." in text_of(viewer_client.get(URL))


def test_before_the_first_fetch_it_says_so(viewer_client):
    make_pbx()
    assert "No trunk has been read from any PBX yet." in text_of(viewer_client.get(URL))


def test_a_search_that_finds_nothing_offers_to_clear_it(viewer_client):
    make_trunk(make_pbx())
    page = viewer_client.get(f"{URL}?q=zzz")
    assert "No trunk matches “zzz”. Clear the search" in text_of(page)
    assert f'<a class="button" href="{URL}">' in page.content.decode()


def test_nonsense_in_the_address_shows_the_list_and_explains(viewer_client):
    make_trunk(make_pbx(), "here")
    page = viewer_client.get(f"{URL}?q=%00+kinds:peer+is:tired&sort=%27&after=-3&cols=x&density=9")
    assert names_in(page) == ["here"]
    assert "kinds:peer was not searched: This list has no such field" in text_of(page)
    assert "is:tired was not searched: There is no such value" in text_of(page)


def test_parameters_that_lists_had_before_mean_nothing(viewer_client):
    make_trunk(make_pbx(), "here")
    old = "pbx=x&kind=peer&dod=1&registration=failure&removed=1&target=group&issue=none&trunk=9"
    page = viewer_client.get(f"{URL}?{old}&state=stale&site=x&page=4")
    assert names_in(page) == ["here"]
    assert page.context["listing"].url == URL


def test_htmx_gets_the_fragment_alone_and_the_counts_beside_it(viewer_client):
    make_trunk(make_pbx())
    fragment = fragment_of(viewer_client, f"{URL}?q=sip").content.decode().strip()
    assert fragment.startswith('<div id="trunk-table">')
    assert '<div id="trunk-count" hx-swap-oob="innerHTML">' in fragment
    assert "trunk-search" not in fragment


@pytest.mark.parametrize("header", ["HX-History-Restore-Request", "HX-Boosted"])
def test_going_back_gets_the_whole_page_with_the_question_in_its_box(viewer_client, header):
    page = fragment_of(viewer_client, f"{URL}?q=sip", **{header: "true"}).content.decode()
    assert "<html" in page
    assert 'name="q" value="sip"' in page
    assert "hx-swap-oob" not in page


def test_the_address_bar_follows_with_nothing_empty_in_it(viewer_client):
    make_trunk(make_pbx())
    answer = fragment_of(viewer_client, f"{URL}?q=sip&sort=&after=nowhere")
    assert answer["HX-Push-Url"] == f"{URL}?q=sip"


def test_reading_the_same_list_anew_makes_no_entry_in_the_history(viewer_client):
    here = {"HX-Current-URL": f"http://testserver{URL}?sort=&q=sip"}
    assert "HX-Push-Url" not in fragment_of(viewer_client, f"{URL}?q=sip", **here)


def test_only_those_who_may_fetch_can_tick_rows(viewer, viewer_client):
    make_trunk(make_pbx())
    assert "Fetch selected" not in text_of(viewer_client.get(URL))
    assert b'name="trunk"' not in viewer_client.get(URL).content
    viewer.user_permissions.add(Permission.objects.get(codename="add_fetch"))
    assert "Fetch selected" in text_of(viewer_client.get(URL))


def test_rows_that_cannot_be_fetched_cannot_be_ticked(admin_client):
    make_trunk(make_pbx(enabled=False))
    assert b'name="trunk"' not in admin_client.get(URL).content


def test_row_numbers_have_no_thousands_separator(admin_client):
    make_binding(make_trunk(make_pbx(), id=1_234_567))
    page = admin_client.get(URL).content.decode()
    assert 'value="1234567"' in page


def test_more_rows_cost_no_more_queries(viewer_client, django_assert_num_queries):
    make_rows(3)
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(f"{URL}?q=sip")
    make_rows(57)
    with django_assert_num_queries(len(few)):
        assert viewer_client.get(f"{URL}?q=sip").context["listing"].count.number == 60


def make_rows(count):
    for number in range(count):
        make_binding(make_trunk(make_pbx(f"P{count}-{number}"), "SIP"))


def test_a_number_that_is_no_trunk_may_be_a_dod_binding(viewer_client):
    make_trunk(make_pbx())
    text = viewer_client.get(reverse("trunks"), {"q": "+44 20"}).content.decode()

    assert f'href="{reverse("dods")}?q=%2B44%2020"' in text
