"""Sorting a list and turning its pages, which keep the search and lead the address."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.lists import (
    CITY_ROWS,
    box_of,
    is_the_same_page,
    mark,
    narrow,
    rows_of,
    sort_by,
    wait_until_settled,
)


def test_sorting_keeps_the_search_and_leads_the_address(page: Page):
    page.goto("/trunks/?q=glasgow")
    mark(page)
    sort_by(page, "DODs")

    expect(page).to_have_url("/trunks/?q=glasgow&sort=dods")
    expect(rows_of(page)).to_contain_text(["Outbound", "Inbound", "Overflow", "Agents at home"])
    expect(box_of(page)).to_have_value("glasgow")
    assert is_the_same_page(page)


def test_turning_pages_keeps_the_search_and_leads_the_address(page: Page):
    page.goto("/trunks/")
    mark(page)
    box_of(page).fill("call centre")
    expect(page).to_have_url("/trunks/?q=call%20centre")
    wait_until_settled(page)
    page.get_by_role("link", name="Next").click()

    expect(page).to_have_url(re.compile(r"/trunks/\?q=call%20centre&after="))
    expect(rows_of(page)).to_have_count(14)
    expect(page.get_by_text("51–64 of 64")).to_be_visible()
    expect(box_of(page)).to_have_value("call centre")
    wait_until_settled(page)
    page.get_by_role("link", name="Previous").click()
    expect(page).to_have_url(re.compile("&before="))
    expect(page.get_by_text("1–50 of 64")).to_be_visible()
    assert is_the_same_page(page)


def test_the_address_of_a_page_shows_it_again_after_a_reload_and_elsewhere(
    page: Page, new_context: Callable[..., BrowserContext]
):
    page.goto("/trunks/?q=call%20centre&sort=-name")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–64 of 64")).to_be_visible()
    first = rows_of(page).first.inner_text().split("#")[0]
    page.reload()
    expect(rows_of(page).first).to_contain_text(first)
    other = new_context().new_page()
    other.goto(page.url)

    expect(other.get_by_text("51–64 of 64")).to_be_visible()
    expect(rows_of(other).first).to_contain_text(first)


def test_back_turns_to_the_page_before(page: Page):
    page.goto("/trunks/?q=call%20centre")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–64 of 64")).to_be_visible()
    page.go_back()

    expect(page).to_have_url("/trunks/?q=call%20centre")
    expect(page.get_by_text("1–50 of 64")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("51–64 of 64")).to_be_visible()


def test_choice_order_and_page_go_together(page: Page):
    page.goto("/dods/")
    narrow(page, "Extension group")
    expect(page).to_have_url("/dods/?q=target:group")
    sort_by(page, "Name")
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
    wait_until_settled(page)
    page.get_by_role("link", name="Next").click()

    expect(page).to_have_url(re.compile(r"/dods/\?q=target:group&sort=name&after="))
    expect(page.get_by_text("51–100 of")).to_be_visible()
    expect(rows_of(page).filter(has_not_text="Group")).to_have_count(0)


def test_another_search_begins_at_the_first_page_and_keeps_the_order(page: Page):
    page.goto("/trunks/?q=call+centre&sort=-name")
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("after="))
    wait_until_settled(page)
    box_of(page).fill("glasgow")

    expect(page).to_have_url("/trunks/?q=glasgow&sort=-name")
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_a_list_can_be_sorted_with_the_keyboard_alone(page: Page):
    page.goto("/trunks/?q=glasgow")
    box_of(page).focus()
    heading = page.get_by_role("columnheader", name="DODs")
    for _ in range(30):
        page.keyboard.press("Tab")
        if heading.locator(":focus").count():
            break
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(heading.get_by_role("link")).to_be_focused()
    wait_until_settled(page)
    page.keyboard.press("Enter")

    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(heading.get_by_role("link")).to_be_focused()
