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
    return page.locator(".list-body tbody tr")


def facet_of(page: Page, name: str) -> Locator:
    """Return what the list is narrowed by: a link beside it, in a popover where there is no room."""
    return page.get_by_role("complementary", name="Narrow the list").get_by_role("link", name=name)


def chips_of(page: Page) -> Locator:
    return page.get_by_role("list", name="Parts of the search").get_by_role("link")


def narrow(page: Page, name: str) -> None:
    """Open the popover, press a value, and close the popover."""
    page.get_by_role("button", name="Narrow").click()
    facet_of(page, name).click()
    expect(facet_of(page, name)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")


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


def test_sorting_keeps_the_search_and_leads_the_address(page: Page):
    page.goto("/trunks/?q=glasgow")
    mark(page)
    sort_by(page, "DODs")

    expect(page).to_have_url("/trunks/?q=glasgow&sort=dods")
    expect(rows_of(page)).to_contain_text(["Outbound", "Inbound", "Overflow", "Agents at home"])
    expect(box_of(page)).to_have_value("glasgow")
    assert is_the_same_page(page)


def test_turning_pages_keeps_the_search_and_leads_the_address(page: Page):
    page.goto("/trunks/")
    mark(page)
    box_of(page).fill("call centre")
    expect(page).to_have_url("/trunks/?q=call%20centre")
    wait_until_settled(page)
    page.get_by_role("link", name="Next").click()

    expect(page).to_have_url(re.compile(r"/trunks/\?q=call%20centre&after="))
    expect(rows_of(page)).to_have_count(14)
    expect(page.get_by_text("51–64 of 64")).to_be_visible()
    expect(box_of(page)).to_have_value("call centre")
    wait_until_settled(page)
    page.get_by_role("link", name="Previous").click()
    expect(page).to_have_url(re.compile("&before="))
    expect(page.get_by_text("1–50 of 64")).to_be_visible()
    assert is_the_same_page(page)


def test_the_address_of_a_page_shows_it_again_after_a_reload_and_elsewhere(
    page: Page, new_context: Callable[..., BrowserContext]
):
    page.goto("/trunks/?q=call%20centre&sort=-name")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–64 of 64")).to_be_visible()
    first = rows_of(page).first.inner_text().split("#")[0]
    page.reload()
    expect(rows_of(page).first).to_contain_text(first)
    other = new_context().new_page()
    other.goto(page.url)

    expect(other.get_by_text("51–64 of 64")).to_be_visible()
    expect(rows_of(other).first).to_contain_text(first)


def test_back_turns_to_the_page_before(page: Page):
    page.goto("/trunks/?q=call%20centre")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–64 of 64")).to_be_visible()
    page.go_back()

    expect(page).to_have_url("/trunks/?q=call%20centre")
    expect(page.get_by_text("1–50 of 64")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("51–64 of 64")).to_be_visible()


def test_choice_order_and_page_go_together(page: Page):
    page.goto("/dods/")
    narrow(page, "Extension group")
    expect(page).to_have_url("/dods/?q=target:group")
    sort_by(page, "Name")
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
    wait_until_settled(page)
    page.get_by_role("link", name="Next").click()

    expect(page).to_have_url(re.compile(r"/dods/\?q=target:group&sort=name&after="))
    expect(page.get_by_text("51–100 of")).to_be_visible()
    expect(rows_of(page).filter(has_not_text="Group")).to_have_count(0)


def test_another_search_begins_at_the_first_page_and_keeps_the_order(page: Page):
    page.goto("/trunks/?q=call+centre&sort=-name")
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("after="))
    wait_until_settled(page)
    box_of(page).fill("glasgow")

    expect(page).to_have_url("/trunks/?q=glasgow&sort=-name")
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_what_is_clicked_is_written_into_the_search_line(page: Page):
    page.set_viewport_size({"width": 1680, "height": 900})
    page.goto("/trunks/?q=glasgow")
    mark(page)
    expect(page.get_by_role("button", name="Narrow")).to_be_hidden()
    expect(facet_of(page, "Register")).to_contain_text("2")
    facet_of(page, "Register").click()

    expect(box_of(page)).to_have_value("glasgow kind:register")
    expect(page).to_have_url("/trunks/?q=glasgow%20kind:register")
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    expect(facet_of(page, "Register")).to_be_focused()
    wait_until_settled(page)
    facet_of(page, "Peer").click()
    expect(box_of(page)).to_have_value("glasgow kind:register,peer")
    wait_until_settled(page)
    facet_of(page, "Register").click()
    expect(box_of(page)).to_have_value("glasgow kind:peer")
    assert is_the_same_page(page)


def test_typing_goes_on_from_what_was_clicked(page: Page):
    page.goto("/trunks/")
    narrow(page, "Register")
    expect(box_of(page)).to_have_value("kind:register")
    wait_until_settled(page)
    box_of(page).press("End")
    box_of(page).press_sequentially(" glasgow")

    expect(page).to_have_url("/trunks/?q=kind:register%20glasgow")
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    expect(box_of(page)).to_have_value("kind:register glasgow")


def test_states_are_switches_that_go_on_and_off(page: Page):
    page.goto("/trunks/")
    narrow(page, "Not fetched lately")
    expect(box_of(page)).to_have_value("is:stale")
    expect(rows_of(page).filter(has_not_text="Leeds")).to_have_count(0)
    page.get_by_role("button", name="Narrow").click()
    facet_of(page, "Not fetched lately").click()

    expect(box_of(page)).to_have_value("")
    expect(page).to_have_url("/trunks/")


