"""Narrowing a list by what is beside it, which is written into the search line."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.lists import (
    box_of,
    chips_of,
    expect_city,
    facet_of,
    is_the_same_page,
    mark,
    narrow,
    press_until,
    rows_of,
    wait_until_settled,
)


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


def test_what_narrows_is_closed_by_a_button_of_its_own(new_context: Callable[..., BrowserContext]):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/trunks/?q=glasgow")
    page.get_by_role("button", name="Narrow").click()
    beside = page.get_by_role("complementary", name="Narrow the list")
    expect(beside).to_be_visible()
    beside.get_by_role("button", name="Close").click()

    expect(beside).to_be_hidden()
    expect(page.get_by_role("button", name="Narrow")).to_be_focused()


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
