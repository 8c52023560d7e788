"""What somebody without an account sees who has a link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from pbxdash.log_lines import LineFormatter
from tests.builders import make_binding, make_pbx, make_person, make_share, make_trunk
from tests.views.pages import text_of
from trunks.models import Share, Trunk
from trunks.roles import RoleName
from trunks.services.sharing import OF_ADDRESS, PASSPHRASES_OF_ADDRESS, share_revoke
from trunks.services.throttling import throttle_take

pytestmark = pytest.mark.django_db

CSP = {
    "default-src 'none'",
    "script-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def maker() -> User:
    return make_person("olga", RoleName.OPERATOR)


@pytest.fixture
def trunk() -> Trunk:
    trunk = make_trunk(
        make_pbx("Leeds", site="Yorkshire"),
        "SIP-A",
        remote_id="15",
        username="442071230000",
        extensions_dod="",
    )
    make_binding(trunk, "5503301", "yeastar", "1000")
    return trunk


@pytest.fixture
def made(trunk, maker) -> tuple[Share, str]:
    return make_share(trunk, maker)


@pytest.fixture
def share(made: tuple[Share, str]) -> Share:
    return made[0]


@pytest.fixture
def url(made: tuple[Share, str]) -> str:
    return f"/s/{made[1]}/"


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of an allowance come back while a slow machine uses it up."""
    now = int(timezone.now().timestamp() * 1000)
    monkeypatch.setattr("trunks.services.throttling._now", lambda: now)


def dead(url: str) -> str:
    return url.replace("pbxs_", "pbxs_x")


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_it_shows_the_trunk_of_when_and_until_when(client, url):
    text = text_of(client.get(url))
    for shown in (
        "SIP trunk of Leeds SIP-A Register",
        "Host sip.itsp.example",
        "Username not shown by this link",
        "Password not reported",
        "Registration not reported",
        "DOD bindings 1",
        "5503301 yeastar Extension 1000",
        "As it was read from the PBX on",
        "The link ends on",
        "UTC",
    ):
        assert shown in text


def test_there_is_no_script_and_no_way_to_anything_else(client, url):
    page = client.get(url).content.decode()
    assert re.findall(r"<(?:a|script|form|iframe|input|button)\b[^>]*>", page) == []
    assert set(re.findall(r'(?:href|src)="([^"]*)"', page)) == {
        "/static/img/pbxdash.svg",
        "/static/css/pbxdash.css",
        "/static/css/shares.css",
        "/static/css/long-values.css",
    }
    for hidden in ("Yorkshire", "192.168.5.150", "olga", "Carrier", "442071230000", "hx-"):
        assert hidden not in page


