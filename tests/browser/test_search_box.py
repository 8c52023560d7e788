"""The search box in the top bar, as a person types, chooses, leaves it and does without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.test_accessibility import PHONE, WCAG, violations

POPUP = "#search-popup"


def box_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search everything")


def choices_of(page: Page) -> Locator:
    return page.locator(POPUP).get_by_role("option")


def chosen_in(page: Page) -> Locator:
    return page.locator(f"{POPUP} [aria-selected=true]")


def search(page: Page, line: str) -> None:
    """Type a line quickly, and wait for what is offered for it."""
    box_of(page).press_sequentially(line, delay=10)
    expect(page.locator(f"{POPUP} [data-line='{line}']")).to_be_visible()


def expect_closed(page: Page) -> None:
    expect(page.locator(POPUP)).to_be_hidden()
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")
    expect(box_of(page)).not_to_have_attribute("aria-activedescendant", re.compile(""))


def test_a_slash_goes_to_the_box_from_every_page(page: Page):
    for address in ("/runs/", "/trunks/"):
        page.goto(address)
        page.keyboard.press("/")

        expect(box_of(page)).to_be_focused()
        expect(box_of(page)).to_have_value("")


def test_typing_quickly_ends_with_the_choices_for_the_whole_line(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")

    expect(choices_of(page).filter(has_text="Glasgow Inbound")).to_be_visible()
    expect(page.locator(f"{POPUP} mark").first).to_have_text("Glasgow")
    expect(box_of(page)).to_have_attribute("aria-expanded", "true")
    expect(box_of(page)).to_be_focused()
    expect(page.locator("#search-status")).to_contain_text("suggestions for “glasgow”")


def test_an_older_answer_never_shows_under_a_newer_line(page: Page):
    held: list[Route] = []
    page.route(re.compile("q=cardiff"), lambda route: held.append(route))
    page.goto("/runs/")
    with page.expect_request(re.compile("q=cardiff")):
        box_of(page).fill("cardiff")
    box_of(page).fill("")
    held[0].continue_()
    page.evaluate("fetch('/healthz')")

    expect_closed(page)


def test_arrow_keys_go_round_the_choices_and_the_box_says_which_is_meant(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")
    last = choices_of(page).count() - 1
    page.keyboard.press("ArrowUp")
    expect(choices_of(page).nth(last)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(choices_of(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")

    meant = choices_of(page).nth(1).get_attribute("id")
    expect(box_of(page)).to_have_attribute("aria-activedescendant", meant or "none")
    expect(chosen_in(page)).to_have_count(1)
    expect(box_of(page)).to_be_focused()


def test_enter_opens_the_choice(page: Page):
    page.goto("/runs/")
    search(page, "1000")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url("/extensions/1000/")
    expect(page.get_by_role("heading", name="Extension 1000")).to_be_visible()


def test_enter_with_nothing_chosen_goes_to_the_page_of_all_that_was_found(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")
    page.keyboard.press("Enter")

    expect(page).to_have_url("/search/?q=glasgow")
    expect(page.get_by_role("main").get_by_role("link", name="Glasgow Inbound")).to_be_visible()
    expect(box_of(page)).to_have_value("glasgow")
    expect_closed(page)


def test_enter_right_after_typing_goes_there_too(page: Page):
    page.goto("/runs/")
    box_of(page).press_sequentially("glasgow", delay=5)
    page.keyboard.press("Enter")

    expect(page).to_have_url("/search/?q=glasgow")


def test_a_complete_number_offers_its_page(page: Page):
    page.goto("/runs/")
    search(page, "442079460110")

    expect(choices_of(page).first).to_have_text("Number 442079460110 — where is it used")


def test_a_choice_can_be_pressed(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")
    choices_of(page).filter(has_text="Glasgow Inbound").click()

    expect(page.get_by_role("heading", name="Glasgow Inbound")).to_be_visible()


def test_the_last_choices_lead_to_the_lists_with_the_same_line(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")
    page.get_by_role("option", name="trunks that match").click()

    expect(page).to_have_url("/trunks/?q=glasgow")


def test_escape_closes_and_keeps_the_text_and_an_arrow_opens_again(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect_closed(page)
    expect(box_of(page)).to_have_value("glasgow")
    expect(box_of(page)).to_be_focused()
    page.keyboard.press("ArrowDown")

    expect(choices_of(page).first).to_have_attribute("aria-selected", "true")


def test_an_arrow_asks_for_choices_where_there_were_none_yet(page: Page):
    page.goto("/search/?q=glasgow")
    box_of(page).focus()
    page.keyboard.press("ArrowDown")

    expect(choices_of(page).first).to_be_visible()


def test_tab_leaves_and_closes(page: Page):
    page.goto("/runs/")
    search(page, "glasgow")
    page.keyboard.press("Tab")

    expect_closed(page)
    expect(page.get_by_role("button", name="Language:")).to_be_focused()


def test_an_answer_after_leaving_opens_nothing(page: Page):
    held: list[Route] = []
    page.route(re.compile("q=cardiff"), lambda route: held.append(route))
    page.goto("/runs/")
    with page.expect_request(re.compile("q=cardiff")):
        box_of(page).fill("cardiff")
    page.keyboard.press("Tab")
    with page.expect_response(re.compile("q=cardiff")):
        held[0].continue_()

    expect_closed(page)


def test_what_an_input_method_composes_is_neither_asked_nor_chosen(page: Page):
    asked: list[str] = []
    page.goto("/runs/")
    page.on("request", lambda request: asked.append(request.url))
    box_of(page).focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "xia", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(400)
    assert not [url for url in asked if "/search/" in url]
    session.send("Input.insertText", {"text": "厦门"})

    expect(page.locator(f"{POPUP} [data-line='厦门']")).to_be_visible()


def test_nothing_found_is_said_and_nothing_can_be_chosen(page: Page):
    page.goto("/runs/")
    box_of(page).fill("nowhere at all")

    expect(page.locator(POPUP)).to_contain_text("Nothing matches “nowhere at all”")
    expect(page.locator("#search-status")).to_contain_text("Nothing matches")
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("line", ["glasgow", "1000", "is:ambiguous", "nmber:5"])
def test_the_choices_break_no_accessibility_rule_light_or_dark(page: Page, line: str):
    page.goto("/runs/")
    box_of(page).fill(line)
    expect(page.locator(POPUP)).to_be_visible()
    page.keyboard.press("ArrowDown")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page, ".topbar", type="tag", values=WCAG) == []


def test_on_a_phone_the_choices_are_as_wide_as_the_bar_and_can_be_pressed(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    page.goto("/runs/")
    search(page, "glasgow")
    box = page.locator(POPUP).bounding_box()
    assert box is not None
    assert (box["width"] > 360, box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    choices_of(page).filter(has_text="Glasgow Inbound").tap()

    expect(page.get_by_role("heading", name="Glasgow Inbound")).to_be_visible()


def test_without_javascript_the_box_is_a_form_that_leads_to_what_was_found(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/runs/")
    page.get_by_label("Search everything").fill("442079460110")
    page.get_by_label("Search everything").press("Enter")
    page.get_by_role("link", name="Number 442079460110 — where is it used").click()

    expect(page.get_by_role("heading", name="Number 442079460110")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Brightline London")).to_be_visible()
