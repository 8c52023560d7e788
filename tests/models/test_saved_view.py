"""Saved views: who sees which, in which order, and where they lead."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.builders import make_saved_view
from trunks.models import UNLIMITED, SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> User:
    return User.objects.create_user("olga")


def names(views) -> list[str]:
    return [view.name for view in views]


def test_private_views_of_others_are_invisible(viewer, other):
    make_saved_view(viewer, "Mine")
    make_saved_view(other, "Private")
    make_saved_view(other, "For all", is_shared=True, slug="for-all")
    assert names(SavedView.objects.visible_to(viewer, UNLIMITED)) == ["For all", "Mine"]


def test_own_views_come_first_each_group_by_name_without_regard_to_case(viewer, other):
    make_saved_view(viewer, "beta")
    make_saved_view(viewer, "Gamma", is_shared=True)
    make_saved_view(other, "Alpha", is_shared=True)
    make_saved_view(viewer, "Delta")
    assert names(SavedView.objects.own_first(viewer, UNLIMITED)) == [
        "beta",
        "Delta",
        "Gamma",
        "Alpha",
    ]


def test_the_sidebar_has_room_for_twelve(viewer):
    for number in range(13):
        make_saved_view(viewer, f"View {number:02}")
    assert names(SavedView.objects.for_sidebar(viewer, UNLIMITED))[-1] == "View 11"


def test_an_address_names_the_view_by_which_its_list_was_reached(viewer, other):
    mine = make_saved_view(viewer, "Mine")
    make_saved_view(other, "Private")
    assert SavedView.objects.shown(viewer, UNLIMITED, "trunks", "mine") == mine
    assert SavedView.objects.shown(viewer, UNLIMITED, "dods", "mine") is None
    assert SavedView.objects.shown(viewer, UNLIMITED, "trunks", "private") is None
    assert SavedView.objects.shown(viewer, UNLIMITED, "trunks", "mi\0ne") is None


def test_an_address_without_a_view_costs_no_query(viewer, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert SavedView.objects.shown(viewer, UNLIMITED, "trunks", "") is None


def test_it_leads_to_its_list_which_is_told_the_view(viewer):
    assert make_saved_view(viewer).list_url == "/trunks/?q=leeds&view=leeds"
    bare = make_saved_view(viewer, "全部号码", query="", list_name="dods")
    assert bare.list_url == "/dods/?view=%E5%85%A8%E9%83%A8%E5%8F%B7%E7%A0%81"


def test_it_says_what_it_searches_for(viewer):
    assert make_saved_view(viewer, query="q=%E7%94%B5%E4%BF%A1+site%3AX&sort=-dods").question == (
        "电信 site:X"
    )
    assert make_saved_view(viewer, "All", query="sort=-dods").question == ""