def test_the_person_who_is_logged_in_sees_what_others_see(client, admin_client, share, url):
    change(share.trunk, observed_at=timezone.now() - timedelta(hours=1))
    pages = [
        re.sub(r"<time.*?</time>", "", one.get(url).content.decode())
        for one in (client, admin_client)
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("method", ["get", "head", "post", "put"])
@pytest.mark.parametrize("address", [str, dead])
def test_every_answer_has_the_strict_headers_and_no_cookie(admin_client, method, address, url):
    url = address(url)
    admin_client.cookies["django_language"] = "zh-hans"
    answer = getattr(admin_client, method)(url)

    assert set(answer.headers["Content-Security-Policy"].split("; ")) == CSP
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert not answer.cookies


def test_an_address_without_its_last_slash_is_as_strict(client, url):
    answer = client.get(url.rstrip("/"))
    assert (answer.status_code, answer.headers["Location"]) == (301, url)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_busy_database_is_answered_as_strictly(client, monkeypatch, url):
    def refuse(**_: object) -> None:
        raise OperationalError("locked")

    monkeypatch.setattr("trunks.views.share_pages.share_open", refuse)
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (503, "no-referrer")


def test_links_that_are_over_and_links_that_never_were_look_the_same(client, share, maker, url):
    never = client.get(dead(url))
    share_revoke(share=share, by=maker)
    revoked = client.get(url)
    change(share, revoked_at=None, ends_at=timezone.now())
    ended = client.get(url)

    assert never.status_code == revoked.status_code == ended.status_code == 404
    assert never.content == revoked.content == ended.content
    assert dict(never.headers) == dict(revoked.headers) == dict(ended.headers)


def test_the_language_is_that_of_the_browser_and_not_of_a_cookie(client, url):
    client.cookies["django_language"] = "zh-hans"
    assert b'<html lang="en">' in client.get(url).content
    del client.cookies["django_language"]
    answer = client.get(url, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert b'<html lang="zh-hans">' in answer.content


@pytest.mark.parametrize(
    ("headers", "secure", "counted"),
    [
        (NAVIGATION, True, (1, 0)),
        ({}, True, (0, 1)),
        ({}, False, (1, 0)),
        ({"Sec-Fetch-Mode": "no-cors"}, True, (0, 1)),
        ({**NAVIGATION, "Sec-Purpose": "prefetch;prerender"}, True, (0, 1)),
        ({**NAVIGATION, "Purpose": "prefetch"}, True, (0, 1)),
    ],
)
def test_only_a_browser_that_opens_a_page_counts_as_a_person(
    client, share, headers, secure, counted, url
):
    client.get(url, headers=headers, secure=secure)
    share.refresh_from_db()
    assert (share.opens, share.program_opens) == counted


def test_head_and_links_that_are_over_count_nothing(client, share, url):
    client.head(url)
    client.get(dead(url))
    share.refresh_from_db()
    assert (share.opens, share.program_opens, share.last_opened_at) == (0, 0, None)


def test_too_many_from_one_address_wait(client, url, no_time_passes):
    for _ in range(OF_ADDRESS.times):
        throttle_take(name="share:127.0.0.1", allowance=OF_ADDRESS)
    answer = client.get(url)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["X-Robots-Tag"] == HEADERS["X-Robots-Tag"]


def test_a_removed_trunk_a_stale_one_and_one_that_is_not_read_say_so(client, trunk, url):
    change(trunk, observed_at=timezone.now() - timedelta(days=3))
    assert "fetched 3 d ago and may have changed on the PBX" in text_of(client.get(url))
    change(trunk.pbx, failing_since=timezone.now())
    assert "The PBX could not be read lately" in text_of(client.get(url))
    change(trunk, removed_at=timezone.now())
    assert "The PBX has not reported this trunk since" in text_of(client.get(url))


def test_a_pinned_link_says_that_it_is_one_and_does_not_change(client, trunk, maker):
    change(trunk, observed_at=timezone.now() - timedelta(days=3))
    _share, token = make_share(trunk, maker, is_pinned=True)
    change(trunk, host="new.example", name="SIP-B")
    text = text_of(client.get(f"/s/{token}/"))

    assert "As it was known on" in text
    assert "This page does not change: the trunk may have since." in text
    assert "Even then these details were not up to date." in text
    assert "SIP-A" in text
    assert "new.example" not in text


def test_bindings_that_are_not_shared_are_not_called_none(client, trunk, maker):
    _share, token = make_share(trunk, maker, with_bindings=False)
    text = text_of(client.get(f"/s/{token}/"))
    assert "This link does not show the DOD bindings." in text
    assert "5503301" not in text


def test_no_bindings_and_none_reported_differ(client, trunk, url):
    trunk.bindings.all().delete()
    change(trunk, dod_count=0)
    assert "This trunk has no DOD bindings." in text_of(client.get(url))
    change(trunk, extensions_dod=None)
    assert "did not report the DOD bindings" in text_of(client.get(url))


def test_of_many_bindings_the_first_are_shown_and_all_are_counted(client, trunk, url):
    change(trunk, dod_count=5204)
    assert "The first 1 of 5,204 DOD bindings, by number." in text_of(client.get(url))


def test_a_piece_that_could_not_be_read_is_shown_as_reported(client, trunk, url):
    make_binding(trunk, "", "", "", raw="<b>odd", issue="malformed")
    page = client.get(url)
    assert b"&lt;b&gt;odd" in page.content
    assert "Malformed" in text_of(page)


def test_a_passphrase_opens_this_one_page(trunk, maker):
    # A browser that is asked for tokens against other sites, as all real ones are.
    client: Any = Client(enforce_csrf_checks=True)
    _share, token = make_share(trunk, maker, passphrase="open sesame")
    url = f"/s/{token}/"
    form = client.get(url)
    wrong = client.post(url, {"passphrase": "wrong one"})
    right = client.post(url, {"passphrase": " open sesame "})
    again = client.get(url)

    for page in (form, wrong, again):
        assert b"sip.itsp.example" not in page.content
        assert b"SIP-A" not in page.content
    assert "That is not the passphrase of this link." in text_of(wrong)
    assert "Host sip.itsp.example" in text_of(right)
    assert not any(page.cookies for page in (form, wrong, right, again))


def test_too_many_passphrases_wait(client, trunk, maker):
    _share, token = make_share(trunk, maker, passphrase="open sesame")
    for _ in range(PASSPHRASES_OF_ADDRESS.times):
        client.post(f"/s/{token}/", {"passphrase": "wrong one"})
    answer = client.post(f"/s/{token}/", {"passphrase": "open sesame"})
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    assert "even the right passphrase does not work before" in text_of(answer)


def test_the_token_is_in_no_line_of_our_logs(client, caplog, url):
    for method in ("get", "put"):
        getattr(client, method)(url)
        getattr(client, method)(dead(url))
    lines = [LineFormatter().format(record) for record in caplog.records]
    assert any("/s/pbxs_***/" in line for line in lines)
    assert url[8:-1] not in "".join(lines)


def test_robots_are_asked_to_stay_away(client):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == b"User-agent: *\nDisallow: /s/\n"
