"""Names, hosts and labels as long as they may be: no page grows wider with them, and nothing lies over anything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
WIDE: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

# A PBX whose name, site, trunks and bindings are long, in one word, in hyphens and in Chinese, and a link to it.
MAKE = """
import json
import django
django.setup()
from dataclasses import replace
from datetime import timedelta
from django.contrib.auth.models import User
from trunks.models import DEFAULT_API_PATH, Trust
from trunks.services.fetching import fetch_now
from trunks.services.pbxs import pbx_add
from trunks.services.sharing import share_make
from trunks.share_wish import ShareWish
from trunks.simulator import WORLDS, SimulatedPbx, SimulatedTrunk, World, api_password
from trunks.simulator.worlds import bind
host = "sip." + "a-very-long-host-name-of-a-carrier." * 3 + "example"
trunks = [
    SimulatedTrunk(id=str(number), name=name, kind="register", host=host, domain=host, username="u" * 70,
        authname="a" * 70, fromuser="+442079460100", password="not-shown",
        extensionsdod=bind("+4420794601" + "0" * 12, name.replace("-", "_"), "1000"))
    for number, name in enumerate(("X" * 80, "厦" * 60, "Garmisch-Partenkirchen-" * 3), 1)
]
world = replace(WORLDS["office"], name="long", trunks=tuple(trunks))
with SimulatedPbx(world) as simulated:
    pbx = pbx_add(name="Konzernzentrale-Garmisch-" + "W" * 50, site="Niederlassung" * 6, notes="", enabled=True,
        base_url=simulated.base_url, api_path=DEFAULT_API_PATH, username=simulated.username,
        password_md5=api_password(simulated.password), trust=Trust.PLAIN, pinned_fingerprint="",
        connect_timeout=3, deadline=20)
    assert fetch_now(pbx=pbx).state == "succeeded"
share, token = share_make(trunk=pbx.trunks.get(remote_id="1"), by=User.objects.get(username="demo"),
    wish=ShareWish(label="Y" * 80, lasts=timedelta(days=1), with_usernames=True))
print(json.dumps({"slug": pbx.slug, "token": token}))
"""
FORGET = """
import sys
import django
django.setup()
from trunks.models import Pbx
Pbx.objects.get(slug=sys.argv[1]).delete()
"""
PAGES = [
    "/",
    "/trunks/?q=pbx:{slug}",
    "/dods/?q=pbx:{slug}",
    "/pbxs/",
    "/pbxs/{slug}/",
    "/pbxs/{slug}/edit/",
    "/pbxs/{slug}/delete/",
    "/pbxs/{slug}/trunks/1/",
    "/pbxs/{slug}/trunks/2/",
    "/pbxs/{slug}/reveal/1/",
    "/extensions/1000/",
    "/shares/",
    "/shares/new/{slug}/1/",
    "/audit/?pbx={slug}",
    "/reports/report/?pbx={slug}",
    "/s/{token}/",
]
# What shows beyond its card or the page, and neither scrolls nor is cut off there.
SPILLS = """() => {
  const edge = document.documentElement.clientWidth;
  const spills = (element) => {
    const right = element.getBoundingClientRect().right;
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (getComputedStyle(around).overflowX !== "visible") return false;
      if (around.matches(".card") && right > around.getBoundingClientRect().right + 1) return true;
    }
    return right > edge + 1;
  };
  return [...document.querySelectorAll("main *")]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1 && spills(element))
    .map((element) => element.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="module")
def long_names(site: str, demo_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The slug of a PBX in the demo where all is long, and the token of a link to one of its trunks."""

    def run(code: str, *arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=demo_environment, capture_output=True, text=True, check=True
        ).stdout

    made = json.loads(run(MAKE).splitlines()[-1])
    yield made
    run(FORGET, made["slug"])


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport=request.param).new_page()


@pytest.mark.parametrize("address", PAGES)
def test_long_values_widen_no_page_and_cover_nothing(
    page: Page, long_names: dict[str, str], address: str
):
    answer = page.goto(address.format(**long_names))

    assert answer
    assert answer.status == 200
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SPILLS) == []


def test_a_column_of_chinese_names_has_room_for_more_than_a_sign_a_line(
    page: Page, long_names: dict[str, str]
):
    page.goto("/pbxs/{slug}/trunks/2/".format(**long_names))
    name = page.locator("#binding-table td.name").first

    assert name.evaluate("(cell) => cell.getBoundingClientRect().width") >= 120
