"""The page of a number and the page of an extension."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import text_of
from trunks.models import DodIssue, TargetKind
from trunks.usage import BINDINGS_SHOWN, PBXS_SHOWN

pytestmark = pytest.mark.django_db

numbers = st.one_of(
    st.text("0123456789+*#() -./\\%?&;:@,=~'\"\n", min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
)


@pytest.fixture
def trunk():
    return make_trunk(make_pbx("Leeds"), "SIP-A")


def number_page(client, number="5503301"):
    return client.get(reverse("number", args=[number]))


def extension_page(client, number="1000", **query):
    return client.get(reverse("extension", args=[number]), query)


@pytest.mark.parametrize("page", ["number", "extension"])
def test_nobody_sees_it_without_logging_in(client, page):
    assert client.get(reverse(page, args=["1"])).url.startswith(reverse("login"))


@given(number=numbers)
@pytest.mark.parametrize("page", ["number", "extension"])
def test_an_address_leads_back_to_its_number_whatever_that_holds(page, number):
    match = resolve(unquote(reverse(page, args=[number])))
    assert (match.url_name, match.kwargs) == (page, {"number": number})


@pytest.mark.parametrize("number", ["+44 20/79", "*98#", "50%2F3", "a?b", "1//2", "\0", " ", '5"5'])
@pytest.mark.parametrize("page", ["number", "extension"])
def test_signs_in_a_number_survive_the_way_to_its_page(viewer_client, page, number):
    answer = viewer_client.get(reverse(page, args=[number]))
    assert answer.status_code == 200
    assert answer.context["number"] == number


def test_a_number_is_listed_with_its_trunk_its_name_and_whom_it_is_bound_to(viewer_client, trunk):
    make_binding(trunk, "5503301", "front desk", "1000")
    text = text_of(number_page(viewer_client))
    assert "1 DOD binding on 1 PBX" in text
    assert "SIP-A 5503301 front desk Extension 1000 just now" in text


def test_a_number_leads_to_trunk_pbx_extension_and_list(viewer_client, trunk):
    make_binding(trunk, "+44 20", target="1000")
    page = number_page(viewer_client, "+44 20").content.decode()
    assert f'href="{trunk.get_absolute_url()}"' in page
    assert f'href="{trunk.pbx.get_absolute_url()}"' in page
    assert 'href="/extensions/1000/?pbx=leeds"' in page
    assert 'href="/dods/?q=number%3A%3D%22%2B44%2020%22"' in page
    assert 'data-copy="+44 20"' in page


@pytest.mark.parametrize("asked", ["+44 20 7946 0018", "020 7946 0018", "00442079460018"])
def test_every_form_of_a_number_is_found(viewer_client, asked):
    pbx = make_pbx(country_code="44", national_prefix="0")
    make_binding(make_trunk(pbx), "442079460018", "desk")
    assert "442079460018 desk" in text_of(number_page(viewer_client, asked))


def test_a_longer_number_is_another_one(viewer_client, trunk):
    make_binding(trunk, "55033011")
    assert "No PBX reported this number" in text_of(number_page(viewer_client))


def test_a_number_that_no_line_could_ask_for_is_found_too(viewer_client, trunk):
    long = '5"' + "5" * 300
    make_binding(trunk, long, "long one")
    assert "long one" in text_of(number_page(viewer_client, long))


def test_bindings_are_grouped_by_pbx_with_the_state_of_each(viewer_client):
    old = timezone.now() - timedelta(days=3)
    make_binding(make_trunk(make_pbx("York", observed_at=old), "Y", observed_at=old))
    make_binding(make_trunk(make_pbx("Leeds"), "L"))
    text = text_of(number_page(viewer_client))
    assert text.index("Leeds Fetched just now") < text.index("York Stale: 3 d ago")
    assert "3 d ago Stale" in text


def test_an_unknown_number_says_what_was_looked_for_and_what_was_not_read(viewer_client):
    make_pbx("Leeds")
    make_pbx("York", observed_at=None)
    answer = number_page(viewer_client, "55-03")
    text = text_of(answer)
    assert answer.status_code == 200
    assert "No PBX reported this number, as far as they were read." in text
    assert "Looked for “55-03” and for its digits, 5503." in text
    assert "1 of 2 PBXs never fetched: York" in text


def test_without_any_pbx_the_page_leads_to_adding_one(viewer_client):
    assert "No PBX reported this number" not in text_of(number_page(viewer_client))


def test_removed_trunks_are_named_but_not_counted(viewer_client, trunk):
    gone = make_trunk(trunk.pbx, "Old", removed_at=timezone.now())
    make_binding(gone)
    text = text_of(number_page(viewer_client))
    assert "0 DOD bindings" in text
    assert "reports these trunks no longer: Old on Leeds, removed just now" in text


def test_unreadable_text_with_the_number_is_pointed_at(viewer_client, trunk):
    make_binding(trunk, "", "", "", raw="5503301=desk", issue=DodIssue.MALFORMED)
    page = number_page(viewer_client)
    assert "stands in text that could not be read" in text_of(page)
    assert "/dods/?q=%225503301%22%20is%3Amalformed" in page.content.decode()


def test_a_few_digits_are_not_looked_for_in_unreadable_text(viewer_client, trunk):
    make_binding(trunk, "", "", "", raw="5503301=desk", issue=DodIssue.MALFORMED)
    assert "could not be read" not in text_of(number_page(viewer_client, "33"))


def test_more_bindings_than_are_counted_are_called_more(viewer_client, trunk, monkeypatch):
    monkeypatch.setattr("trunks.usage.LOOKED_AT", 2)
    for _ in range(4):
        make_binding(trunk)
    text = text_of(number_page(viewer_client))
    assert "More than 2 DOD bindings" in text
    assert "There are more than are shown here." in text


def test_a_group_is_named_as_one(viewer_client, trunk):
    make_binding(trunk, target="sales", target_kind=TargetKind.GROUP)
    assert "Group sales" in text_of(number_page(viewer_client))


def test_an_extension_shows_its_numbers_on_each_pbx(viewer_client, trunk):
    make_binding(trunk, "1", "desk")
    make_binding(make_trunk(make_pbx("York"), "Y"), "2", "shop")
    text = text_of(extension_page(viewer_client))
    assert "2 DOD bindings on 2 PBXs" in text
    assert "SIP-A 1 desk" in text
    assert "Y 2 shop" in text


def test_the_group_of_the_same_name_is_not_the_extension(viewer_client, trunk):
    make_binding(trunk, "1", target="1000", target_kind=TargetKind.GROUP)
    text = text_of(extension_page(viewer_client))
    assert "No PBX reported a binding of its own for this extension" in text
    assert "Who is in a group is not kept" in text


def test_bound_on_several_trunks_the_routes_decide(viewer_client, trunk):
    make_binding(trunk, "1")
    assert "outbound routes" not in text_of(extension_page(viewer_client))
    make_binding(make_trunk(trunk.pbx, "B"), "2")
    assert "decided by the outbound routes" in text_of(extension_page(viewer_client))


def test_bound_twice_on_one_trunk_nobody_knows(viewer_client, trunk):
    make_binding(trunk, "1")
    make_binding(trunk, "2")
    assert "Bound more than once on one trunk" in text_of(extension_page(viewer_client))


def test_an_extension_can_be_narrowed_to_one_pbx(viewer_client, trunk):
    make_binding(trunk, "1")
    make_binding(make_trunk(make_pbx("York"), "Y"), "2")
    page = extension_page(viewer_client, pbx="york")
    assert [place.pbx.name for place in page.context["usage"].places] == ["York"]
    assert "Only on York. Show it on all PBXs" in text_of(page)
    assert "/dods/?q=ext%3A%3D1000&amp;pbx=york" in page.content.decode()


def test_an_unknown_pbx_in_the_address_is_said_and_all_are_shown(viewer_client, trunk):
    make_binding(trunk, "1")
    text = text_of(extension_page(viewer_client, pbx="nowhere\0"))
    assert "There is no PBX named “nowhere”; showing all." in text
    assert "1 DOD binding on 1 PBX" in text


def test_at_most_fifty_pbxs_are_shown_and_the_list_has_the_rest(viewer_client):
    for number in range(PBXS_SHOWN + 1):
        make_binding(make_trunk(make_pbx(f"P{number:02}")), "1")
    page = extension_page(viewer_client)
    assert [place.pbx.name for place in page.context["usage"].places][-1] == "P49"
    assert "51 DOD bindings on 51 PBXs" in text_of(page)
    assert "There are more than are shown here. All of them in the list" in text_of(page)


def test_a_number_bound_very_often_is_cut_and_says_so(viewer_client, trunk):
    for _ in range(BINDINGS_SHOWN + 1):
        make_binding(trunk)
    page = number_page(viewer_client)
    assert len(page.context["usage"].places[0].bindings) == BINDINGS_SHOWN
    assert "There are more than are shown here." in text_of(page)


@pytest.mark.parametrize("page", ["number", "extension"])
def test_more_rows_cost_no_more_queries(viewer_client, django_assert_num_queries, page):
    url = reverse(page, args=["1000"])
    make_rows(2)
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(url)
    make_rows(30)
    with django_assert_num_queries(len(few)):
        assert viewer_client.get(url).context["usage"].bindings == 32


def make_rows(count):
    for place in range(count):
        make_binding(make_trunk(make_pbx(f"P{count}-{place}")), "1000", target="1000")
