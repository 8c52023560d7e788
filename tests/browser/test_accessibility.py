"""What assistive technology, the keyboard and a narrow screen find on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

PAGES = [
    "/",
    "/trunks/?q=leeds",
    "/trunks/?q=kind:peer",
    "/trunks/?q=nowhere",
    "/dods/?q=head",
    "/dods/?issue=malformed",
    "/search/?q=london",
    "/search/?q=nowhere",
    "/numbers/442079460110/",
    "/extensions/1000/",
    "/extensions/9999999/?pbx=demo-office",
    "/pbxs/demo-office/trunks/1/",
    "/pbxs/demo-documented/trunks/15/",
    "/pbxs/demo-xiamen/trunks/13/",
    "/pbxs/",
    "/account/sessions/",
    "/account/password/",
    "/pbxs/demo-office/",
    "/pbxs/demo-documented/",
    "/pbxs/new/",
    "/pbxs/demo-office/edit/",
    "/pbxs/demo-office/delete/",
    "/fetches/?id=1&id=5",
    "/runs/",
    "/views/",
    "/pbxs/demo-callcentre/reveal/38/",
    "/shares/",
    "/shares/?show=all",
    "/shares/new/demo-office/1/",
    "/s/pbxs_no-such-link/",
    "/audit/",
    "/audit/?q=nothing-is-like-this",
    "/audit/1/",
    "/reports/",
    "/reports/report/?pbx=demo-documented",
    "/reports/report/?as_of=2026-01-01&q=sip",
    "/no-such-page/",
]
WIDE: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

MENUS = {"Account:": "#user-menu", "Language:": "#language-menu", "Narrow": "#trunk-table-narrow"}


@pytest.fixture
def quiet(new_context: Callable[..., BrowserContext]) -> Page:
    """A page that may answer 404, of which the browser complains."""
    return new_context(viewport=WIDE).new_page()


@pytest.fixture
def stranger(site: str, chromium: Browser) -> Iterator[Page]:
    """A page of somebody who has not logged in."""
    context = chromium.new_context(base_url=site, viewport=WIDE)
    yield context.new_page()
    context.close()


def violations(page: Page, within: str | None = None, **run_only: Any) -> list[str]:
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    found = Axe().run(page, within, options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def expect_no_violations(page: Page) -> None:
    """Ask for every rule on a wide light page and on a narrow dark one, and for colours on a wide dark one."""
    assert violations(page, type="tag", values=WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, type="rule", values=["color-contrast"]) == []
    page.set_viewport_size(PHONE)
    assert violations(page, type="tag", values=WCAG) == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_breaks_no_accessibility_rule_light_or_dark(quiet: Page, address: str):
    quiet.goto(address)

    expect_no_violations(quiet)


def test_the_log_in_page_breaks_no_accessibility_rule_light_or_dark(stranger: Page):
    stranger.goto("/login/")
    expect_no_violations(stranger)
    stranger.get_by_label("Username").fill("demo")
    stranger.get_by_label("Password").fill("wrong")
    stranger.get_by_role("button", name="Log in").click()
    expect(stranger.get_by_role("alert")).to_be_visible()

    expect_no_violations(stranger)


def test_open_menus_break_no_accessibility_rule(quiet: Page):
    quiet.goto("/trunks/")
    for name, menu in MENUS.items():
        quiet.get_by_role("button", name=name).click()
        expect(quiet.locator(menu)).to_be_visible()
        assert violations(quiet, menu, type="tag", values=WCAG) == []
        quiet.keyboard.press("Escape")


def test_a_refused_form_breaks_no_accessibility_rule(quiet: Page):
    quiet.goto("/pbxs/new/")
    quiet.get_by_role("button", name="Add PBX").click()
    expect(quiet.get_by_role("alert").first).to_be_focused()

    expect_no_violations(quiet)


def test_no_page_scrolls_sideways_on_a_phone(new_context: Callable[..., BrowserContext]):
    page = new_context(viewport=PHONE, is_mobile=True).new_page()
    too_wide = {}
    for address in PAGES:
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            too_wide[address] = width

    assert too_wide == {}


def test_the_log_in_page_does_not_scroll_sideways_on_a_phone(stranger: Page):
    stranger.set_viewport_size(PHONE)
    stranger.goto("/login/")

    assert stranger.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_menu_opens_and_closes_with_the_keyboard(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(viewport=PHONE).new_page()
    page.goto("/")
    overview = page.get_by_role("navigation", name="Main").get_by_role("link", name="Overview")
    expect(overview).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(overview).to_be_visible()
    page.keyboard.press("Escape")

    expect(overview).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(page: Page):
    page.goto("/trunks/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


# Every place that takes part, in the order of the document; hidden ones take no part.
REACHABLE = """() => {
  const able = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const all = [...document.querySelectorAll(able)].filter(
    (place) => !place.disabled && place.checkVisibility({ visibilityProperty: true }));
  all.forEach((place, index) => { place.dataset.place = index; });
  return all.length;
}"""
# Whether what has the focus shows it, itself or on the label that stands for it.
FOCUSED = """() => {
  const place = document.activeElement;
  const shown = (element) => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && style.opacity !== "0" && box.width > 1 && box.height > 1;
  };
  const label = place.closest("label");
  return [place.dataset.place ?? "", shown(place) || (label !== null && shown(label)), place.outerHTML.slice(0, 160)];
}"""


def test_everything_on_the_trunks_page_is_reached_by_tab_and_shows_it(page: Page):
    page.goto("/trunks/?q=glasgow")
    places = page.evaluate(REACHABLE)
    reached, unseen = [], []
    for _ in range(places):
        page.keyboard.press("Tab")
        place, is_seen, html = page.evaluate(FOCUSED)
        reached.append(place)
        if not is_seen:
            unseen.append(html)

    assert reached == [str(number) for number in range(places)]
    assert unseen == []


def test_every_part_of_a_date_shows_that_it_has_the_focus(page: Page):
    page.goto("/reports/")
    field = page.get_by_label("As of")
    field.focus()
    unseen = []
    while field.evaluate("element => element === document.activeElement"):
        _, is_seen, html = page.evaluate(FOCUSED)
        if not is_seen:
            unseen.append(html)
        page.keyboard.press("Tab")

    assert unseen == []


# What has the focus in the list, when it lies under the bar or the heads that stick above the rows.
COVERED = """() => {
  const place = document.activeElement;
  const above = place.closest("tbody") ? document.querySelector("thead th") : null;
  if (!above) return [];
  const isCovered = place.getBoundingClientRect().top < above.getBoundingClientRect().bottom;
  return isCovered ? [place.outerHTML.slice(0, 160)] : [];
}"""


def test_focus_going_up_a_list_is_never_under_what_sticks_above_it(page: Page):
    page.set_viewport_size({"width": 1360, "height": 500})
    page.goto("/trunks/")
    page.locator("tbody a").last.focus()
    covered = []
    for _ in range(50):
        page.keyboard.press("Shift+Tab")
        covered += page.evaluate(COVERED)

    assert covered == []


def test_nothing_moves_for_people_who_asked_for_less_motion(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(reduced_motion="reduce").new_page()
    page.goto("/")
    moving = page.evaluate("""() => {
      const spin = document.createElement("i");
      spin.className = "spin";
      document.body.append(spin);
      return [...document.querySelectorAll("*")].filter((element) => {
        const style = getComputedStyle(element);
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
      }).length;
    }""")

    assert moving == 0
