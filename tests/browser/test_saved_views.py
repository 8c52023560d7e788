"""Saved views as a person makes, opens, changes and deletes them, and the layout of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(autouse=True)
def no_views_left(new_context: Callable[..., BrowserContext]) -> Iterator[None]:
    """Delete what a test saved, since all share one site."""
    yield
    page = new_context().new_page()
    page.goto("/views/")
    while (delete := page.get_by_role("link", name=re.compile("^Delete "))).count():
        delete.first.click()
        page.get_by_role("button", name=re.compile("^Delete ")).click()


def name_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Name", exact=True)


def views_in_sidebar(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Saved views")


def save(page: Page, name: str, address: str = "/trunks/?q=glasgow&sort=-dods") -> None:
    page.goto(address)
    page.get_by_role("button", name="Save view").click()
    name_box(page).fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"“{name}” was saved.")).to_be_visible()


def search(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("combobox").fill(words)
    expect(page).to_have_url(re.compile(rf"[?&]q={words}(&|$)"))


def violations(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, None, options).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def test_a_view_is_saved_with_the_keyboard_alone_and_opened_from_the_sidebar(page: Page):
    page.goto("/trunks/?q=glasgow&sort=-dods")
    page.get_by_role("button", name="Save view").press("Enter")
    expect(name_box(page)).to_be_focused()
    page.keyboard.type("Glasgow")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Glasgow” was saved.")).to_be_visible()
    page.goto("/")
    views_in_sidebar(page).get_by_role("link", name="Glasgow").click()

    expect(page).to_have_url("/trunks/?q=glasgow&sort=-dods&view=glasgow")
    expect(page.locator("#trunk-table tbody tr")).to_have_count(4)
    current = views_in_sidebar(page).get_by_role("link", name="Glasgow")
    expect(current).to_have_attribute("aria-current", "page")


def test_a_chinese_view_has_a_chinese_address(page: Page):
    save(page, "厦门 中继", "/trunks/?q=xiamen")
    page.goto("/views/厦门-中继/")

    expect(page).to_have_url(f"/trunks/?q=xiamen&view={quote('厦门-中继')}")


def test_what_was_typed_since_is_what_is_saved(page: Page):
    page.goto("/trunks/")
    search(page, "cardiff")
    page.get_by_role("button", name="Save view").click()
    name_box(page).fill("Cardiff")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page).to_have_url("/trunks/?q=cardiff&view=cardiff")


def test_a_taken_name_is_said_beside_it_and_can_be_put_right(page: Page):
    save(page, "Glasgow")
    page.goto("/dods/?q=head")
    page.get_by_role("button", name="Save view").click()
    name_box(page).fill("GLASGOW")
    name_box(page).press("Enter")
    expect(page.get_by_text("You have a view of this name already.")).to_be_visible()
    expect(name_box(page)).to_be_focused()
    expect(name_box(page)).to_have_value("GLASGOW")
    name_box(page).fill("Heads")
    name_box(page).press("Enter")

    expect(page).to_have_url("/dods/?q=head&view=heads")


def test_a_view_follows_what_its_list_shows_now(page: Page):
    save(page, "City")
    page.get_by_role("button", name="Save view").click()
    update = page.get_by_role("button", name="Update “City”")
    expect(update).to_have_count(0)
    page.keyboard.press("Escape")
    search(page, "cardiff")
    page.get_by_role("button", name="Save view").click()
    update.click()
    expect(page.get_by_text("“City” now shows what you see here.")).to_be_visible()
    page.goto("/views/city/")

    expect(page).to_have_url(re.compile("q=cardiff&sort=-dods&view=city"))


def test_a_view_is_renamed_shared_and_deleted(page: Page):
    save(page, "Glasgow")
    page.goto("/views/")
    page.get_by_role("link", name="Rename Glasgow").click()
    name_box(page).fill("Clyde")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Share Clyde").click()
    expect(page.get_by_role("row", name="Clyde")).to_contain_text("everybody")
    page.get_by_role("button", name="Stop sharing Clyde").click()
    expect(page.get_by_role("row", name="Clyde")).to_contain_text("you alone")
    page.get_by_role("link", name="Delete Clyde").click()
    page.get_by_role("button", name="Delete Clyde").click()

    expect(page.get_by_text("“Clyde” was deleted.")).to_be_visible()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    expect(views_in_sidebar(page)).to_have_count(0)


def test_all_of_it_works_without_script(new_context: Callable[..., BrowserContext]):
    page = new_context(java_script_enabled=False).new_page()
    save(page, "Glasgow")
    expect(page).to_have_url("/trunks/?q=glasgow&sort=-dods&view=glasgow")
    page.goto("/dods/?q=head")
    page.get_by_role("button", name="Save view").click()
    name_box(page).fill("glasgow")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("You have a view of this name already.")).to_be_visible()
    name_box(page).fill("Heads")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url("/dods/?q=head&view=heads")
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Compact").check()
    page.get_by_role("button", name="Apply").click()

    expect(page).to_have_url(re.compile(r"/dods/\?q=head&.*density=compact&view=heads"))
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url("/dods/?q=head&view=heads")


def test_columns_and_density_are_chosen_for_what_is_shown_now(page: Page):
    page.goto("/trunks/")
    search(page, "glasgow")
    page.get_by_role("button", name="Columns").click()
    layout = page.locator("#list-layout")
    layout.get_by_label("Host").uncheck()
    layout.get_by_label("Compact").check()
    layout.get_by_role("button", name="Apply").click()

    expect(page).to_have_url(re.compile(r"q=glasgow&cols=name,(?!.*host).*&density=compact"))
    page.get_by_role("button", name="Columns").click()
    expect(layout.get_by_label("Host")).not_to_be_checked()
    expect(layout.get_by_label("Compact")).to_be_checked()
    layout.get_by_role("button", name="Reset").click()
    expect(page).to_have_url("/trunks/?q=glasgow")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_and_popovers_break_no_accessibility_rule(
    new_context: Callable[..., BrowserContext], scheme: str
):
    page = new_context(color_scheme=scheme).new_page()
    page.goto("/views/")
    assert violations(page) == []
    save(page, "Glasgow")
    search(page, "cardiff")
    for button in ("Save view", "Columns"):
        page.get_by_role("button", name=button).click()
        assert violations(page) == []
        page.keyboard.press("Escape")
    page.set_viewport_size(PHONE)
    for address in ("/views/", "/views/glasgow/edit/", "/views/glasgow/delete/"):
        page.goto(address)
        assert violations(page) == []


def test_nothing_scrolls_sideways_on_a_phone(new_context: Callable[..., BrowserContext]):
    page = new_context(viewport=PHONE, is_mobile=True).new_page()
    save(page, "A name that is as long as names may be " + "x" * 41)
    page.get_by_role("button", name="Save view").click()
    for address in (
        "",
        "/views/",
        f"/views/a-name-that-is-as-long-as-names-may-be-{'x' * 35}/edit/",
    ):
        if address:
            page.goto(address)
        expect(page.get_by_role("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
