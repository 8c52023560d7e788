"""Fetching, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect


def test_a_fetch_shows_that_it_runs_and_then_what_came_of_it(page: Page):
    page.goto("/")
    page.get_by_role("row", name="Documented example").get_by_role("button", name="Fetch").click()

    expect(page.locator("#fetches")).to_contain_text("1 trunk read", timeout=10_000)
    expect(page).to_have_url("/")


def test_a_dead_pbx_says_what_to_do_and_keeps_its_data(page: Page):
    page.goto("/")
    row = page.get_by_role("table", name="PBXs", exact=True).get_by_role("row", name="Leeds branch")
    row.get_by_role("button", name="Fetch").click()

    expect(page.locator("#fetches")).to_contain_text("refused the connection", timeout=10_000)
    expect(page.locator("#fetches")).to_contain_text("The last good data is still shown")
    expect(row).to_contain_text("8")


def test_ticked_trunks_are_fetched_together(page: Page):
    page.goto("/trunks/?q=pbx:=demo-xiamen")
    for tick in page.locator("#trunk-table input[name=trunk]").all()[:2]:
        tick.check()
    page.get_by_role("button", name="Fetch selected").click()

    expect(page.locator("#fetches")).to_contain_text("2 trunks read", timeout=15_000)


def test_one_trunk_is_fetched_from_its_page(page: Page):
    page.goto("/pbxs/demo-documented/trunks/15/")
    page.get_by_role("button", name="Fetch now").click()

    expect(page.locator("#fetches")).to_contain_text("1 trunk read", timeout=15_000)


def test_without_javascript_a_fetch_can_be_followed_to_its_end(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("row", name="Documented example").get_by_role("button", name="Fetch").click()

    expect(page.get_by_role("heading", name="Fetches")).to_be_visible()
    expect(page.locator("#fetches")).to_contain_text("1 trunk read", timeout=15_000)
