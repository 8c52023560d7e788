"""Passkeys in a real browser with an authenticator of its own, under the strict policy."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pbxdash.first_start import write_settings
from tests.browser.conftest import ROOT, _wait_for

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def guarded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of its own with the second factor switched on, and one account."""
    home: Path = tmp_path_factory.mktemp("guarded")
    write_settings(home / "env")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PBXDASH_")},
        "PBXDASH_ENV_FILE": str(home / "env"),
        "PBXDASH_STATIC_ROOT": str(home / "static"),
        "PBXDASH_SECOND_FACTOR": "true",
        "DJANGO_SETTINGS_MODULE": "pbxdash.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    for words in (
        ["migrate", "--verbosity", "0"],
        ["collectstatic", "--no-input", "--verbosity", "0"],
        ["createsuperuser", "--no-input", "--username", "ada", "--email", "ada@example.com"],
    ):
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log_path = home / "log"
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with (
        log_path.open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as serving,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", serving, log_path)
            # A passkey belongs to a name: an address has none.
            yield f"http://localhost:{port}"
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(30)


@pytest.fixture
def ada(guarded_site: str, chromium: Browser) -> Iterator[Page]:
    """A browser with an authenticator; whatever it complains of fails the test."""
    context = chromium.new_context(base_url=guarded_site, viewport={"width": 1360, "height": 900})
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Account:").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_passkey_is_added_then_asked_for_then_enough_alone_then_removed(ada: Page):
    log_in(ada)
    ada.goto("/account/second-factor/passkeys/new/")
    ada.get_by_label("Password").fill(PASSWORD)
    ada.get_by_role("button", name="Go on").click()
    ada.get_by_label("Name").fill("Laptop")
    ada.get_by_label("It may log me in without a password").check()
    ada.get_by_role("button", name="Add a passkey").click()
    expect(ada.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(ada.locator(".codes li")).to_have_count(10)

    log_out(ada)
    log_in(ada)
    expect(ada.get_by_role("heading", name="Second factor")).to_be_visible()
    ada.get_by_role("button", name="Use a passkey").click()
    expect(ada.get_by_role("heading", name="Overview")).to_be_visible()

    log_out(ada)
    ada.get_by_role("button", name="Log in with a passkey").click()
    expect(ada.get_by_role("heading", name="Overview")).to_be_visible()

    ada.goto("/account/second-factor/passkeys/")
    expect(ada.get_by_role("row").filter(has_text="Laptop")).to_contain_text("without a password")
    ada.get_by_role("link", name="Remove Laptop").click()
    if ada.get_by_role("heading", name="Is it you?").is_visible():
        ada.get_by_label("Password").fill(PASSWORD)
        ada.get_by_role("button", name="Go on").click()
    ada.get_by_role("button", name="Remove").click()
    expect(ada.get_by_text("There are no passkeys.")).to_be_visible()
    log_out(ada)
    log_in(ada)
    expect(ada.get_by_role("heading", name="Overview")).to_be_visible()


def test_the_picture_of_the_app_secret_is_shown_under_the_policy(ada: Page):
    log_in(ada)
    for address in ("/account/second-factor/", "/account/second-factor/app/"):
        ada.goto(address)
        assert not Axe().run(ada).response["violations"], address
    ada.goto("/account/second-factor/app/")
    ada.get_by_label("Password").fill(PASSWORD)
    ada.get_by_role("button", name="Go on").click()
    assert not Axe().run(ada).response["violations"]
    picture = ada.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_without_a_script_the_log_in_offers_no_passkey(guarded_site: str, chromium: Browser):
    context = chromium.new_context(base_url=guarded_site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login/")
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    log_in(page)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    context.close()
