"""What a search line is completed with while it is typed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import text_of

URL = reverse("search-completions")
pytestmark = pytest.mark.django_db


def ask(client, line, list_name="dods", **more):
    return client.get(URL, {"list": list_name, "q": line, "caret": len(line), **more})


def lines_in(response):
    return re.findall(
        r'role="option".*?data-line="([^"]*)" data-caret="(\d+)"', response.content.decode()
    )


def test_the_options_have_the_whole_line_and_the_place_of_the_caret(viewer_client):
    response = viewer_client.get(URL, {"list": "trunks", "q": "ki london", "caret": 2})
    assert lines_in(response) == [("kind: london", "5")]
    assert text_of(response) == "kind: Type"


def test_values_come_with_what_they_are_called(viewer_client):
    make_pbx("Leeds <HQ>", slug="leeds")
    assert text_of(ask(viewer_client, "pbx:le")) == "leeds Leeds <HQ>"


def test_labels_are_in_the_language_of_the_person(viewer_client):
    viewer_client.cookies["django_language"] = "zh-hans"
    assert "点对点" in text_of(ask(viewer_client, "kind:pe"))
    assert lines_in(ask(viewer_client, "类型：点对")) == [("类型:peer", "7")]


def test_within_a_trunk_its_own_values_are_offered(viewer_client):
    trunk = make_trunk(make_pbx())
    make_binding(trunk, "5503301", "Hall")
    make_binding(make_trunk(trunk.pbx), "5503302", "Hallway")
    assert text_of(ask(viewer_client, "name:hall", "bindings", trunk=trunk.pk)) == "Hall"


def test_nobody_is_told_a_value_without_logging_in(client):
    assert ask(client, "pbx:").status_code == 302


def test_no_browser_keeps_the_answer(viewer_client):
    assert ask(viewer_client, "ki").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"list": "users", "q": "a", "caret": "1"},
        {"list": "dods", "q": "x" * 501, "caret": "1"},
        {"list": "dods", "q": "a", "caret": "-1"},
        {"list": "dods", "q": "a\0", "caret": "1"},
        {"list": "bindings", "q": "name:", "caret": "5", "trunk": str(2**63)},
    ],
)
def test_what_no_page_asks_is_not_found(viewer_client, query):
    assert viewer_client.get(URL, query).status_code == 404


def test_it_is_read_only(viewer_client):
    assert viewer_client.post(URL).status_code == 405


@pytest.mark.parametrize("line", ["pbx:", "host:10", "name:de", "group:", "-number:=0018,46"])
def test_values_take_one_query_and_names_none(viewer_client, line, django_assert_num_queries):
    make_binding(make_trunk(make_pbx()))
    # The session, and the person, who comes with whether their sight is limited.
    with django_assert_num_queries(3):
        ask(viewer_client, line)
    with django_assert_num_queries(2):
        ask(viewer_client, "ki")
