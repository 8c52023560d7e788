"""Every kind of answer, under the settings of production, by Mozilla's rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pbxdash.first_start import write_settings
from tests.headers.observatory import Answer, judge, policy_of

ROOT = Path(__file__).resolve().parents[2]
# Extra points of cookies only where some are set; without them the most is 150.
MOST, WITHOUT_COOKIES = 155, 150
KINDS = {
    "log-in page": 200,
    "sent to the log-in": 302,
    "health": 200,
    "form without a token": 403,
    "log-in": 302,
    "page": 200,
    "fragment": 200,
    "sessions": 200,
    "JSON": 200,
    "csv file": 200,
    "xlsx file": 200,
    "json file": 200,
    "admin": 200,
    "not found": 404,
    "wrong method": 405,
    "bad request": 400,
    "wrong host": 400,
    "server error": 500,
    "static css/pbxdash.css": 200,
    "static js/session.js": 200,
    "static img/pbxdash.svg": 200,
    "theme": 302,
    "language": 302,
    "held back": 429,
    "log-out": 302,
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One answer of each kind, from a site as it runs in production."""
    home = tmp_path_factory.mktemp("production")
    write_settings(home / "env")
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PBXDASH_", "DJANGO_"))
    }
    asked = subprocess.run(
        [sys.executable, "-m", "tests.headers.asking"],
        cwd=ROOT,
        env={
            **clean,
            "DJANGO_SETTINGS_MODULE": "pbxdash.settings",
            "PBXDASH_ENV_FILE": str(home / "env"),
            "PBXDASH_INSECURE_HTTP": "false",
            "PBXDASH_ALLOWED_HOSTS": "pbxdash.example.com",
            "PBXDASH_STATIC_ROOT": str(home / "static"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def answer(answers: Any, kind: str) -> Answer:
    return Answer(answers[kind]["headers"], answers[kind]["cookies"])


def test_every_kind_was_asked_for(answers):
    assert {kind: answer["status"] for kind, answer in answers.items()} == KINDS


def test_the_grade_is_the_best(answer):
    verdict = judge(answer)
    assert verdict.score == (MOST if answer.cookies else WITHOUT_COOKIES), verdict.points
    assert verdict.grade == "A+"


def test_the_policy_allows_nothing_unsafe(answer):
    policy = policy_of(answer)
    sources = set().union(*policy.values())
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
    assert policy["form-action"] <= {"'self'", "'none'"}
    assert not {source for source in sources if "unsafe" in source or "*" in source}
    assert "data:" not in policy.get("script-src", set()) | policy.get("style-src", set())


def test_what_no_page_needs_is_switched_off(answer):
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_site_stays_on_https_for_a_year(answer):
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_only_static_files_may_be_kept(answer, kind):
    kept = answer.headers["cache-control"]
    assert ("immutable" in kept) if kind.startswith("static") else ("no-store" in kept)


def test_cookies_are_for_this_host_over_https_alone(answers):
    cookies = {cookie for answer in answers.values() for cookie in answer["cookies"]}
    assert cookies
    for cookie in cookies:
        pair, *flags = cookie.split("; ")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags), pair
        assert not any(flag.startswith("Domain") for flag in flags)


def test_cookies_that_let_somebody_in_are_bound_to_this_host(answers):
    names = {cookie.partition("=")[0] for cookie in answers["log-in"]["cookies"]}
    assert names == {"__Host-sessionid", "__Host-csrftoken", "__Host-browser"}


@pytest.mark.parametrize(
    ("header", "value", "lost"),
    [
        ("content-security-policy", "default-src 'self' 'unsafe-inline'", 30),
        ("content-security-policy", "", 35),
        ("strict-transport-security", "", 20),
        ("strict-transport-security", "max-age=300", 10),
        ("x-content-type-options", "", 5),
        ("referrer-policy", "unsafe-url", 10),
        ("cross-origin-opener-policy", "unsafe-none", 10),
        ("cross-origin-embedder-policy", "nonsense", 15),
        ("access-control-allow-origin", "*", 0),
    ],
)
def test_the_rules_notice_what_is_missing(answers, header, value, lost):
    page = answers["page"]
    points = judge(Answer({**page["headers"], header: value}, page["cookies"])).points
    best = judge(Answer(page["headers"], page["cookies"])).points
    # Without the policy, frames are still refused by the older header.
    assert sum(best.values()) - sum(points.values()) == lost
