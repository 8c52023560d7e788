"""Lists in a browser without JavaScript: searched, narrowed, sorted and turned by plain forms and links."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.lists import (
    CITY_ROWS,
    box_of,
    chips_of,
    expect_city,
    facet_of,
    rows_of,
    sort_by,
    without_script,
)


def test_without_javascript_a_search_can_be_sent_narrowed_and_sorted(
    new_context: Callable[..., BrowserContext],
):
    page = without_script(new_context)
    page.goto("/trunks/")
    box_of(page).fill("glasgow")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()
    expect_city(page, "Glasgow")
    page.get_by_role("button", name="Narrow").click()
    facet_of(page, "Register").click()
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    sort_by(page, "Trunk")

    expect(rows_of(page)).to_contain_text(["Glasgow Outbound", "Glasgow Inbound"])
    expect(box_of(page)).to_have_value("glasgow kind:register")
    chips_of(page).filter(has_text="kind:register").click()
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_without_javascript_the_line_keeps_the_order(new_context: Callable[..., BrowserContext]):
    page = without_script(new_context)
    page.goto("/trunks/?sort=-name&density=compact")
    box_of(page).fill("glasgow")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()

    expect(page).to_have_url("/trunks/?q=glasgow&sort=-name&density=compact")
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_without_javascript_pages_can_be_turned(new_context: Callable[..., BrowserContext]):
    page = without_script(new_context)
    page.goto("/trunks/?q=call+centre")
    page.get_by_role("link", name="Next").click()
    expect(rows_of(page)).to_have_count(14)
    page.get_by_role("link", name="Previous").click()

    expect(rows_of(page)).to_have_count(50)
    expect(page.get_by_text("1–50 of 64")).to_be_visible()
