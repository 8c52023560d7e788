"""Searching as one types, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

Profiles = Callable[..., BrowserContext]


def test_typing_finds_keeps_the_caret_and_moves_the_address(page: Page):
    page.goto("/trunks/")
    page.locator("#trunk-search").press_sequentially("brightline", delay=20)

    expect(page.locator("#trunk-count")).to_contain_text("match “brightline”")
    expect(page).to_have_url(re.compile(r"/trunks/\?q=brightline$"))
    expect(page.locator("#trunk-search")).to_be_focused()
    assert page.locator("#trunk-search").evaluate("box => box.selectionStart") == len("brightline")


def test_an_older_answer_never_overwrites_a_newer_one(page: Page):
    held: list[Route] = []
    page.goto("/trunks/")
    page.route(re.compile(r"\?q=bristol$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"\?q=bristol$")):
        page.locator("#trunk-search").fill("bristol")
    page.locator("#trunk-search").fill("brightline")
    expect(page.locator("#trunk-count")).to_contain_text("match “brightline”")
    for route in held:
        route.continue_()
    page.wait_for_load_state("networkidle")

    assert held
    expect(page.locator("#trunk-count")).to_contain_text("match “brightline”")
    expect(page).to_have_url(re.compile(r"\?q=brightline$"))


def test_back_returns_to_the_earlier_search_with_its_text_and_rows(page: Page):
    page.goto("/trunks/?q=brightline")
    rows = page.locator("#trunk-table tbody tr")
    before = rows.count()
    page.locator("#trunk-search").fill("cardiff")
    expect(page).to_have_url(re.compile(r"\?q=cardiff$"))
    page.go_back()

    expect(page.locator("#trunk-search")).to_have_value("brightline")
    expect(rows).to_have_count(before)
    expect(rows.first).to_contain_text("Brightline")
    expect(page.locator(".sidebar")).to_be_visible()


def test_a_reload_shows_the_same(page: Page):
    page.goto("/dods/")
    page.locator(".filters input[name=q]").fill("5503301")
    expect(page).to_have_url(re.compile(r"\?q=5503301$"))
    page.reload()

    expect(page.locator(".filters input[name=q]")).to_have_value("5503301")
    expect(page.locator("#dod-table tbody tr").first).to_contain_text("5503301")


def test_the_address_opened_by_a_colleague_shows_the_same_rows(page: Page, new_context: Profiles):
    page.goto("/trunks/?q=bristol")
    page.get_by_role("link", name="Host").click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Host")
    names = page.locator("#trunk-table .primary-cell").all_inner_texts()
    colleague = new_context().new_page()
    colleague.goto(page.url)

    assert colleague.locator("#trunk-table .primary-cell").all_inner_texts() == names


@pytest.mark.parametrize(
    "written", ["5503301", "550 3301", "550-33.01", "+5503301", "(550)3301", "５５０３３０１"]
)
def test_a_number_is_found_however_it_is_written(page: Page, written: str):
    page.goto("/dods/")
    page.locator(".filters input[name=q]").fill(written)

    expect(page.locator("#dod-table tbody tr", has_text="yeastar")).to_contain_text("5503301")


def test_nothing_found_says_so_and_offers_the_way_out(page: Page):
    page.goto("/trunks/")
    page.locator("#trunk-search").fill("no such trunk")
    expect(page.locator("#trunk-table")).to_contain_text("No trunk matches “no such trunk”")
    page.get_by_role("link", name="Clear the filters").click()

    expect(page.locator("#trunk-table tbody tr")).to_have_count(50)


def test_the_slash_key_leads_to_the_search_but_is_a_letter_inside_it(page: Page):
    page.goto("/trunks/")
    page.keyboard.press("/")
    expect(page.locator("#trunk-search")).to_be_focused()
    page.keyboard.press("/")

    expect(page.locator("#trunk-search")).to_have_value("/")


def test_filters_sort_and_pages_go_together(page: Page):
    page.goto("/dods/")
    page.locator(".chip", has_text="Extension group").click()
    expect(page).to_have_url(re.compile("group"))
    page.get_by_role("link", name="Name", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    page.get_by_role("link", name="Next").click()

    expect(page.locator(".list-foot")).to_contain_text("51–100")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    expect(page.locator("#dod-table tbody")).not_to_contain_text(re.compile(r"Extension\b"))


def test_a_column_is_sorted_with_the_keyboard_alone(page: Page):
    page.goto("/trunks/")
    page.get_by_role("link", name="DODs").focus()
    page.keyboard.press("Enter")

    expect(page.locator("th[aria-sort]")).to_contain_text("DODs")
    expect(page.get_by_role("link", name="DODs")).to_be_focused()


def test_ticked_trunks_are_fetched_together(page: Page):
    page.goto("/trunks/?pbx=demo-xiamen")
    for tick in page.locator("#trunk-table input[name=trunk]").all()[:2]:
        tick.check()
    page.get_by_role("button", name="Fetch selected").click()

    expect(page.locator("#fetches")).to_contain_text("2 trunks read", timeout=15_000)


def test_one_trunk_is_fetched_from_its_page(page: Page):
    page.goto("/pbxs/demo-documented/trunks/15/")
    page.get_by_role("button", name="Fetch now").click()

    expect(page.locator("#fetches")).to_contain_text("1 trunk read", timeout=15_000)


def test_everything_works_without_javascript(new_context: Profiles):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/trunks/")
    page.locator("#trunk-search").fill("bristol")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="DODs").click()

    expect(page.locator("#trunk-search")).to_have_value("bristol")
    expect(page.locator("th[aria-sort]")).to_contain_text("DODs")
    expect(page.locator("#trunk-table tbody tr").first).to_contain_text("Bristol")
