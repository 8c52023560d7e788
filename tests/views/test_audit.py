"""The page of the audit log: what it shows, to whom, and how it is narrowed and exported."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.audit_log import tamper
from tests.builders import make_pbx
from trunks.forms import audit as form
from trunks.models import Action, AuditEntry, Pbx
from trunks.origin import Origin, Place
from trunks.services.audit_verifying import audit_check, audit_head
from trunks.services.auditing import audit_record

pytestmark = pytest.mark.django_db

ROUTES = [
    ("audit", []),
    ("audit-entry", [1]),
    ("audit-head", []),
    ("audit-file", ["csv"]),
    ("audit-file", ["json"]),
]


@pytest.fixture
def auditor(client: Client, viewer: User) -> Client:
    """A browser of somebody who may read the log, and nothing else."""
    viewer.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    client.force_login(viewer)
    return client


@pytest.fixture
def leeds() -> Pbx:
    """A PBX that something was done with."""
    return make_pbx("Leeds")


def text_of(client: Client, **question: str) -> str:
    return client.get(reverse("audit"), question).content.decode()


def subjects(client: Client, **question: str) -> list[str]:
    page = client.get(reverse("audit"), question).context["page"]
    return [entry.subject for entry in page.rows]


@pytest.mark.parametrize(("name", "arguments"), ROUTES)
def test_without_the_permission_there_is_nothing_to_see(viewer_client, name, arguments):
    assert viewer_client.get(reverse(name, args=arguments)).status_code == 403


@pytest.mark.parametrize(("name", "arguments"), ROUTES)
def test_with_the_permission_every_page_answers(auditor, name, arguments):
    assert auditor.get(reverse(name, args=arguments)).status_code == 200


@pytest.mark.parametrize(("name", "arguments"), ROUTES)
def test_nothing_can_be_posted(auditor, name, arguments):
    assert auditor.post(reverse(name, args=arguments)).status_code == 405


def test_the_sidebar_leads_to_it_for_those_who_may(auditor, admin_client):
    link = f'href="{reverse("audit")}"'
    assert link in auditor.get("/").content.decode()
    assert link in admin_client.get("/").content.decode()


def test_the_sidebar_does_not_name_it_to_others(viewer_client):
    assert f'href="{reverse("audit")}"' not in viewer_client.get("/").content.decode()


def test_an_entry_says_who_did_what_from_where(auditor, leeds, administrator):
    audit_record(
        Action.PBX_CHANGED,
        by=administrator,
        origin=Origin(Place.WEB, "192.0.2.7"),
        pbx=leeds,
        details={"fields": ["site", "notes"]},
    )
    page = text_of(auditor, action="pbx-changed")

    for told in ("PBX changed", "ada", "192.0.2.7", "Leeds", "fields: site, notes"):
        assert told in page


def test_what_people_typed_is_shown_as_text(auditor):
    audit_record(Action.LOG_IN_FAILED, by=None, subject="<script>alert(1)</script>")

    assert "<script>alert" not in text_of(auditor)


def test_entries_are_narrowed_by_action_person_pbx_and_words(auditor, leeds, administrator):
    audit_record(Action.PBX_ENABLED, by=administrator, pbx=leeds)
    audit_record(Action.LOG_IN_FAILED, by=None, subject="ada")
    audit_record(Action.EXPORT, by=administrator, subject="other", details={"query": "厦门"})

    assert subjects(auditor, action="pbx-enabled") == ["Leeds"]
    assert subjects(auditor, who="ada")[:3] == ["other", "ada", "Leeds"]
    assert subjects(auditor, pbx="leeds") == ["Leeds"]
    assert subjects(auditor, q="厦门") == ["other"]
    assert subjects(auditor, q="LEEDS ada") == ["Leeds"]


def test_entries_are_narrowed_by_days_the_last_one_included(auditor):
    today = timezone.localdate()
    audit_record(Action.LOG_IN, by=None, subject="now")

    assert "now" in subjects(auditor, since=str(today), until=str(today))
    assert subjects(auditor, until=str(today - timedelta(days=1))) == []


@pytest.mark.parametrize(
    "question",
    [
        {"since": "yesterday"},
        {"action": "nonsense"},
        {"before": "x"},
        {"before": "9" * 30},
        {"q": "a\0b"},
        {"who": "x" * 999},
    ],
)
def test_what_an_address_cannot_mean_is_no_error(auditor, question):
    assert auditor.get(reverse("audit"), question).status_code == 200


def test_pages_lead_back_and_forth_without_a_gap(auditor, monkeypatch):
    monkeypatch.setattr(form, "ENTRIES_A_PAGE", 3)
    for number in range(8):
        audit_record(Action.KEYS_ROTATED, by=None, subject=str(number))
    address = f"{reverse('audit')}?action=keys-rotated"

    seen: list[str] = []
    while True:
        page = auditor.get(address).context["page"]
        seen += [entry.subject for entry in page.rows]
        if not page.older:
            break
        address = f"{reverse('audit')}{page.older}"
    assert seen == ["7", "6", "5", "4", "3", "2", "1", "0"]

    back = auditor.get(f"{reverse('audit')}{page.newer}").context["page"]
    assert [entry.subject for entry in back.rows] == ["4", "3", "2"]


def test_a_word_is_looked_for_only_so_far_back_and_the_page_says_so(auditor, monkeypatch):
    audit_record(Action.LOG_IN, by=None, subject="needle")
    for _ in range(5):
        audit_record(Action.LOG_IN, by=None)
    monkeypatch.setattr(form, "SEARCHED", 3)
    monkeypatch.setattr("trunks.views.audit.SEARCHED", 3)

    page = text_of(auditor, q="needle")
    assert "Only the newest 3 entries were searched" in page
    assert subjects(auditor, q="needle", since=str(timezone.localdate())) == ["needle"]


def test_one_entry_shows_its_code_and_what_it_says(auditor, leeds):
    entry = audit_record(Action.PBX_ENABLED, by=None, pbx=leeds)
    page = auditor.get(entry.get_absolute_url()).content.decode()

    assert entry.mac in page
    assert entry.previous in page


def test_an_entry_that_is_not_there_is_not_found(auditor):
    assert auditor.get(reverse("audit-entry", args=[10**30])).status_code == 404


def test_the_page_says_that_the_log_was_not_checked_yet(auditor):
    assert "The log was not checked yet" in text_of(auditor)


def test_the_page_says_that_the_log_is_whole(auditor):
    through = audit_check().head.sequence

    assert f"The log is whole up to entry {through}." in text_of(auditor)


def test_the_page_says_where_the_log_was_changed(auditor):
    audit_record(Action.LOG_IN, by=None)
    tamper("UPDATE trunks_auditentry SET subject = 'x' WHERE sequence = 2")
    audit_check()

    assert "it does not hold at entry 2" in text_of(auditor)


def test_the_head_is_handed_over_as_the_command_takes_it(auditor):
    answer = auditor.get(reverse("audit-head"))

    assert answer.content.decode() == f"{audit_head()}\n"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_csv_has_the_entries_that_are_shown_and_no_formulas(auditor):
    audit_record(Action.LOG_IN_FAILED, by=None, subject="=cmd()")
    answer = auditor.get(reverse("audit-file", args=["csv"]), {"action": "log-in-failed"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert [row["subject"] for row in rows] == ["'=cmd()"]
    assert rows[0]["mac"] == AuditEntry.objects.get(subject="=cmd()").mac


def test_the_json_has_head_question_and_entries(auditor, monkeypatch):
    monkeypatch.setattr(form, "_BATCH", 2)
    for _ in range(5):
        audit_record(Action.KEYS_ROTATED, by=None, details={"from": "first"})
    answer = auditor.get(reverse("audit-file", args=["json"]), {"action": "keys-rotated"})
    told = json.loads(answer.getvalue())

    assert (told["about"]["query"], told["entry_count"]) == ("action=keys-rotated", 5)
    assert told["entries"][0]["details"] == {"from": "first"}


def test_an_export_of_the_log_is_in_the_log(auditor):
    auditor.get(reverse("audit-file", args=["csv"])).getvalue()

    ended, begun = AuditEntry.objects.newest_first()[:2]
    assert (begun.action, begun.actor_name) == ("export", "vic")
    assert begun.facts == {"list": "audit", "format": "csv", "query": ""}
    assert ended.facts["ended"] == "whole"


def test_the_page_asks_little_of_the_database(auditor, django_assert_max_num_queries):
    for _ in range(20):
        audit_record(Action.LOG_IN, by=None)
    with django_assert_max_num_queries(16):
        auditor.get(reverse("audit"))