def test_a_chip_takes_its_part_out_of_the_line(page: Page):
    page.goto("/trunks/?q=glasgow+kind:peer+is:bound")
    mark(page)
    chips_of(page).filter(has_text="kind:peer").click()
    expect(box_of(page)).to_have_value("glasgow is:bound")
    expect(page).to_have_url("/trunks/?q=glasgow%20is:bound")
    wait_until_settled(page)
    chips_of(page).filter(has_text="is:bound").click()

    expect(chips_of(page)).to_have_text(["glasgow (remove)"])
    expect_city(page, "Glasgow")
    assert is_the_same_page(page)


def test_back_takes_clicks_back_one_by_one_in_line_and_rows(page: Page):
    page.goto("/trunks/?q=glasgow")
    narrow(page, "Register")
    expect(box_of(page)).to_have_value("glasgow kind:register")
    wait_until_settled(page)
    narrow(page, "Peer")
    expect(box_of(page)).to_have_value("glasgow kind:register,peer")
    page.go_back()
    expect(box_of(page)).to_have_value("glasgow kind:register")
    expect(rows_of(page)).to_have_count(2)
    page.go_back()

    expect(box_of(page)).to_have_value("glasgow")
    expect_city(page, "Glasgow")
    page.go_forward()
    expect(box_of(page)).to_have_value("glasgow kind:register")


def test_a_choice_survives_in_another_browser(
    page: Page, new_context: Callable[..., BrowserContext]
):
    page.goto("/dods/")
    narrow(page, "Call centre")
    narrow(page, "Register")
    expect(box_of(page)).to_have_value("pbx:=demo-callcentre kind:register")
    other = new_context(viewport={"width": 1680, "height": 900}).new_page()
    other.goto(page.url)

    expect(box_of(other)).to_have_value("pbx:=demo-callcentre kind:register")
    for name in ("Call centre", "Register"):
        expect(facet_of(other, name)).to_have_attribute("aria-current", "true")
    expect(rows_of(other).first).to_contain_text(
        rows_of(page).first.locator("td").first.inner_text()
    )


def test_the_popover_stays_open_while_values_are_chosen(page: Page):
    page.goto("/trunks/?q=glasgow")
    page.get_by_role("button", name="Narrow").click()
    facet_of(page, "Register").click()
    expect(facet_of(page, "Register")).to_have_attribute("aria-current", "true")
    facet_of(page, "Peer").click()
    expect(facet_of(page, "Peer")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")

    expect(facet_of(page, "Peer")).to_be_hidden()
    expect(box_of(page)).to_have_value("glasgow kind:register,peer")


def test_on_a_phone_what_narrows_opens_over_the_list(new_context: Callable[..., BrowserContext]):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/trunks/?q=glasgow")
    narrow(page, "Register")

    expect(box_of(page)).to_have_value("glasgow kind:register")
    expect(rows_of(page)).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_list_is_narrowed_with_the_keyboard_alone(page: Page):
    page.goto("/trunks/?q=glasgow")
    box_of(page).focus()
    press_until(page, "Tab", page.get_by_role("button", name="Narrow"))
    page.keyboard.press("Enter")
    press_until(page, "Tab", facet_of(page, "Register"))
    page.keyboard.press("Enter")
    expect(box_of(page)).to_have_value("glasgow kind:register")
    expect(facet_of(page, "Register")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Narrow")).to_be_focused()
    press_until(page, "Tab", chips_of(page).filter(has_text="kind:register"))
    wait_until_settled(page)
    page.keyboard.press("Enter")

    expect(box_of(page)).to_have_value("glasgow")
    expect_city(page, "Glasgow")


def press_until(page: Page, key: str, wanted: Locator) -> None:
    """Press a key until something has the focus."""
    for _ in range(40):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} was never reached")


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


def test_without_javascript_a_search_can_be_sent_narrowed_and_sorted(
    new_context: Callable[..., BrowserContext],
):
    page = without_script(new_context)
    page.goto("/trunks/")
    box_of(page).fill("glasgow")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()
    expect_city(page, "Glasgow")
    page.get_by_role("button", name="Narrow").click()
    facet_of(page, "Register").click()
    expect(rows_of(page)).to_contain_text(["Glasgow Inbound", "Glasgow Outbound"])
    sort_by(page, "Trunk")

    expect(rows_of(page)).to_contain_text(["Glasgow Outbound", "Glasgow Inbound"])
    expect(box_of(page)).to_have_value("glasgow kind:register")
    chips_of(page).filter(has_text="kind:register").click()
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_without_javascript_the_line_keeps_the_order(new_context: Callable[..., BrowserContext]):
    page = without_script(new_context)
    page.goto("/trunks/?sort=-name&density=compact")
    box_of(page).fill("glasgow")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()

    expect(page).to_have_url("/trunks/?q=glasgow&sort=-name&density=compact")
    expect(rows_of(page)).to_contain_text([f"Glasgow {p}" for p in reversed(CITY_ROWS)])


def test_without_javascript_pages_can_be_turned(new_context: Callable[..., BrowserContext]):
    page = without_script(new_context)
    page.goto("/trunks/?q=call+centre")
    page.get_by_role("link", name="Next").click()
    expect(rows_of(page)).to_have_count(14)
    page.get_by_role("link", name="Previous").click()

    expect(rows_of(page)).to_have_count(50)
    expect(page.get_by_text("1–50 of 64")).to_be_visible()
