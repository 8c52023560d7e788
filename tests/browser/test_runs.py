"""Runs, as a person watches them: in the demo, and over PBXs that are slow."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import ROOT
from tests.browser.test_accessibility import PHONE, WIDE, expect_no_violations
from trunks.simulator import WORLDS, Exchange, SimulatedPbx
from trunks.simulator.replies import HttpReply

RUN = re.compile(r"/runs/\d+/$")
SITE = "Slow line"
# Those that answer at once and those that a worker reads at the same time leave some that wait.
SLOW_PBXS = 48
PROMPT_PBXS = 3
# Longer than any test, and shorter than the deadline of the PBXs.
LONGEST_SECONDS = 50.0
# After some failures in a row it is not called any more unless somebody insists.
DEAD = re.compile("The PBX refused the connection|is left alone for a while")

# Run over the demo's database in a process of its own, as anybody else who has access to it.
ADD = """
import sys, django; django.setup()
from trunks.services.pbxs import pbx_add
from trunks.simulator import api_password
site, username, password, *addresses = sys.argv[1:]
for n, address in enumerate(addresses, 1):
    pbx_add(name=f"Slow {n:02}", site=site, notes="", enabled=True, base_url=address,
        api_path="api/v2.0.0", username=username, password_md5=api_password(password),
        trust="plain", pinned_fingerprint="", connect_timeout=3, deadline=60)
"""
REMOVE = """
import sys, time, django; django.setup()
from trunks.models import Fetch, Pbx
theirs = Fetch.objects.open().filter(pbx__site=sys.argv[1])
theirs.filter(state="queued").update(state="cancelled")
while theirs.exists():
    time.sleep(0.1)
Pbx.objects.filter(site=sys.argv[1]).delete()
"""


class Gate:
    """Lets a few lists of trunks through at once, and the others when it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._prompt = threading.Semaphore(PROMPT_PBXS)

    def reply(self, exchange: Exchange) -> HttpReply:
        """Wait where the gate is shut, then answer honestly."""
        is_list = exchange.request.endpoint == "trunk/query_siptrunk"
        if is_list and not self._prompt.acquire(blocking=False):
            self._opened.wait(LONGEST_SECONDS)
        return exchange.honest()

    def open(self) -> None:
        """Let everything through."""
        self._opened.set()


@pytest.fixture
def gate(site: str, demo_environment: dict[str, str]) -> Iterator[Gate]:
    """A site in the demo with many PBXs, each a simulator behind the same gate."""

    def over_the_database(code: str, *arguments: str) -> None:
        command = [sys.executable, "-c", code, *arguments]
        subprocess.run(command, cwd=ROOT, env=demo_environment, check=True, timeout=60)

    gate = Gate()
    with ExitStack() as running:
        pbxs = [
            running.enter_context(SimulatedPbx(WORLDS["documented"], fault=gate))
            for _ in range(SLOW_PBXS)
        ]
        addresses = [pbx.base_url for pbx in pbxs]
        over_the_database(ADD, SITE, pbxs[0].username, pbxs[0].password, *addresses)
        yield gate
        gate.open()
        over_the_database(REMOVE, SITE)


