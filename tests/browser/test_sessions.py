"""A session in front of an empty chair: asked for before its end, and nothing is left on the screen after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

WARNING = "will be logged out in two minutes"


@pytest.fixture
def guest(site: str, chromium: Browser) -> Iterator[Page]:
    """A page of a person who logged in for this test alone."""
    context = chromium.new_context(base_url=site, viewport={"width": 1360, "height": 900})
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    yield page
    context.close()


def with_seconds_left(page: Page, *answers: int) -> None:
    """Answer a page that asks how long its session lasts, the last answer for ever."""
    left = list(answers)

    def answer(route: Route) -> None:
        route.fulfill(json={"seconds": left.pop(0) if len(left) > 1 else left[0]})

    page.route("**/account/session/", answer)


def look_again(page: Page) -> None:
    """As when the person comes back to the window."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_person_is_asked_before_the_end_and_may_stay(guest: Page):
    with_seconds_left(guest, 100)
    note = guest.get_by_role("alert").filter(has_text=WARNING)
    expect(note).to_be_hidden()
    look_again(guest)
    expect(note).to_be_visible()
    with guest.expect_response("**/account/session/stay/") as answered:
        guest.get_by_role("button", name="Stay logged in").click()

    expect(note).to_be_hidden()
    assert answered.value.json()["seconds"] > 1700


def test_what_another_window_did_takes_the_question_back(guest: Page):
    with_seconds_left(guest, 100, 1700)
    note = guest.get_by_role("alert").filter(has_text=WARNING)
    look_again(guest)
    expect(note).to_be_visible()
    look_again(guest)
    expect(note).to_be_hidden()


def test_after_the_end_nothing_stays_on_the_screen(guest: Page):
    guest.goto("/trunks/?q=glasgow")
    with_seconds_left(guest, 0)
    guest.context.clear_cookies()
    look_again(guest)
    expect(guest.get_by_role("heading", name="Log in")).to_be_visible()
    expect(guest).to_have_url("/login/?next=/trunks/%3Fq%3Dglasgow")


def test_what_a_page_asks_by_itself_is_marked_and_what_a_person_asks_is_not(guest: Page):
    guest.goto("/trunks/")
    marks: dict[str, str | None] = {}

    def remember(route: Route) -> None:
        url = route.request.url.partition("?")[0]
        marks[url.rpartition(":")[2].partition("/")[2]] = route.request.headers.get("x-unattended")
        route.continue_()

    guest.route("**/navigation/", remember)
    guest.route("**/trunks/*", remember)
    with guest.expect_response("**/navigation/"):
        guest.evaluate("htmx.trigger(document.body, 'fetches-over')")
    assert marks["navigation/"] == "true"
    with guest.expect_response("**/trunks/?q=cardiff*"):
        guest.get_by_role("main").locator("input[type=search]").fill("cardiff")
    assert marks["trunks/"] is None


def test_a_run_that_is_watched_does_not_keep_the_session_alive(guest: Page):
    guest.goto("/")
    guest.evaluate(
        """() => {
          const poll = document.createElement("div");
          poll.setAttribute("hx-get", "/navigation/?polled");
          poll.setAttribute("hx-trigger", "every 200ms");
          poll.setAttribute("hx-swap", "none");
          document.body.append(poll);
          htmx.process(poll);
        }"""
    )
    with guest.expect_request("**/navigation/?polled") as asked:
        pass
    assert asked.value.headers["x-unattended"] == "true"


def test_the_note_is_not_there_without_a_script(site: str, chromium: Browser, guest: Page):
    state = guest.context.storage_state()
    context = chromium.new_context(base_url=site, storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/sessions/")
    expect(page.get_by_role("heading", name="Your sessions")).to_be_visible()
    expect(page.get_by_text(WARNING)).to_be_hidden()
    context.close()


def test_a_person_ends_the_other_sessions_and_stays(guest: Page, site: str, chromium: Browser):
    other = chromium.new_context(base_url=site)
    page = other.new_page()
    page.goto("/login/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    guest.goto("/account/sessions/")
    row = guest.get_by_role("row").filter(has_not_text="this one").filter(has_text="Chrome").first
    row.get_by_role("button", name="End").click()
    expect(guest.get_by_role("status").filter(has_text="1 session was ended.")).to_be_visible()
    page.goto("/trunks/")

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    other.close()
