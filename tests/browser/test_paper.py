"""Pages on paper: whole numbers, nothing beyond the edge, no secret."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

# What A4 leaves between its margins.
SHEET: ViewportSize = {"width": 700, "height": 1000}
PAGES = [
    "/trunks/?q=brightline",
    "/dods/?q=pbx:demo-office",
    "/pbxs/demo-office/trunks/1/",
    "/extensions/1000/",
    "/reports/report/?q=brightline",
    "/audit/",
    "/shares/?show=all",
    "/pbxs/",
]
# Telephone numbers and IP addresses that begin on one line and end on another.
BROKEN = r"""() => {
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const match of texts.currentNode.data.matchAll(/\+?\d{9,14}(?![\d\w])|\d+\.\d+\.\d+\.\d+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, match.index);
      range.setEnd(texts.currentNode, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(match[0]);
    }
  }
  return found;
}"""


@pytest.fixture
def paper(new_context: Callable[..., BrowserContext]) -> Page:
    """A page that thinks it is printed, of a person who likes it dark."""
    page = new_context(viewport=SHEET, color_scheme="dark").new_page()
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize("address", PAGES)
def test_no_number_is_broken_and_nothing_is_beyond_the_edge(paper: Page, address: str):
    paper.goto(address)

    assert paper.evaluate(BROKEN) == []
    assert paper.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]


def test_a_password_that_is_shown_is_not_printed(paper: Page):
    paper.goto("/pbxs/demo-callcentre/reveal/38/")
    paper.emulate_media(media="screen")
    paper.get_by_label("Reason").fill("The carrier asks for it")
    paper.get_by_label("Your own password").fill("demo")
    paper.get_by_role("button", name="Show the password").click()
    expect(paper.locator(".revealed")).to_be_visible()
    paper.emulate_media(media="print")

    expect(paper.locator(".revealed")).to_be_hidden()


def test_a_sheet_of_a_list_says_how_it_was_narrowed_who_printed_it_and_when(paper: Page):
    paper.emulate_media(media="screen")
    paper.goto("/dods/")
    line = paper.locator("#paper-line")
    expect(line).to_be_hidden()
    paper.get_by_role("combobox", name="Search DOD bindings").fill("kind:peer 前台")
    paper.wait_for_url("**/dods/?q=kind:peer**")
    paper.emulate_media(media="print")
    paper.evaluate("dispatchEvent(new Event('beforeprint'))")

    expect(line).to_contain_text("/dods/?q=kind:peer%20前台")
    expect(line).to_contain_text("Printed by demo")
    expect(line.locator("time")).to_have_text(re.compile(r"20\d\d.*\d:\d\d:\d\d"))
