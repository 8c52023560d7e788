"""Adding a PBX as a person does it: paste, test, look at the certificate, trust it, save, fetch, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from trunks.simulator import WORLDS, Certificate, SimulatedPbx, make_certificate

# A worker has to wake up, and the machine may be busy.
PATIENCE = 15_000


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return make_certificate("S-Series VoIP PBX")


@pytest.fixture
def pbx(certificate: Certificate) -> Iterator[SimulatedPbx]:
    """A PBX of the office kind, with a certificate that it made itself."""
    with SimulatedPbx(WORLDS["office"], tls=certificate) as running:
        yield running


def fingerprint(pbx: SimulatedPbx) -> str:
    """The fingerprint as browsers show it."""
    return bytes.fromhex(pbx.certificate_sha256).hex(":").upper()


def fill_in(page: Page, address: str, *, password: str = "simulated") -> None:
    page.goto("/pbxs/new/")
    page.get_by_label("Address").fill(address)
    page.get_by_label("API username").fill("api")
    page.get_by_label("API password").fill(password)


def press_test(page: Page, expected: str) -> None:
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#connection-test")).to_contain_text(expected, timeout=PATIENCE)


def press_test_without_script(page: Page, expected: str) -> None:
    """Press, then look again as long as it is offered."""
    page.get_by_role("button", name="Test connection").click()
    result = page.locator("#connection-test")
    check = page.get_by_role("button", name="Check the result")
    for _ in range(40):
        if not check.count():
            break
        page.wait_for_timeout(250)
        check.click()
    expect(result).to_contain_text(expected)


def pin(page: Page) -> None:
    page.get_by_role("button", name="Trust this certificate").click()
    expect(page.locator("#connection-test")).to_contain_text("pinned in the form")


def save_as(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add PBX").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def delete(page: Page) -> None:
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="PBXs", level=1)).to_be_visible()


def test_a_pasted_address_leads_to_a_tested_saved_and_fetched_pbx(page: Page, pbx: SimulatedPbx):
    fill_in(page, f"127.0.0.1:{pbx.port}")
    press_test(page, "itself (self-signed)")
    expect(page.locator("#connection-test")).to_contain_text(fingerprint(pbx))
    pin(page)
    press_test(page, "It works")
    for fact in ("Yeastar S50", "30.15.0.38", "369210000148"):
        expect(page.locator("#connection-test")).to_contain_text(fact)
    save_as(page, "Pasted office")
    page.get_by_role("button", name="Fetch", exact=True).click()

    expect(page.locator("#fetches")).to_contain_text("8 trunks read", timeout=PATIENCE)
    expect(page.get_by_role("main")).to_contain_text("Brightline London")
    expect(page.locator("#pbx-state")).to_contain_text("Fetched")
    delete(page)


def test_testing_and_pinning_keep_what_was_typed_and_where_the_focus_is(
    page: Page, pbx: SimulatedPbx
):
    fill_in(page, f"127.0.0.1:{pbx.port}/api/v2.0.0/")
    page.get_by_label("Site").fill("Leeds")
    press_test(page, "itself (self-signed)")
    expect(page.get_by_role("button", name="Test connection")).to_be_focused()
    expect(page.locator("#announce")).to_contain_text("not from an authority")
    pin(page)

    expect(page.locator("#trust-fields")).to_be_focused()
    expect(page.get_by_label("Address")).to_have_value(f"127.0.0.1:{pbx.port}/api/v2.0.0/")
    expect(page.get_by_label("Site")).to_have_value("Leeds")
    expect(page.get_by_label("API password")).to_have_value("simulated")
    assert pbx.logins == 0


def test_a_wrong_password_is_said_in_words_with_the_tries_that_are_left(page: Page):
    with SimulatedPbx(WORLDS["documented"]) as plain:
        fill_in(page, plain.base_url, password="wrong")
        page.get_by_label("Plain HTTP").check()
        press_test(page, "The PBX refused the API username or password")

        expect(page.locator("#connection-test")).to_contain_text("more log-in")
        expect(page.get_by_label("Address")).to_have_value(plain.base_url)
        assert plain.failed_logins == 1


def test_a_pbx_that_shows_another_certificate_than_the_pinned_one_is_refused(
    page: Page, pbx: SimulatedPbx
):
    fill_in(page, f"127.0.0.1:{pbx.port}")
    page.get_by_label("Fingerprint of the pinned certificate").fill(":".join(["AB"] * 32))
    press_test(page, "The certificate of the PBX is not the pinned one. It was replaced")

    assert pbx.logins == pbx.failed_logins == 0


def test_a_wrong_value_keeps_all_that_was_typed_and_leads_to_the_sentence(page: Page):
    fill_in(page, "192.168.5.150:port")
    page.get_by_role("button", name="Test connection").click()

    expect(page.get_by_text("“port” is not a port")).to_be_visible()
    expect(page.get_by_label("Address")).to_have_value("192.168.5.150:port")
    expect(page.get_by_text("Password typed a moment ago is kept until")).to_be_visible()
    expect(page.locator("#pbx-form [role=alert]")).to_be_focused()


def test_without_javascript_a_pbx_is_tested_pinned_and_saved(
    new_context: Callable[..., BrowserContext], pbx: SimulatedPbx
):
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    fill_in(page, f"127.0.0.1:{pbx.port}")
    page.get_by_label("Site").fill("Leeds")
    press_test_without_script(page, fingerprint(pbx))
    pin(page)
    press_test_without_script(page, "It works")
    expect(page.get_by_label("Site")).to_have_value("Leeds")
    save_as(page, "No script")

    expect(page.get_by_role("main")).to_contain_text("Leeds")
    delete(page)


def test_deleting_asks_first_says_what_goes_and_deletes(page: Page, pbx: SimulatedPbx):
    fill_in(page, f"https://127.0.0.1:{pbx.port}")
    page.get_by_label("Fingerprint of the pinned certificate").fill(pbx.certificate_sha256)
    save_as(page, "Short-lived")
    page.get_by_role("link", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Delete Short-lived?")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("0 trunks")
    page.get_by_role("link", name="Keep it").click()
    expect(page.get_by_role("heading", name="Short-lived", level=1)).to_be_visible()
    delete(page)

    expect(page.get_by_role("status").filter(has_text="Short-lived was deleted")).to_be_visible()
    expect(page.get_by_role("row", name="Short-lived")).to_have_count(0)
