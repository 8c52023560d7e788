"""What people see and reach: contrast, labels, keyboard, small screens, and a strict policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

Profiles = Callable[..., BrowserContext]

PAGES = {
    "overview": "/",
    "trunks": "/trunks/",
    "trunks, nothing found": "/trunks/?q=zzz",
    "dods": "/dods/?issue=ambiguous",
    "trunk, peer": "/pbxs/demo-documented/trunks/15/",
    "trunk, of a dead PBX": "/pbxs/demo-office/trunks/1/",
    "pbxs": "/pbxs/",
    "pbx": "/pbxs/demo-office/",
    "pbx, to add": "/pbxs/new/",
    "pbx, to edit": "/pbxs/demo-xiamen/edit/",
    "pbx, to delete": "/pbxs/demo-office/delete/",
    "fetches": "/fetches/?id=5",
}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_axe_finds_nothing_on_any_page(new_context: Profiles, scheme: str, width: int):
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    found = {}
    for name, address in PAGES.items():
        page.goto(address)
        results = Axe().run(page, options=RULES)
        if results.violations_count:
            found[name] = results.generate_report()

    assert not found


def test_no_page_scrolls_sideways_on_a_phone(new_context: Profiles):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    too_wide = {}
    for name, address in PAGES.items():
        page.goto(address)
        excess = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if excess > 0:
            too_wide[name] = excess

    assert not too_wide


def test_no_page_makes_the_browser_complain(page: Page):
    for address in PAGES.values():
        page.goto(address)


def test_no_copy_of_a_page_is_kept_in_the_browser(page: Page):
    page.goto("/trunks/")
    page.locator("#trunk-search").fill("bristol")
    expect(page.locator("#trunk-count")).to_contain_text("bristol")
    page.get_by_role("link", name="Overview").click()
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")

    assert "<" not in kept


def test_the_first_tab_offers_to_skip_to_the_content(page: Page):
    page.goto("/trunks/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_every_control_of_a_list_is_reached_by_tab(page: Page):
    page.goto("/trunks/?pbx=demo-office")
    controls = page.locator(
        "main :is(a[href], button, input:not([type=hidden]), summary):visible"
    ).count()
    reached = set()
    for _ in range(controls + 40):
        page.keyboard.press("Tab")
        mark = page.evaluate(
            "(() => { const a = document.activeElement;"
            " return a.closest('main') ? (a.id || a.outerHTML) : '' })()"
        )
        reached.add(mark)

    assert len(reached - {""}) >= controls


def test_a_copied_number_is_said_to_be_copied(new_context: Profiles):
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto("/dods/?q=5503301")
    page.locator("#dod-table tbody tr", has_text="yeastar").get_by_role("button").first.click()

    expect(page.locator("#announce")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "5503301"


def test_a_chosen_theme_stays(page: Page):
    page.goto("/")
    page.get_by_role("button", name="demo").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_after_log_out_going_back_shows_nothing(new_context: Profiles, site: str):
    page = new_context().new_page()
    page.goto("/login/")
    page.context.clear_cookies()
    page.goto("/login/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{site}/")
    page.goto("/trunks/")
    page.get_by_role("button", name="demo").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login/**")
    page.go_back()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
