"""The auditor's day: from log-in to a ZIP that holds, by ordinary means, without and with a script."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

ROOT = Path(__file__).resolve().parents[2]
PHONE: ViewportSize = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def auditor(request: pytest.FixtureRequest, site: str, chromium: Browser) -> Iterator[Page]:
    """A clean browser on its way in as the auditor of the demo."""
    context = chromium.new_context(base_url=site, java_script_enabled=request.param)
    page = context.new_page()
    page.goto("/login/?next=/trunks/")
    page.get_by_label("Username").fill("auditor")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{site}/trunks/")
    yield page
    context.close()


def test_day_of_an_auditor_from_log_in_to_a_zip_that_holds(
    auditor: Page, demo_environment: dict[str, str], tmp_path: Path
):
    """Look around, ask for a report of one PBX, download it, and have it checked."""
    page = auditor
    page.goto("/pbxs/")
    page.get_by_role("main").get_by_role("link", name="Call centre").click()
    expect(page.get_by_role("button", name="Fetch")).to_have_count(0)

    page.get_by_role("main").get_by_role("link", name="Audit report").click()
    page.get_by_label("Search", exact=True).fill("birmingham")
    page.get_by_role("button", name="Make the report").click()

    report = page.get_by_role("article")
    expect(report.get_by_role("heading", level=1)).to_have_text("Audit report: Call centre")
    expect(report.get_by_text(re.compile("ended with this report, as entry"))).to_be_visible()
    expect(page).to_have_url(
        re.compile(r"/reports/report/\?pbx=demo-callcentre&site=&q=birmingham")
    )

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the ZIP").click()
    path = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(path)

    code, said = verify(path, demo_environment)
    assert (code, "made by this installation" in said) == (0, True), said
    with ZipFile(path) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / path.stem
    assert "Birmingham Inbound" in (folder / "trunks.csv").read_text()
    sums = ["sha256sum", "-c", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=folder, capture_output=True, check=False).returncode == 0

    page.goto((folder / "report.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit report: Call centre")
    # Its own style sheet, from beside it.
    expect(page.locator("body")).to_have_css("margin-top", "24px")


def test_changed_zip_is_caught(auditor: Page, demo_environment: dict[str, str], tmp_path: Path):
    content = auditor.request.get("/reports/evidence.zip?site=Leeds").body()
    path = tmp_path / "changed.zip"
    with ZipFile(io.BytesIO(content)) as before, ZipFile(path, "w") as after:
        for info in before.infolist():
            text = before.read(info)
            is_it = info.filename.endswith("/bindings.csv")
            after.writestr(info, text.replace(b"1000", b"9999") if is_it else text)

    code, said = verify(path, demo_environment)

    assert (code, "changed: bindings.csv" in said) == (1, True), said


def verify(path: Path, environment: dict[str, str]) -> tuple[int, str]:
    command = [sys.executable, "manage.py", "verify_export", str(path)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_report_prints_on_pages_with_its_heads(page: Page):
    page.goto("/reports/report/?pbx=demo-callcentre")
    page.emulate_media(media="print")

    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("link", name="Download the ZIP")).to_be_hidden()
    expect(page.get_by_role("article")).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/reports/", "/reports/report/?as_of=2026-01-01&q=sip"])
def test_report_is_accessible_and_fits_a_phone(
    new_context: Callable[..., BrowserContext], scheme: str, address: str
):
    page = new_context(viewport=PHONE, color_scheme=scheme).new_page()
    page.goto(address)

    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    assert [one["id"] for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
