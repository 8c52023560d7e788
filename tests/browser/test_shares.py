"""A link to one trunk, made, opened by somebody without an account, printed and revoked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LINK = re.compile(r"/s/pbxs_[\w-]{43}/$")


@pytest.fixture
def stranger(site: str, chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make clean profiles: nobody is logged in there, and nothing is kept."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        contexts.append(chromium.new_context(base_url=site, **options))  # type: ignore[arg-type]
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


def open_form(page: Page) -> str:
    """Go from the list of trunks to one, and from there to the form; return the name of the trunk."""
    page.goto("/trunks/?q=glasgow")
    page.locator("#trunk-table tbody a").first.click()
    name = page.locator("h1").inner_text().split("\n")[0].strip()
    page.get_by_role("link", name="Share", exact=True).click()
    return name


def make_link(page: Page, whom: str, *, passphrase: str = "", pinned: bool = False) -> str:
    open_form(page)
    page.get_by_label("For whom").fill(whom)
    if pinned:
        page.get_by_label("The trunk as it is now, whatever happens to it later").check()
    if passphrase:
        page.get_by_label("Passphrase, if you want one").fill(passphrase)
    page.get_by_label("I may show this to everybody whom the link reaches.").check()
    page.get_by_role("button", name="Make the link").click()
    field = page.get_by_label("Link", exact=True)
    expect(field).to_have_value(LINK)
    return field.input_value()


def violations(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, None, options).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def test_a_link_is_made_opened_by_a_stranger_printed_and_revoked(
    new_context: Callable[..., BrowserContext], stranger: Callable[..., BrowserContext]
):
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    link = make_link(page, "Carrier engineer")
    page.get_by_role("button", name="Copy the link").click()
    assert page.evaluate("navigator.clipboard.readText()") == link

    context = stranger()
    theirs = context.new_page()
    said: list[str] = []
    theirs.on("console", lambda message: said.append(message.text))
    theirs.goto(link)
    expect(theirs.get_by_role("heading", name="Settings")).to_be_visible()
    expect(theirs.get_by_text("As it was read from the PBX on")).to_be_visible()
    assert theirs.locator("a, script, button, input").count() == 0
    assert (context.cookies(), said) == ([], [])
    theirs.emulate_media(media="print")
    assert theirs.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert theirs.pdf(format="A4").startswith(b"%PDF")
    assert theirs.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto("/shares/")
    row = page.get_by_role("row", name="Carrier engineer")
    expect(row).to_contain_text("1 time")
    row.get_by_role("link", name="Revoke the link for Carrier engineer").click()
    page.get_by_role("button", name="Revoke the link").click()
    expect(page.get_by_text("The link for “Carrier engineer” was revoked.")).to_be_visible()
    answer = theirs.goto(link)
    assert answer
    assert answer.status == 404
    expect(theirs.get_by_role("heading", name="This link opens nothing")).to_be_visible()


def test_a_passphrase_is_asked_for_each_time_and_leaves_nothing_behind(
    new_context: Callable[..., BrowserContext], stranger: Callable[..., BrowserContext]
):
    link = make_link(new_context().new_page(), "Auditor", passphrase="open sesame", pinned=True)
    context = stranger(java_script_enabled=False)
    theirs = context.new_page()
    theirs.goto(link)
    theirs.get_by_label("Passphrase").fill("wrong one")
    theirs.get_by_label("Passphrase").press("Enter")
    expect(theirs.get_by_text("That is not the passphrase of this link.")).to_be_visible()
    theirs.get_by_label("Passphrase").fill("open sesame")
    theirs.get_by_role("button", name="Open").click()
    expect(theirs.get_by_text("This page does not change")).to_be_visible()
    theirs.goto(link)
    expect(theirs.get_by_label("Passphrase")).to_be_visible()
    assert context.cookies() == []


def test_a_link_speaks_the_language_of_the_browser(
    new_context: Callable[..., BrowserContext], stranger: Callable[..., BrowserContext]
):
    link = make_link(new_context().new_page(), "Xiamen")
    theirs = stranger(locale="zh-CN").new_page()
    theirs.goto(link)
    assert theirs.locator("html").get_attribute("lang") == "zh-hans"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_break_no_accessibility_rule_and_do_not_scroll_sideways(
    new_context: Callable[..., BrowserContext],
    stranger: Callable[..., BrowserContext],
    scheme: str,
):
    page = new_context(color_scheme=scheme, viewport=PHONE).new_page()
    open_form(page)
    assert violations(page) == []
    page.get_by_role("button", name="Make the link").click()
    link = make_link(page, "x" * 100, passphrase="open sesame")
    theirs = stranger(color_scheme=scheme, viewport=PHONE).new_page()
    theirs.goto(link)
    assert violations(theirs) == []
    theirs.get_by_label("Passphrase").fill("open sesame")
    theirs.get_by_role("button", name="Open").click()
    expect(theirs.get_by_role("heading", name="Settings")).to_be_visible()
    for shown in (page, theirs):
        assert violations(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/shares/?show=all")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    theirs.goto(link[:-2] + "/")
    assert violations(theirs) == []
