"""What is around every page: theme, language, policy, clipboard, and what is left after logging out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

PAGES = [
    "/",
    "/trunks/?q=glasgow",
    "/dods/?issue=ambiguous",
    "/pbxs/demo-office/trunks/1/",
    "/pbxs/",
    "/account/sessions/",
    "/account/password/",
    "/pbxs/demo-office/",
    "/pbxs/new/",
    "/pbxs/demo-office/edit/",
    "/pbxs/demo-office/delete/",
    "/fetches/?id=1",
]


@pytest.fixture
def guest(site: str, chromium: Browser) -> Iterator[Page]:
    """A page of a person who logged in for this test alone, and may log out."""
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/login/")
    log_in(page)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    yield page
    context.close()


def log_in(page: Page) -> None:
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()


def choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("button", name=menu).click()
    page.get_by_role("button", name=item).click()


def test_a_chosen_theme_holds_for_the_next_pages_whatever_the_system_says(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(color_scheme="light").new_page()
    page.goto("/trunks/?q=glasgow")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    choose(page, "Account:", "Dark")
    expect(page).to_have_url("/trunks/?q=glasgow")
    expect(page.locator("body")).not_to_have_css("background-color", light)
    page.reload()
    expect(page.locator("body")).not_to_have_css("background-color", light)
    choose(page, "Account:", "System")

    expect(page.locator("body")).to_have_css("background-color", light)


def test_the_language_is_switched_on_the_page_one_is_on(page: Page):
    page.goto("/trunks/")
    page.get_by_role("main").locator("input[type=search]").fill("glasgow")
    expect(page).to_have_url("/trunks/?q=glasgow")
    choose(page, "Language:", "简体中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page).to_have_url("/trunks/?q=glasgow")
    expect(page.locator("#trunk-table tbody tr")).to_have_count(4)


def test_no_page_breaks_the_strict_policy(page: Page):
    # The fixture fails the test when the browser complains of a script, a style or the policy.
    for address in PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_a_number_is_copied_and_said_to_be_copied(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/dods/?q=5503301")
    row = page.locator("tbody tr", has_text="yeastar")
    button = row.get_by_role("button", name="Copy 5503301")
    button.click()

    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    expect(button).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == "5503301"


def test_the_browser_keeps_no_copy_of_a_page(page: Page):
    page.goto("/trunks/")
    for city in ("glasgow", "cardiff"):
        page.get_by_role("main").locator("input[type=search]").fill(city)
        expect(page).to_have_url(f"/trunks/?q={city}")
    with page.expect_event("load"):  # Back reads the page anew, since no copy is kept.
        page.go_back()
    expect(page).to_have_url("/trunks/?q=glasgow")
    kept = page.evaluate("[{...sessionStorage}, {...localStorage}]")

    assert "htmx-history-cache" not in kept[0]
    assert "<" not in json.dumps(kept)


def test_after_logging_out_back_shows_no_data(guest: Page):
    guest.goto("/trunks/?q=glasgow")
    expect(guest.get_by_role("link", name="Glasgow Inbound")).to_be_visible()
    choose(guest, "Account:", "Log out")
    expect(guest.get_by_role("heading", name="Log in")).to_be_visible()
    guest.go_back()

    expect(guest.get_by_role("heading", name="Log in")).to_be_visible()
    expect(guest.get_by_text("Glasgow")).to_have_count(0)


def test_a_search_after_the_session_has_ended_leads_to_the_log_in_and_back(guest: Page):
    guest.goto("/trunks/?q=glasgow")
    guest.context.clear_cookies()
    guest.get_by_role("main").locator("input[type=search]").fill("cardiff")
    expect(guest.get_by_role("heading", name="Log in")).to_be_visible()
    log_in(guest)

    expect(guest.get_by_role("heading", name="Trunks")).to_be_visible()
