"""The language of a page: what the browser prefers, unless the person chose otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests.builders import make_pbx, make_trunk
from tests.views.pages import text_of
from trunks import moments
from trunks.failures import explain, known_reasons
from trunks.validators import read_fingerprint

CHINESE = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}
LONG_AGO = datetime(2025, 3, 5, 18, 2, tzinfo=UTC)


def page_of(client: Client, name: str = "overview", **headers: str) -> str:
    return client.get(reverse(name), headers=headers).content.decode()


@pytest.mark.parametrize("preferred", ["zh-CN", "zh-Hans", "zh-CN,zh;q=0.9,en;q=0.8", "zh-SG"])
def test_browser_that_prefers_simplified_chinese_gets_it(client, db, preferred):
    page = page_of(client, "login", **{"accept-language": preferred})
    assert '<html lang="zh-hans"' in page
    assert "<h1>登录</h1>" in page


@pytest.mark.parametrize("preferred", ["", "en-GB", "de", "fr;q=0.9,de;q=0.8"])
def test_browser_that_prefers_none_of_ours_gets_english(client, db, preferred):
    page = page_of(client, "login", **{"accept-language": preferred})
    assert '<html lang="en"' in page
    assert "<h1>Log in</h1>" in page


def test_choice_counts_more_than_what_the_browser_prefers(viewer_client):
    viewer_client.post(reverse("set_language"), {"language": "en"}, headers=CHINESE)
    assert "<h1>Overview</h1>" in page_of(viewer_client, **CHINESE)
    viewer_client.post(reverse("set_language"), {"language": "zh-hans"})
    assert "<h1>概览</h1>" in page_of(viewer_client)


@pytest.mark.parametrize("name", ["login", "overview"])
def test_each_language_is_offered_in_its_own_words(client, viewer, name):
    if name != "login":
        client.force_login(viewer)
    page = page_of(client, name, **CHINESE)
    assert ">English</button>" in page
    assert ">简体中文</button>" in page


def test_error_page_speaks_chinese_too(client, db):
    assert "页面不存在" in client.get("/nothing/here/", headers=CHINESE).content.decode()


def test_refused_log_in_is_explained_in_chinese(client, db):
    answer = client.post(
        reverse("login"), {"username": "vic", "password": "wrong"}, headers=CHINESE
    )
    assert "密码" in text_of(answer)
    assert "Please enter" not in text_of(answer)


def test_trunks_are_counted_in_a_chinese_sentence(viewer_client):
    pbx = make_pbx("厦门总部", slug="xiamen")
    make_trunk(pbx, "厦门电信")
    make_trunk(pbx, "联通备用")
    page = text_of(viewer_client.get(reverse("trunks"), {"q": "电信"}, headers=CHINESE))
    assert "1 条中继匹配“电信”" in page


def test_what_is_not_up_to_date_is_said_with_chinese_marks(viewer_client):
    make_pbx("厦门总部", slug="xiamen", failing_since=timezone.now())
    make_pbx("旧址", slug="old", enabled=False)
    page = text_of(viewer_client.get(reverse("trunks"), headers=CHINESE))
    assert "无应答：厦门总部，最旧的数据 刚刚。 1 台已停用：旧址" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("xyz:1", "没有这个字段。可用字段：number, name,"),
        ("issue:9", "没有这个值；可用的值：ambiguous, malformed, odd-target, no-target。"),
        ("is:", "没有要查找的内容；示例：is:stale"),
    ],
)
def test_what_could_not_be_searched_is_explained_in_chinese(viewer_client, typed, words):
    page = text_of(viewer_client.get(reverse("dods"), {"q": typed}, headers=CHINESE))
    assert words in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [("register", "注册中继"), ("peer", "点对点中继"), ("account", "账号中继")],
)
def test_kinds_of_trunks_are_called_as_the_maker_calls_them(viewer_client, kind, words):
    trunk = make_trunk(make_pbx(), kind=kind)
    assert words in text_of(viewer_client.get(trunk.get_absolute_url(), headers=CHINESE))


def test_large_numbers_are_grouped_by_thousands(viewer_client):
    make_trunk(make_pbx(), dod_count=1234567)
    assert "1,234,567" in page_of(viewer_client, **CHINESE)


def test_values_to_send_hold_numbers_without_separators(admin_client):
    trunk = make_trunk(make_pbx(), pk=1234567)
    page = page_of(admin_client, "trunks", **CHINESE)
    assert f'value="{trunk.pk}"' in page


def test_dates_are_written_year_first():
    with translation.override("zh-hans"):
        assert moments.exactly(LONG_AGO) == "2025年3月5日 18:02"
        assert moments.Ages().words(LONG_AGO) == "2025年3月5日"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=5), "刚刚"),
        (timedelta(minutes=2), "2 分钟前"),
        (timedelta(hours=3), "3 小时前"),
        (timedelta(days=4), "4 天前"),
    ],
)
def test_ages_are_in_chinese_units(age, words):
    with translation.override("zh-hans"):
        moment = timezone.now() - age
        assert moments.Ages().words(moment) == words


@pytest.mark.parametrize("reason", sorted(known_reasons()))
def test_every_failure_is_explained_in_chinese(reason):
    english = explain(reason, errno="1", detail="302")
    with translation.override("zh-hans"):
        chinese = explain(reason, errno="1", detail="302")
    assert chinese.happened.endswith("。")
    assert {english.happened, english.meaning, english.remedy}.isdisjoint(
        {chinese.happened, chinese.meaning, chinese.remedy}
    )


def test_rules_for_what_is_typed_answer_in_chinese():
    with translation.override("zh-hans"), pytest.raises(ValidationError, match="共 64 位"):
        read_fingerprint("ab:cd")