def fetch_all(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Fetch all PBXs").click()
    expect(page).to_have_url(RUN)


def fetch_site(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Fetch a site").click()
    page.get_by_role("button", name=SITE).click()
    expect(page).to_have_url(RUN)


def lane(page: Page, name: str) -> Locator:
    return page.get_by_role("row", name=name)


def test_fetching_all_goes_on_to_the_end_and_the_dead_pbx_fails_alone(page: Page):
    fetch_all(page)

    expect(page.get_by_role("heading", name="All PBXs")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("4 of 4 done", timeout=20_000)
    expect(lane(page, "Leeds branch")).to_contain_text(DEAD)
    for name in ("Documented example", "Call centre", "厦门工厂"):
        expect(lane(page, name)).to_contain_text("Read")
    expect(page.locator("#announce")).to_contain_text("over. 3 read, 1 failed.")


def test_a_reload_keeps_the_page_and_its_filter(page: Page):
    fetch_all(page)
    expect(page.locator("#run")).to_contain_text("4 of 4 done", timeout=20_000)
    page.get_by_role("link", name="Failed 1").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/\?state=failed$"))
    expect(page.locator(".lanes tbody tr")).to_have_count(1)
    page.reload()

    expect(page.locator(".lanes tbody tr")).to_have_count(1)
    expect(page.locator("#run")).to_contain_text("4 of 4 done")
    page.go_back()
    expect(page.locator(".lanes tbody tr")).to_have_count(4)


def test_the_failed_ones_are_tried_again(page: Page):
    fetch_all(page)
    page.get_by_role("button", name="Try the failed ones again").click(timeout=20_000)

    expect(page.get_by_role("heading", name="1 PBX again")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("1 of 1 done", timeout=20_000)
    expect(lane(page, "Leeds branch")).to_contain_text("Failed")
    page.get_by_role("link", name="The run before").click()
    expect(page.get_by_role("heading", name="All PBXs")).to_be_visible()


def test_ticked_pbxs_are_fetched_together(page: Page):
    page.goto("/pbxs/")
    page.get_by_role("checkbox", name="Fetch Documented example").check()
    page.get_by_role("checkbox", name="Fetch 厦门工厂").check()
    page.get_by_role("button", name="Fetch selected").click()

    expect(page.get_by_role("heading", name="2 chosen PBXs")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("2 of 2 done", timeout=20_000)


def test_the_bar_moves_and_cancel_gives_up_what_waits(page: Page, gate: Gate):
    fetch_site(page)
    bar = page.locator("#run-bar")
    expect(bar).to_have_attribute("max", str(SLOW_PBXS))
    expect(bar).to_have_attribute("value", str(PROMPT_PBXS))
    expect(page).to_have_title("6 % · Site Slow line · pbxdash")
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("#run")).to_contain_text("Cancelled by demo")
    expect(page.locator("#run")).to_contain_text("What runs ends by itself.")
    expect(page.get_by_role("link", name=re.compile("Waiting 0"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Cancelled [1-9]"))).to_be_visible()
    gate.open()
    expect(bar).to_have_attribute("value", str(SLOW_PBXS), timeout=20_000)
    expect(page.locator("#run")).not_to_contain_text("failed")


def test_a_long_press_on_what_is_read_anew_is_not_lost(page: Page, gate: Gate):
    fetch_site(page)
    page.locator("#run").get_by_role("link", name="Slow 01").hover()
    page.mouse.down()
    page.wait_for_timeout(2_500)
    page.mouse.up()

    expect(page).to_have_url(re.compile(r"/pbxs/slow-\d+/$"))


def test_other_pages_follow_a_run_in_one_line(page: Page, gate: Gate):
    fetch_site(page)
    run = page.url
    page.goto("/trunks/")
    line = page.locator("#live-runs")
    expect(line).to_contain_text("Fetching: Site Slow line")
    expect(line.get_by_role("link")).to_have_attribute("href", re.sub(r".*(/runs/)", r"\1", run))
    expect(page.locator("#fetches")).to_be_hidden()
    gate.open()

    expect(line).to_contain_text("Fetched: Site Slow line", timeout=20_000)
    expect(page.locator("#announce")).to_contain_text(f"over. {SLOW_PBXS} read, 0 failed.")


def test_a_run_breaks_no_accessibility_rule_light_or_dark(page: Page, gate: Gate):
    fetch_site(page)
    expect(page.locator("#run-bar")).to_have_attribute("value", str(PROMPT_PBXS))
    expect_no_violations(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Cancel").click()
    gate.open()
    expect(page.locator("#run-bar")).to_have_attribute("value", str(SLOW_PBXS), timeout=20_000)
    expect_no_violations(page)


def test_the_list_of_runs_and_the_line_of_one_break_no_accessibility_rule(page: Page, gate: Gate):
    fetch_site(page)
    for address in ("/runs/", "/pbxs/"):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(WIDE)
        page.goto(address)
        expect(
            page.locator("#page").get_by_role("link", name="Site Slow line").first
        ).to_be_visible()
        expect_no_violations(page)


def test_a_run_does_not_scroll_sideways_on_a_phone(new_context: Callable[..., BrowserContext]):
    page = new_context(viewport=PHONE, is_mobile=True).new_page()
    fetch_all(page)
    expect(page.locator("#run")).to_contain_text("4 of 4 done", timeout=20_000)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_javascript_a_run_is_followed_to_its_end_and_tried_again(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    fetch_all(page)
    expect(page.locator("#run")).to_contain_text("4 of 4 done", timeout=20_000)
    page.get_by_role("button", name="Try the failed ones again").click()

    expect(page.locator("#run")).to_contain_text("1 of 1 done", timeout=20_000)


def test_without_javascript_a_run_is_cancelled(
    new_context: Callable[..., BrowserContext], gate: Gate
):
    page = new_context(java_script_enabled=False).new_page()
    fetch_site(page)
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("#run")).to_contain_text("Cancelled by demo")
    expect(page.locator("#run")).to_contain_text(f"{SLOW_PBXS} of {SLOW_PBXS} done", timeout=20_000)
