"""Searching, as a person types, clears and goes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.lists import (
    CITY_ROWS,
    box_of,
    chips_of,
    expect_city,
    narrow,
    rows_of,
    search,
    sort_by,
)


def test_typing_quickly_ends_with_the_rows_of_the_whole_word(page: Page):
    page.goto("/trunks/")
    box_of(page).press_sequentially("glasgow", delay=15)

    expect_city(page, "Glasgow")
    expect(page).to_have_url("/trunks/?q=glasgow")


def test_an_older_answer_never_overwrites_a_newer_one(page: Page):
    held: list[Route] = []
    page.route(re.compile("q=cardiff"), lambda route: held.append(route))
    page.goto("/trunks/")
    with page.expect_request(re.compile("q=cardiff")):
        box_of(page).fill("cardiff")
    search(page, "glasgow")
    expect_city(page, "Glasgow")
    late = held[0].request
    held[0].fulfill(response=page.request.get(late.url, headers={"HX-Request": "true"}))
    page.evaluate("fetch('/healthz')")

    expect_city(page, "Glasgow")
    expect(page).to_have_url("/trunks/?q=glasgow")


def test_focus_and_caret_stay_in_the_box_while_the_rows_change(page: Page):
    page.goto("/trunks/")
    search(page, "glsgow")
    for key in ("Home", "ArrowRight", "ArrowRight", "a"):
        box_of(page).press(key)
    expect_city(page, "Glasgow")

    expect(box_of(page)).to_be_focused()
    expect(box_of(page)).to_have_value("glasgow")
    assert box_of(page).evaluate("box => box.selectionStart") == 3


def test_back_returns_to_the_earlier_search_with_its_text_and_rows(page: Page):
    page.goto("/trunks/")
    search(page, "cardiff")
    expect_city(page, "Cardiff")
    search(page, "glasgow")
    expect_city(page, "Glasgow")
    page.go_back()

    expect(page).to_have_url("/trunks/?q=cardiff")
    expect(box_of(page)).to_have_value("cardiff")
    expect_city(page, "Cardiff")
    page.go_forward()
    expect(box_of(page)).to_have_value("glasgow")
    expect_city(page, "Glasgow")


def test_back_from_a_trunk_returns_to_the_search_that_led_there(page: Page):
    page.goto("/trunks/")
    search(page, "glasgow")
    expect_city(page, "Glasgow")
    page.get_by_role("link", name="Glasgow Inbound").click()
    expect(page.get_by_role("heading", name="Glasgow Inbound")).to_be_visible()
    page.go_back()

    expect(box_of(page)).to_have_value("glasgow")
    expect_city(page, "Glasgow")


def test_a_reload_keeps_search_choice_and_order(page: Page):
    page.goto("/trunks/")
    search(page, "glasgow")
    narrow(page, "Register")
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    sort_by(page, "Trunk")
    expect(rows_of(page)).to_contain_text(["Glasgow Outbound", "Glasgow Inbound"])
    page.reload()

    expect(box_of(page)).to_have_value("glasgow kind:register")
    expect(chips_of(page)).to_have_text(["glasgow (remove)", "kind:register (remove)", "Clear all"])
    expect(rows_of(page)).to_contain_text(["Glasgow Outbound", "Glasgow Inbound"])


def test_the_address_shows_the_same_rows_in_another_browser(
    page: Page, new_context: Callable[..., BrowserContext]
):
    page.goto("/trunks/")
    search(page, "glasgow")
    sort_by(page, "Trunk")
    expect(page).to_have_url(re.compile("sort=-name"))
    other = new_context().new_page()
    other.goto(page.url)

    purposes = [f"Glasgow {purpose}" for purpose in reversed(CITY_ROWS)]
    expect(rows_of(page)).to_contain_text(purposes)
    expect(rows_of(other)).to_contain_text(purposes)


def test_the_count_is_announced_by_a_status_that_was_there_before(page: Page):
    page.goto("/trunks/")
    status = page.get_by_role("status").filter(has_text="trunks on")
    before = status.element_handle()
    search(page, "glasgow")

    expect(page.get_by_role("status").filter(has_text="4 trunks match “glasgow”")).to_be_visible()
    assert before is not None
    assert before.evaluate("status => status.isConnected")
    assert "match “glasgow”" in before.inner_text()


def test_a_slash_typed_in_a_field_is_a_slash(page: Page):
    page.goto("/pbxs/new/")
    notes = page.get_by_label("Site")
    notes.press_sequentially("Leeds/2")

    expect(notes).to_be_focused()
    expect(notes).to_have_value("Leeds/2")


def test_nothing_found_offers_to_clear_the_search(page: Page):
    page.goto("/trunks/")
    search(page, "nowhere")
    expect(page.get_by_text("No trunk matches “nowhere”.")).to_be_visible()
    page.get_by_role("link", name="Clear the search").click()

    expect(page).to_have_url("/trunks/")
    expect(box_of(page)).to_have_value("")
    expect(rows_of(page)).to_have_count(50)


@pytest.mark.parametrize(
    "written",
    [
        "442079460110",
        "+44 20 7946 0110",
        "+44 (20) 7946-0110",
        "44.20.7946.0110",
        "４４２０７９４６０１１０",
    ],
)
def test_a_number_is_found_however_it_is_written(page: Page, written: str):
    page.goto("/dods/")
    box_of(page).fill(written)
    expect(page.get_by_role("status").filter(has_text=f"“{written}”")).to_be_visible()

    expect(rows_of(page).filter(has_text="Brightline London")).to_contain_text("+442079460110")
    expect(rows_of(page).filter(has_not_text="+442079460110")).to_have_count(0)
