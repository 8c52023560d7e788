"""`manage.py leakcheck`: it passes on the product as it is, and tells of whatever gets out."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.http import HttpRequest, HttpResponse

from tests.leakcheck.conftest import Check
from trunks.leakcheck import walking
from trunks.leakcheck.markers import Markers
from trunks.leakcheck.report import Asked, Finding, Report
from trunks.leakcheck.verdicts import VERDICTS
from trunks.management.commands import leakcheck
from trunks.models import Pbx
from trunks.services import landing
from trunks.services.resting import note_answer
from trunks.urls import urlpatterns

PLACES = {
    "answers",
    "cache",
    "command output",
    "cookies",
    "database rows",
    "error reports",
    "files",
    "headers",
    "logs",
    "objects",
    "sessions",
    "statements",
    "tasks",
    "traces of the client",
}


def places_of(report: Report) -> set[str]:
    return {finding.place for finding in report.findings}


def test_nothing_gets_out_of_the_product_as_it_is(check: Check):
    before = connection.settings_dict["NAME"]
    report = check()
    assert list(map(str, report.findings)) == []
    assert report.looks.keys() == PLACES
    assert connection.settings_dict["NAME"] == before


def test_a_secret_in_a_page_is_found_with_route_and_role(check: Check, monkeypatch):
    def telling(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(Pbx.objects.first().read_secret())  # type: ignore[union-attr]

    pattern = next(one for one in urlpatterns if one.name == "healthz")
    monkeypatch.setattr(pattern, "callback", login_not_required(telling))
    # Of one route alone, since to walk all the others takes long.
    monkeypatch.setattr(walking, "routes", lambda: {"healthz": ()})
    monkeypatch.setattr(walking, "VERDICTS", {"healthz": VERDICTS["healthz"]})
    (found, *_rest) = check(stages=[walking.walk], first_only=True).findings
    assert found == Finding(
        Asked("healthz", "superuser", "GET text"), "answers", "MD5 of an API password"
    )


def test_a_secret_in_a_line_of_the_log_is_found(check: Check, monkeypatch):
    def noting(pbx: Pbx) -> None:
        landing.logger.debug("Read %s with %s", pbx, pbx.read_secret())
        note_answer(pbx)

    monkeypatch.setattr(landing, "note_answer", noting)
    assert places_of(check(stages=[])) == {"logs"}


def test_a_secret_in_a_column_is_found_in_rows_statements_and_files(check: Check, monkeypatch):
    def keeping(pbx: Pbx) -> None:
        Pbx.objects.filter(pk=pbx.pk).update(notes=pbx.read_secret())
        note_answer(pbx)

    monkeypatch.setattr(landing, "note_answer", keeping)
    places = {"database rows", "statements"}
    if connection.vendor == "sqlite":
        places.add("files")
    assert places_of(check(stages=[])) == places


def test_a_route_without_a_verdict_and_a_verdict_on_no_route_are_findings(
    check: Check, monkeypatch
):
    monkeypatch.setattr(walking, "routes", lambda: {"brand-new": (), "healthz": ()})
    monkeypatch.setattr(walking, "VERDICTS", {"healthz": VERDICTS["healthz"], "gone": ("page",)})
    found = [(one.asked.route, one.what) for one in check(stages=[walking.walk]).findings]
    assert found == [("brand-new", "route without a verdict"), ("gone", "verdict on no route")]


@pytest.fixture
def reported(monkeypatch):
    """Let the command have found this much."""

    def report(*findings: Finding) -> None:
        made = Report(Markers())
        made.look("answers", "nothing secret")
        made.findings = dict.fromkeys(findings)
        monkeypatch.setattr(leakcheck, "check_leaks", lambda **_how: made)

    return report


def test_the_command_says_what_was_looked_at(reported):
    reported()
    out = StringIO()
    call_command("leakcheck", stdout=out)
    assert "answers" in out.getvalue()
    assert "14 bytes" in out.getvalue()
    assert "No secret got out." in out.getvalue()


def test_the_command_fails_and_names_place_route_role_and_kind(reported):
    reported(Finding(Asked("trunk", "viewer", "GET page"), "answers", "SIP password"))
    out = StringIO()
    with pytest.raises(CommandError, match="1 leak"):
        call_command("leakcheck", stdout=out)
    assert "LEAK  answers: SIP password (route trunk, role viewer, GET page)" in out.getvalue()
