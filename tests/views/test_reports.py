"""The form of audit reports, and a report as a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_person, make_trunk
from tests.views.pages import text_of
from trunks.models import Action, AuditEntry, Pbx, Trunk, TrunkVersion, Trust
from trunks.roles import RoleName

pytestmark = pytest.mark.django_db


@pytest.fixture
def vic(client: Client) -> User:
    """A viewer, logged in."""
    vic = make_person("vic", RoleName.VIEWER)
    client.force_login(vic)
    return vic


@pytest.fixture
def trunk() -> Trunk:
    """A trunk with two bindings, one of which cannot be read."""
    trunk = make_trunk(make_pbx("Leeds", site="North"), "SIP-A")
    make_binding(trunk, "5503301")
    make_binding(trunk, "", "", "", raw="what?", issue="malformed")
    return trunk


def report(client: Client, **query: str) -> str:
    return text_of(client.get(reverse("report"), query))  # type: ignore[arg-type]


def test_report_says_who_asked_what_and_counts(client, vic, trunk):
    text = report(client, pbx="leeds", q="leeds")

    assert "Audit report: Leeds" in text
    assert "Made by vic" in text
    assert "1 trunk" in text
    assert "2 DOD bindings" in text
    assert "1 of them cannot be read for sure" in text


def test_report_has_an_entry_in_the_log(client, vic, trunk):
    report(client, site="North", q="sip")

    entry = AuditEntry.objects.get(action="report-made")
    assert (entry.action, entry.actor_name) == (Action.REPORT_MADE, "vic")
    assert entry.facts == {
        "format": "page",
        "site": "North",
        "query": "sip",
        "trunks": 1,
        "bindings": 2,
    }


def test_report_of_no_pbx_says_none_and_shows_no_table(client, vic):
    page = client.get(reverse("report"))
    assert "0 PBXs:" not in text_of(page)
    assert "PBXs and how old their data is None." in text_of(page)
    assert "<table" not in page.content.decode()


def test_form_alone_is_not_recorded(client, vic):
    assert client.get(reverse("reports"), {"pbx": "leeds"}).status_code == 200
    assert not AuditEntry.objects.filter(action="report-made").exists()


def test_code_of_the_entry_is_for_who_may_read_the_log(client, vic, trunk):
    without = report(client)
    client.force_login(make_person("audrey", RoleName.AUDITOR))
    with_it = report(client)

    mac = AuditEntry.objects.latest("sequence").mac
    assert not any(one.mac in without for one in AuditEntry.objects.all())
    assert mac in with_it


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"pbx": "nowhere"}, "No PBX is called this."),
        ({"site": "nowhere"}, "No PBX is at a site that is called this."),
        ({"as_of": "2999-01-01"}, "This moment is still to come."),
        ({"as_of": "yesterday"}, "Write a date and a time"),
        ({"as_of": "2026-02-30T10:00"}, "Write a date and a time"),
        ({"as_of": "9999-12-31T23:59:59-12:00"}, "Write a date and a time"),
        ({"q": "x" * 501}, "Use at most 500 characters."),
        ({"pbx": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_bad_question_gets_the_form_with_a_sentence_and_no_entry(client, vic, query, sentence):
    assert sentence in report(client, **query)
    download = client.get(reverse("evidence"), query)
    assert (download.status_code, reverse("report") in download.headers["Location"]) == (302, True)
    assert not AuditEntry.objects.filter(action="report-made").exists()


def test_past_report_says_what_is_not_known_and_never_none(client, vic, trunk):
    Pbx.objects.update(observed_at=timezone.now())
    then = (timezone.now() - timedelta(days=400)).isoformat()

    text = report(client, as_of=then)

    assert "Nothing is known: not read by then" in text
    assert "None is known." in text
    assert "None. " not in text
    assert "All of them could be read" not in text


def test_past_report_shows_the_trunk_as_it_was(client, vic, trunk):
    month_ago = timezone.now() - timedelta(days=30)
    fields = {"name": "Old name", "kind": "peer", "host": "old.example", "port": "5060"}
    TrunkVersion.objects.create(
        trunk=trunk, valid_from=month_ago, fields={**fields, "groups_dod": "55-a-sales"}
    )

    text = report(client, as_of=(month_ago + timedelta(days=1)).isoformat())

    assert "Old name" in text
    assert "55-a-sales" in text
    assert "SIP-A" not in text


def test_date_alone_is_its_end(client, vic, trunk):
    day = timezone.localtime() - timedelta(days=1)

    response = client.get(reverse("report"), {"as_of": day.strftime("%Y-%m-%d")})

    as_of = response.context["report"].source.as_of
    assert as_of.strftime("%Y-%m-%d %H:%M:%S") == day.strftime("%Y-%m-%d 23:59:59")


def test_addresses_of_a_report_ask_the_same_again(client, vic, trunk):
    then = timezone.localtime() - timedelta(hours=1)
    query = {"pbx": "Leeds", "site": "North", "q": "sip", "as_of": then.isoformat()}
    page = client.get(reverse("report"), query)

    again = client.get(page.context["report"].source.asked.address)
    form = client.get(page.context["form_url"])

    assert again.context["report"].source.asked == page.context["report"].source.asked
    assert then.strftime("%Y-%m-%dT%H:%M:%S") in form.content.decode()


def test_part_of_the_question_that_was_not_followed_is_named(client, vic, trunk):
    assert "DOD bindings: “foo:bar” was not searched" in report(client, q="foo:bar")


def test_removed_trunks_and_insecure_pbxs_are_findings(client, vic, trunk):
    Pbx.objects.update(trust=Trust.PLAIN)
    make_trunk(trunk.pbx, "gone", removed_at=timezone.now())

    text = report(client)

    assert "1 further trunk is gone from its PBX" in text
    assert "1 PBX is reached over plain HTTP" in text


def test_page_holds_some_rows_and_says_how_many_there_are(client, vic, trunk, monkeypatch):
    monkeypatch.setattr("trunks.services.evidence.report.ROWS_SHOWN", 1)

    assert "1 of 2 are shown here. All are in the ZIP." in report(client)


def test_number_of_queries_does_not_grow_with_rows(client, vic, trunk, django_assert_num_queries):
    for n in range(30):
        make_binding(make_trunk(make_pbx(f"PBX {n}"), f"SIP-{n}"))
    # Session and person, rights, the report's rows and counts, the entry in the log, and the shell around it.
    with django_assert_num_queries(40, exact=False):
        client.get(reverse("report"))


@pytest.mark.parametrize("url", ["/trunks/?q=sip", "/dods/", "/pbxs/leeds/", "/"])
def test_pages_lead_to_the_report(client, vic, trunk, url):
    assert f'href="{reverse("reports")}' in client.get(url).content.decode()


def test_past_report_that_read_some_bindings_says_nothing_of_the_others(
    client, vic, trunk, monkeypatch
):
    monkeypatch.setattr("trunks.services.evidence.report.ROWS_SHOWN", 1)
    fields = {"name": "then", "extensions_dod": "55-a-1000"}
    for one in (trunk, make_trunk(trunk.pbx, "SIP-B")):
        TrunkVersion.objects.create(trunk=one, valid_from=timezone.now(), fields=fields)

    text = report(client, as_of=timezone.now().isoformat())

    assert "2 trunks 1+ DOD binding" in text
    assert "could be read for sure" not in text


def test_past_report_finds_its_trunks_behind_those_that_came_later(client, vic, trunk, monkeypatch):
    monkeypatch.setattr("trunks.services.evidence.report.ROWS_SHOWN", 1)
    make_trunk(trunk.pbx, "AAA")
    week_ago = timezone.now() - timedelta(days=7)
    TrunkVersion.objects.create(trunk=trunk, valid_from=week_ago, fields={"name": "was there"})

    text = report(client, as_of=(week_ago + timedelta(days=1)).isoformat())

    assert "1 trunk " in text
    assert "was there" in text
