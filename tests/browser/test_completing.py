"""Completing a search line by keyboard, by mouse and through an input method; its help, and its problems."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.test_accessibility import expect_no_violations


def line_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search DOD bindings")


def options_of(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


def is_completion(url: str) -> bool:
    return "/search/completions/" in url


@pytest.fixture
def line(page: Page) -> Locator:
    page.goto("/dods/")
    return line_of(page)


def test_a_field_and_its_value_are_chosen_by_keys_alone_and_the_list_follows(page, line):
    line.press_sequentially("ki")
    expect(options_of(page)).to_have_text(["kind: Type"])
    expect(line).to_have_attribute("aria-expanded", "true")
    line.press("ArrowDown")
    expect(line).to_have_attribute("aria-activedescendant", "completion-1")
    line.press("Enter")
    expect(line).to_have_value("kind:")
    expect(options_of(page)).to_have_count(3)
    line.press_sequentially("pe")
    expect(options_of(page)).to_have_text(["peer Peer"])
    line.press("ArrowDown")
    line.press("Tab")

    expect(line).to_have_value("kind:peer")
    expect(line).to_be_focused()
    expect(line).to_have_attribute("aria-expanded", "false")
    expect(page).to_have_url("/dods/?q=kind:peer")


def test_enter_with_nothing_chosen_searches_for_what_was_typed(page, line):
    line.press_sequentially("na")
    expect(options_of(page)).not_to_have_count(0)
    line.press("Enter")

    expect(page).to_have_url("/dods/?q=na")
    expect(line).to_have_value("na")
    expect(options_of(page)).to_have_count(0)


def test_escape_closes_the_completions_first_and_empties_the_line_then(page, line):
    line.press_sequentially("ki")
    expect(options_of(page)).to_have_count(1)
    line.press("Escape")
    expect(options_of(page)).to_have_count(0)
    expect(line).to_have_value("ki")
    line.press("Escape")
    expect(line).to_have_value("")


def test_arrows_go_round_through_the_line_itself(page, line):
    line.press("ArrowDown")
    expect(options_of(page)).to_have_count(13)
    chosen = page.get_by_role("option", selected=True)
    for key, text in [
        ("ArrowUp", "is: State"),
        ("ArrowDown", ""),
        ("ArrowDown", "number: DOD number"),
    ]:
        line.press(key)
        expect(chosen).to_have_text([text] if text else [])


def test_the_word_under_the_caret_is_completed_and_the_rest_stays(page, line):
    line.fill("😀 -ki london")
    for _ in " london":
        line.press("ArrowLeft")
    line.press("ArrowDown")
    expect(options_of(page)).to_have_text(["kind: Type"])
    options_of(page).click()

    expect(line).to_have_value("😀 -kind: london")
    expect(line).to_be_focused()
    line.press_sequentially("peer")
    expect(line).to_have_value("😀 -kind:peer london")


def test_leaving_the_line_closes_the_completions(page, line):
    line.press_sequentially("ki")
    expect(options_of(page)).to_have_count(1)
    line.press("Tab")
    expect(options_of(page)).to_have_count(0)


def test_options_for_an_earlier_text_are_never_accepted(page, line):
    held: list[Route] = []
    line.press_sequentially("ki")
    expect(options_of(page)).to_have_count(1)
    line.press("ArrowDown")
    page.route(re.compile("/search/completions/"), lambda route: held.append(route))
    line.press_sequentially("n")
    line.press("Enter")

    expect(line).to_have_value("kin")
    expect(page).to_have_url("/dods/?q=kin")
    expect(options_of(page)).to_have_count(0)


def test_an_input_method_at_work_is_left_alone(page, line):
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if is_completion(request.url) else None
    )
    session = page.context.new_cdp_session(page)
    line.focus()
    session.send("Input.imeSetComposition", {"text": "lei", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(400)
    assert asked == []
    session.send("Input.insertText", {"text": "类"})
    expect(options_of(page)).to_have_text(["类型: Type"])


def test_a_session_that_is_over_shows_no_log_in_page_among_the_options(page, line):
    # The list asks at the same time, and its answer leads away to the log-in page: it is held.
    held: list[Route] = []
    page.route(re.compile(r"/dods/\?"), lambda route: held.append(route))
    page.context.clear_cookies()
    with page.expect_response(lambda response: is_completion(response.url)) as answered:
        line.press_sequentially("ki")
    answered.value.finished()

    expect(page).to_have_url("/dods/")
    expect(options_of(page)).to_have_count(0)
    expect(line).to_have_attribute("aria-expanded", "false")


def test_completions_and_help_break_no_accessibility_rule(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(viewport={"width": 1360, "height": 900}).new_page()
    page.goto("/dods/?q=knd:peer")
    line_of(page).press_sequentially(",ki pbx:")
    expect(options_of(page)).not_to_have_count(0)
    line_of(page).press("ArrowDown")
    expect_no_violations(page)
    line_of(page).press("Escape")
    page.get_by_role("button", name="How to search").click()
    expect_no_violations(page)


def test_the_help_opens_without_script_and_its_examples_lead_to_the_list(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/dods/")
    page.get_by_role("button", name="How to search").click()
    help_panel = page.get_by_role("group", name="How to search")
    help_panel.get_by_role("link", name="kind:register,peer").click()

    expect(page).to_have_url("/dods/?q=kind:register,peer")
    expect(line_of(page)).to_have_value("kind:register,peer")


def test_a_suggestion_puts_the_line_right_and_keeps_the_order(page):
    page.goto("/dods/?q=sales+knd:peer&sort=-name")
    status = page.get_by_role("status").filter(has_text="no such field")
    expect(status.locator("code").first).to_have_text("knd:peer")
    status.get_by_role("link", name="kind:peer", exact=True).click()

    expect(page).to_have_url("/dods/?q=sales%20kind:peer&sort=-name")
    expect(line_of(page)).to_have_value("sales kind:peer")
    expect(status).to_have_count(0)


def test_on_the_page_of_a_trunk_its_own_bindings_complete(page):
    page.goto("/pbxs/demo-office/trunks/1/")
    line = page.get_by_role("combobox", name="Search these DOD bindings")
    line.press_sequentially("name:rec")
    expect(options_of(page)).to_have_text(["Reception"])
