"""Searching, sorting and turning pages, as a person types, presses and goes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

CITY_ROWS = ["Agents at home", "Inbound", "Outbound", "Overflow"]


def box_of(page: Page) -> Locator:
    return page.get_by_role("main").locator("input[type=search]")


def rows_of(page: Page) -> Locator:
    return page.get_by_role("main").locator("tbody tr")


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


def test_a_reload_keeps_search_filter_and_order(page: Page):
    page.goto("/trunks/")
    search(page, "glasgow")
    page.locator("label.chip", has_text="Register").click()
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    sort_by(page, "Trunk")
    expect(rows_of(page)).to_contain_text(["Glasgow Outbound", "Glasgow Inbound"])
    page.reload()

    expect(box_of(page)).to_have_value("glasgow")
    expect(page.get_by_role("checkbox", name="Register")).to_be_checked()
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

    expect(page.get_by_role("status").filter(has_text="match “glasgow”")).to_contain_text("4 of")
    assert before is not None
    assert before.evaluate("status => status.isConnected")
    assert "match “glasgow”" in before.inner_text()


def test_a_slash_typed_in_a_field_is_a_slash(page: Page):
    page.goto("/pbxs/new/")
    notes = page.get_by_label("Site")
    notes.press_sequentially("Leeds/2")

    expect(notes).to_be_focused()
    expect(notes).to_have_value("Leeds/2")


def test_nothing_found_offers_to_clear_the_filters(page: Page):
    page.goto("/trunks/")
    search(page, "nowhere")
    expect(page.get_by_text("No trunk matches “nowhere”.")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()

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


def test_sorting_keeps_the_search_and_leads_the_address(page: Page):
    page.goto("/trunks/?q=glasgow")
    mark(page)
    sort_by(page, "DODs")

    expect(page).to_have_url("/trunks/?q=glasgow&sort=dods")
    expect(rows_of(page)).to_contain_text(["Outbound", "Inbound", "Overflow", "Agents at home"])
    expect(box_of(page)).to_have_value("glasgow")
    assert is_the_same_page(page)


def test_turning_the_page_keeps_the_search_and_leads_the_address(page: Page):
    page.goto("/trunks/")
    mark(page)
    box_of(page).fill("call centre")
    expect(page).to_have_url("/trunks/?q=call+centre")
    wait_until_settled(page)
    page.get_by_role("link", name="Next").click()

    expect(page).to_have_url("/trunks/?q=call+centre&page=2")
    expect(rows_of(page)).to_have_count(14)
    expect(box_of(page)).to_have_value("call centre")
    assert is_the_same_page(page)


def test_filter_order_and_page_go_together(page: Page):
    page.goto("/dods/")
    page.locator("label.chip", has_text="Extension group").click()
    expect(page).to_have_url("/dods/?target=group")
    sort_by(page, "Name")
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
    page.get_by_role("link", name="Next").click()

    expect(page).to_have_url("/dods/?target=group&sort=name&page=2")
    expect(page.get_by_text("51–100 of")).to_be_visible()
    expect(rows_of(page).filter(has_not_text="Group")).to_have_count(0)


def test_another_search_begins_at_the_first_page_and_keeps_the_order(page: Page):
    page.goto("/trunks/?q=call+centre&sort=-name&page=2")
    box_of(page).fill("glasgow")

    expect(page).to_have_url("/trunks/?q=glasgow&sort=-name")
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_a_list_can_be_sorted_with_the_keyboard_alone(page: Page):
    page.goto("/trunks/?q=glasgow")
    box_of(page).focus()
    heading = page.get_by_role("columnheader", name="DODs")
    for _ in range(30):
        page.keyboard.press("Tab")
        if heading.locator(":focus").count():
            break
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(heading.get_by_role("link")).to_be_focused()
    wait_until_settled(page)
    page.keyboard.press("Enter")

    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(heading.get_by_role("link")).to_be_focused()


def test_without_javascript_a_search_can_be_sent_filtered_and_sorted(
    new_context: Callable[..., BrowserContext],
):
    page = without_script(new_context)
    page.goto("/trunks/")
    box_of(page).fill("glasgow")
    page.locator("label.chip", has_text="Register").click()
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    sort_by(page, "Trunk")

    expect(rows_of(page)).to_contain_text(["Glasgow Outbound", "Glasgow Inbound"])
    expect(box_of(page)).to_have_value("glasgow")
    expect(page.get_by_role("checkbox", name="Register")).to_be_checked()


def test_without_javascript_pages_can_be_turned(new_context: Callable[..., BrowserContext]):
    page = without_script(new_context)
    page.goto("/trunks/?q=call+centre")
    page.get_by_role("link", name="Next").click()
    expect(rows_of(page)).to_have_count(14)
    page.get_by_role("link", name="Previous").click()

    expect(rows_of(page)).to_have_count(50)
    expect(page).to_have_url("/trunks/?q=call+centre")


def test_without_javascript_a_pbx_can_be_chosen(new_context: Callable[..., BrowserContext]):
    page = without_script(new_context)
    page.goto("/trunks/")
    page.get_by_role("button", name="All PBXs").click()
    page.get_by_role("checkbox", name="Documented example").check()
    page.keyboard.press("Escape")
    page.get_by_role("main").get_by_role("button", name="Search").click()

    expect(rows_of(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Documented example")).to_be_visible()
