"""What the browser tests of lists look for and press."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

CITY_ROWS = ["Agents at home", "Inbound", "Outbound", "Overflow"]


def box_of(page: Page) -> Locator:
    return page.get_by_role("main").locator("input[type=search]")


def rows_of(page: Page) -> Locator:
    return page.locator(".list-body tbody tr")


def facet_of(page: Page, name: str) -> Locator:
    """Return what the list is narrowed by: a link beside it, in a popover where there is no room."""
    return page.get_by_role("complementary", name="Narrow the list").get_by_role("link", name=name)


def chips_of(page: Page) -> Locator:
    return page.get_by_role("list", name="Parts of the search").get_by_role("link")


def narrow(page: Page, name: str) -> None:
    """Open the popover, press a value, and close the popover."""
    page.get_by_role("button", name="Narrow").click()
    facet_of(page, name).click()
    expect(facet_of(page, name)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")


def expect_city(page: Page, city: str) -> None:
    """See the four trunks of a city, and nothing else."""
    expect(rows_of(page)).to_contain_text([f"{city} {purpose}" for purpose in CITY_ROWS])


def search(page: Page, words: str) -> None:
    box_of(page).fill(words)
    expect(page).to_have_url(re.compile(rf"[?&]q={words}(&|$)"))


def sort_by(page: Page, column: str) -> None:
    page.get_by_role("columnheader", name=column, exact=True).get_by_role("link").click()


def wait_until_settled(page: Page) -> None:
    """Wait until htmx has taken new rows in hand; a link pressed before that loads a whole page."""
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


def mark(page: Page) -> None:
    """Leave something in the page that a new one would not have."""
    page.evaluate("window.isTheSamePage = true")


def is_the_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def without_script(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


def press_until(page: Page, key: str, wanted: Locator) -> None:
    """Press a key until something has the focus."""
    for _ in range(40):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} was never reached")
