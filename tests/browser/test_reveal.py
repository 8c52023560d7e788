"""A SIP password shown to a person, in a real browser: once, and not for long."""

from __future__ import annotations

from playwright.sync_api import Page, expect

TRUNK = "/pbxs/demo-callcentre/trunks/38/"
# The page leaves after thirty seconds.
LEAVES_WITHIN = 40_000


def test_a_password_is_shown_with_a_reason_until_the_page_leaves_by_itself(page: Page):
    page.goto(TRUNK)
    page.get_by_role("link", name="Show", exact=True).click()
    page.get_by_label("Reason").fill("The carrier asks for it")
    page.get_by_label("Your own password").fill("demo")
    page.get_by_role("button", name="Show the password").click()
    expect(page.get_by_role("heading", name="The SIP password")).to_be_visible()
    shown = page.locator(".revealed code").inner_text()
    assert len(shown) > 4

    page.wait_for_url(f"**{TRUNK}", timeout=LEAVES_WITHIN)
    assert shown not in page.content()
    page.goto("/audit/?action=revealed")
    expect(page.get_by_role("main")).to_contain_text("SIP password revealed")
    assert shown not in page.content()


def test_a_page_that_is_kept_for_going_back_has_no_password(page: Page):
    page.goto(TRUNK)
    page.get_by_role("link", name="Show", exact=True).click()
    page.get_by_label("Reason").fill("The carrier asks for it")
    page.get_by_label("Your own password").fill("demo")
    page.get_by_role("button", name="Show the password").click()
    shown = page.locator(".revealed code").inner_text()
    # As a browser does that keeps the page; the one of these tests keeps none.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(page.locator(".revealed")).to_have_count(0)
    assert shown not in page.content()


def test_a_wrong_password_of_ones_own_shows_nothing(page: Page):
    page.goto(TRUNK)
    page.get_by_role("link", name="Show", exact=True).click()
    page.get_by_label("Reason").fill("The carrier asks for it")
    page.get_by_label("Your own password").fill("not mine")
    page.get_by_role("button", name="Show the password").click()
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("The carrier asks for it")
