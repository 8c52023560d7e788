"""The demo, started as a person would start it, and a real Chromium to look at it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pbxdash.first_start import write_settings

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
START_SECONDS = 120
# How long a page may take to show what it should, on a machine that does much else.
PATIENCE = 10_000
# htmx says so on the console when a newer question takes the place of an older one, as it should.
REPLACED = re.compile(r"htmx:(sendAbort|afterRequest)\b").match
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests of one run together: they share one site."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="no chromium: get it with apt-get install chromium")
                )


@pytest.fixture(scope="session")
def demo_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables under which the demo runs, for other processes over its database."""
    home = tmp_path_factory.mktemp("demo")
    write_settings(home / "env", demo=True)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PBXDASH_")},
        "PBXDASH_ENV_FILE": str(home / "env"),
        "PBXDASH_STATIC_ROOT": str(home / "static"),
        "PBXDASH_REVEAL": "true",
        "DJANGO_SETTINGS_MODULE": "pbxdash.settings",
    }


@pytest.fixture(scope="session")
def site(demo_environment: dict[str, str]) -> Iterator[str]:
    """The address of a demo in processes of its own, with web server and worker."""
    log_path = Path(demo_environment["PBXDASH_ENV_FILE"]).with_name("log")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    with (
        log_path.open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=demo_environment, stdout=log, stderr=log) as demo,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/healthz", demo, log_path)
            yield address
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(30)


def _wait_for(address: str, demo: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and demo.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The demo did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread until the end of the run, and Django would
        # refuse the database to every test that follows.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(site: str, chromium: Browser) -> Any:
    """The cookies of a person who has logged in, so that each test need not."""
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{site}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def new_context(
    site: str, chromium: Browser, signed_in: Any
) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser profiles with the person logged in; options are Playwright's."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=site, storage_state=signed_in, **options)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page at 1360 px; whatever the browser complains of, scripts and policy included, fails the test."""
    complaints: list[str] = []
    page = new_context(viewport={"width": 1360, "height": 900}).new_page()
    page.on(
        "console",
        lambda m: complaints.append(m.text) if m.type == "error" and not REPLACED(m.text) else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints
