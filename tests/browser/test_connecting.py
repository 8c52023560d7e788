"""Adding a PBX, as a person does it: paste, test, look at the certificate, trust it, save."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect


def secure_address(page: Page) -> str:
    """The address of the demo's PBX with a certificate of its own."""
    page.goto("/pbxs/demo-callcentre/")
    return page.locator("#pbx-data dd").first.inner_text()


def fill_in(page: Page, address: str) -> None:
    page.goto("/pbxs/new/")
    page.get_by_label("Address").fill(address)
    page.get_by_label("API username").fill("api")
    page.get_by_label("API password").fill("simulated")


def delete(page: Page) -> None:
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/pbxs/")


def test_from_a_pasted_address_to_a_saved_pbx(page: Page):
    fill_in(page, secure_address(page).removeprefix("https://") + "/api/v2.0.0/")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("button", name="Test connection")).to_be_focused()
    expect(page.locator("#connection-test")).to_contain_text("itself (self-signed)", timeout=15_000)
    expect(page.locator("#announce")).to_contain_text("not from an authority")

    page.get_by_role("button", name="Trust this certificate").click()
    expect(page.locator("#connection-test")).to_contain_text("pinned in the form")
    expect(page.locator("#trust-fields")).to_be_focused()
    expect(page.get_by_label("API password")).to_have_value("simulated")

    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#connection-test")).to_contain_text("It works", timeout=15_000)
    page.get_by_label("Name", exact=True).fill("Second call centre")
    page.get_by_role("button", name="Add PBX").click()
    page.wait_for_url("**/pbxs/second-call-centre/")

    page.get_by_role("button", name="Fetch").click()
    expect(page.locator("#pbx-data")).to_contain_text("64 read", timeout=15_000)
    expect(page.locator("#pbx-state")).to_contain_text("Fetched")
    delete(page)


def test_a_wrong_value_keeps_all_that_was_typed_and_leads_to_the_sentence(page: Page):
    fill_in(page, "192.168.5.150:port")
    page.get_by_role("button", name="Test connection").click()

    expect(page.get_by_text("“port” is not a port")).to_be_visible()
    expect(page.get_by_label("Address")).to_have_value("192.168.5.150:port")
    expect(page.get_by_text("Password typed a moment ago is kept until")).to_be_visible()
    expect(page.locator("#pbx-form [role=alert]")).to_be_focused()


def test_without_javascript_nothing_that_was_typed_is_lost(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    fill_in(page, secure_address(page))
    page.get_by_label("Name", exact=True).fill("No script")
    for expected in ("Trust this certificate", "It works"):
        page.get_by_role("button", name="Test connection").click()
        look_until(page, expected)
        if expected == "Trust this certificate":
            page.get_by_role("button", name=expected).click()
    page.get_by_role("button", name="Add PBX").click()
    page.wait_for_url("**/pbxs/no-script/")
    delete(page)


def look_until(page: Page, expected: str) -> None:
    """Press "Check the result" as long as it is there."""
    check = page.get_by_role("button", name="Check the result")
    for _ in range(30):
        if not check.count():
            break
        page.wait_for_timeout(300)
        check.click()
    expect(page.locator("#connection-test")).to_contain_text(expected)
