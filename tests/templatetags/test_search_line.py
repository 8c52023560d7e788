"""The search line of a list, its help and its problems, as they are rendered."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tests.builders import make_pbx, make_trunk
from trunks.forms.lists import BindingListForm, DodListForm
from trunks.forms.pbx_list import PbxListForm
from trunks.models import UNLIMITED
from trunks.shell import Shell

pytestmark = pytest.mark.django_db


def dod_form(query=""):
    return DodListForm(QueryDict(query), path="/dods/", sight=UNLIMITED)


def rendered(template, form, **context):
    request = RequestFactory().get("/")
    request.user = User(pk=1)
    shell = Shell(request)
    return render_to_string(template, {"form": form, "shell": shell, "line_id": "box", **context})


def line(form):
    return rendered("trunks/_search_line.html", form, label="Search", placeholder="Number")


def test_the_line_has_its_text_and_where_completions_come_from():
    page = line(dod_form("q=%22front%22"))
    assert 'value="&quot;front&quot;"' in page
    assert 'data-completions="/search/completions/?list=dods"' in page
    assert 'aria-controls="box-completions"' in page
    assert 'id="box-completions"' in page


def test_the_line_of_one_trunk_completes_within_it(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    trunk = make_trunk(make_pbx(), pk=1234567)
    form = BindingListForm.of(trunk, QueryDict())
    assert "?list=bindings&amp;trunk=1234567" in line(form)


def test_the_help_names_each_field_in_both_languages_with_examples_that_lead_to_the_list():
    make_pbx("Leeds", slug="leeds", site="North")
    page = line(dod_form())
    assert "<code>kind:</code> <code>类型:</code> <code>type:</code>" in page
    assert '<a href="/dods/?q=kind:peer"><code>kind:peer</code></a>' in page
    assert '<a href="/dods/?q=pbx:leeds"><code>pbx:leeds</code></a>' in page
    assert '<a href="/dods/?q=site:=North">' in page


def test_the_help_of_the_pbx_list_has_no_fields_of_other_lists():
    page = line(PbxListForm(QueryDict(), path="/pbxs/", sight=UNLIMITED))
    assert "is:disabled" in page
    assert "kind:" not in page
    assert "00442079460018" not in page


def test_the_help_on_the_page_of_a_trunk_reads_no_pbxs(django_assert_num_queries):
    form = BindingListForm(QueryDict(), path="/pbxs/hq/trunks/1/", sight=UNLIMITED)
    with django_assert_num_queries(0):
        line(form)


def test_the_help_follows_the_list_its_language_and_the_first_pbx():
    make_pbx("Leeds", slug="leeds", site="North")
    plain = line(dod_form())
    assert '<a href="/dods/?q=kind:peer&amp;density=compact">' in line(dod_form("density=compact"))
    with translation.override("zh-hans"):
        assert "搜索方法" in line(dod_form())
    make_pbx("Aachen", slug="aachen", site="West")
    assert "q=pbx:aachen" in line(dod_form())
    assert "q=pbx:leeds" in plain
    assert "density" not in plain


def test_a_problem_is_shown_with_what_may_have_been_meant_in_the_list_as_it_is():
    form = dod_form("q=%3Cb%3E+knd:%3Cpeer%3E&sort=-name&density=compact&after=x")
    page = rendered("trunks/_search_problems.html", form, table_id="rows", form_id="asks")
    assert '<div class="search-problems" role="status">' in page
    assert "<code>knd:&lt;peer&gt;</code> was not searched:" in page
    url = "/dods/?q=%3Cb%3E%20kind:%3Cpeer%3E&amp;sort=-name&amp;density=compact"
    assert f'<a href="{url}" hx-get="{url}" hx-target="#rows"' in page
    assert "<code>kind:&lt;peer&gt;</code></a>" in page


def test_on_the_page_of_a_trunk_a_suggestion_is_a_link_to_it():
    form = BindingListForm.of(make_trunk(make_pbx()), QueryDict("q=numbr:1"))
    page = rendered("trunks/_search_problems.html", form)
    assert f'<a href="{form.path}?q=number:1"><code>number:1</code></a>' in page


def test_what_was_searched_after_all_is_not_called_unsearched():
    page = rendered("trunks/_search_problems.html", dod_form("q=%22front"))
    assert "<code>&quot;front</code>" in page
    assert "was not searched" not in page


def test_a_line_without_problems_shows_nothing():
    assert rendered("trunks/_search_problems.html", dod_form("q=front")).strip() == ""
