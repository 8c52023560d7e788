"""Where the files of a list are."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string

from trunks.forms.lists import DodListForm
from trunks.models import UNLIMITED

pytestmark = pytest.mark.django_db


@pytest.fixture
def form() -> DodListForm:
    query = QueryDict("q=%2B44+pbx:hq&sort=-number&cols=number,name&after=3&target=x")
    return DodListForm(query, path="/dods/", sight=UNLIMITED)


def test_a_file_has_the_address_of_its_page_with_another_path(form):
    tag = Template("{% load lists %}{% export_url form 'csv' %}")
    address = tag.render(Context({"form": form}, autoescape=False))
    assert address == form.url().replace("/dods/", "/dods/export.csv")
    assert address == "/dods/export.csv?q=%2B44%20pbx:hq&sort=-number&cols=number,name"


def test_the_menu_leads_to_each_kind_of_file(form):
    menu = render_to_string("trunks/_export_links.html", {"form": form})
    for extension in ("xlsx", "csv", "json"):
        assert (
            f'href="/dods/export.{extension}?q=%2B44%20pbx:hq&amp;sort=-number&amp;cols=number,name"'
            in menu
        )


@pytest.mark.parametrize("is_fragment", [False, True])
def test_the_menu_follows_a_list_that_htmx_asked_anew(form, is_fragment):
    menu = render_to_string("trunks/_export_links.html", {"form": form, "is_fragment": is_fragment})
    assert ('hx-swap-oob="outerHTML"' in menu) is is_fragment
