"""What lists cost: so many queries for a page and for its fragment, however many rows there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import make_binding, make_pbx, make_trunk
from tests.search.limits import ALL_LIMITS
from tests.views.pages import HTMX
from trunks.models import Trunk

pytestmark = pytest.mark.django_db

# The most queries of a fragment; a page reads what its side bar shows too.
MOST = 16
OF_THE_SIDE_BAR = 9


def make_rows(begin: int, end: int) -> None:
    for number in range(begin, end):
        trunk = make_trunk(make_pbx(f"SIP {number:03}", site=f"S{number}"), f"SIP-{number:03}")
        make_binding(trunk, f"55033{number:03}", "SIP")


def queries(client: Client, url: str, **headers: str) -> tuple[list[str], Any]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, headers=headers)
    return [query["sql"] for query in captured.captured_queries], answer


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
@pytest.mark.parametrize("name", ["trunks", "dods", "pbxs"])
@pytest.mark.parametrize(
    "query", ["", "q=sip", "q=sip+pbx:=sip-000+site:s", "q=sip&sort=-pbx", "q=sip&count=all"]
)
def test_lists_cost_no_more_with_more_rows(admin_client, name, query, headers):
    url = f"{reverse(name)}?{query}"
    make_rows(0, 3)
    few, _ = queries(admin_client, url, **headers)
    make_rows(3, 70)
    many, answer = queries(admin_client, url, **headers)
    assert answer.context["listing"].rows
    assert len(many) == len(few)
    assert len(many) <= MOST + (0 if headers else OF_THE_SIDE_BAR)


@pytest.mark.parametrize("name", ["trunks", "dods", "pbxs"])
def test_the_second_page_costs_what_the_first_one_does(admin_client, name):
    make_rows(0, 70)
    first, answer = queries(admin_client, f"{reverse(name)}?q=sip", **HTMX)
    second, answer = queries(admin_client, answer.context["listing"].next_url, **HTMX)
    assert answer.context["listing"].start == 51
    assert len(second) <= len(first) + 1


@pytest.mark.parametrize("limit", ["walked", "sorted", "walked by landmarks"])
@pytest.mark.parametrize("name", ["trunks", "dods", "pbxs"])
def test_many_matches_cost_few_queries_too(admin_client, name, limit):
    make_rows(0, 12)
    with ALL_LIMITS[limit]():
        _, answer = queries(admin_client, f"{reverse(name)}?q=sip", **HTMX)
        done, answer = queries(admin_client, answer.context["listing"].next_url, **HTMX)
    assert len(answer.context["listing"].rows) == 2
    assert len(done) <= MOST + 4


@pytest.mark.parametrize("query", ["", "q=55", "q=55&sort=-name&count=all"])
def test_bindings_on_the_page_of_a_trunk_cost_no_more_with_more_of_them(admin_client, query):
    make_rows(0, 1)
    trunk = Trunk.objects.get()
    url = f"{trunk.get_absolute_url()}?{query}"
    search = {**HTMX, "HX-Target": "binding-table"}
    few, _ = queries(admin_client, url, **search)
    for number in range(60):
        make_binding(trunk, f"55044{number}")
    many, answer = queries(admin_client, url, **search)
    assert answer.context["listing"].next_url
    assert len(many) == len(few)
    assert len(many) <= MOST


@pytest.mark.parametrize("name", ["trunks", "dods", "pbxs"])
def test_no_list_reads_long_texts_or_secrets(admin_client, name):
    make_rows(0, 3)
    done, _ = queries(admin_client, f"{reverse(name)}?q=sip", **HTMX)
    for chosen in (sql.partition(" FROM ")[0] for sql in done):
        assert '"secret"' not in chosen
        assert '"extensions_dod",' not in chosen
        assert '"trunks_trunk"."search_text"' not in chosen
        assert '"trunks_dodbinding"."search_text"' not in chosen
