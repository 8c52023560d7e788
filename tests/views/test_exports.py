"""Lists as files: the same rows, order and columns as on the page."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from tests.services.export.making import about_of, csv_rows, json_rows, read_back, xlsx_rows
from tests.views.pages import fragment_of
from trunks.models import AuditEntry, ListPreference

pytestmark = pytest.mark.django_db

KINDS = ["csv", "xlsx", "json"]
OTHER_FILES = [
    "/audit/export.csv",
    "/audit/export.json",
    "/reports/report/",
    "/reports/evidence.zip",
]
LINES = {
    "dods": [
        "",
        "q=0018",
        "q=%2B44+20+7946",
        "q=reception&sort=-number",
        "q=pbx:leeds&sort=-target",
        "q=-sales",
        "q=is:ambiguous",
        "q=5503*&sort=name",
        "q=总机",
        "q=zzz",
        "q=foo:bar",
        "q=is:removed",
        "q=site:London&sort=issue",
        "sort=trunk",
        "sort=-pbx",
        "sort=fetched",
        "sort=nonsense&cols=x",
    ],
    "trunks": ["", "q=sip", "q=kind:peer", "q=kind:account&sort=-host", "q=is:removed&sort=state"],
    "pbxs": ["", "q=leeds", "q=is:never", "sort=-name", "q=site:Nowhere"],
}
CASES = [(name, line) for name, lines in LINES.items() for line in lines]


def address(name: str, extension: str, query: str = "") -> str:
    return f"{reverse('export', args=[name, extension])}{'?' if query else ''}{query}"


def content_of(client: Client, url: str) -> bytes:
    response = client.get(url)
    assert response.status_code == 200
    return response.getvalue()


@pytest.fixture
def rows() -> None:
    """Rows of every sort, some equal in what they are sorted by."""
    leeds = make_pbx("Leeds", site="London")
    hq = make_pbx("总部", slug="hq")
    make_pbx("Never", observed_at=None)
    a, b = make_trunk(leeds, "SIP-A"), make_trunk(hq, "SIP-B", kind="peer")
    make_trunk(hq, "", kind="account", host=None, port=None, username="0044")
    make_trunk(hq, "gone", removed_at=timezone.now())
    make_binding(a, "+442079460018", "reception", "1000")
    make_binding(a, "00442079460018", "总机", "1001", issue="ambiguous")
    make_binding(a, "5503301", "sales", "sales", target_kind="group")
    make_binding(b, "5503301", "=1+1", "0100")
    make_binding(b, "", "", "", raw="what?", issue="malformed")


def shown(client: Client, name: str, query: str) -> list[tuple[str, ...]]:
    """Return what identifies the rows of the page, in their order."""
    page = client.get(f"{reverse(name)}?{query}").context["listing"].rows
    if name == "dods":
        return [(row.raw, row.trunk__remote_id, row.trunk__pbx__slug) for row in page]
    if name == "trunks":
        return [(row.remote_id, row.pbx.slug) for row in page]
    return [(row.slug,) for row in page]


IDENTITY = {
    "dods": ("raw", "trunk_id", "pbx"),
    "trunks": ("trunk_id", "pbx"),
    "pbxs": ("pbx",),
}


@pytest.mark.both_databases
@pytest.mark.parametrize(("name", "query"), CASES)
def test_a_file_has_the_rows_of_the_page_in_its_order(viewer_client, rows, name, query):
    expected = shown(viewer_client, name, query)
    files = {kind: content_of(viewer_client, address(name, kind, query)) for kind in KINDS}
    read = {
        "csv": csv_rows(files["csv"]),
        "xlsx": xlsx_rows(files["xlsx"], name),
        "json": json_rows(files["json"]),
    }
    for kind, found in read.items():
        identities = [tuple(read_back(row[key]) for key in IDENTITY[name]) for row in found]
        assert identities == expected, kind


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_gets_a_file_without_logging_in(client, name, kind):
    url = address(name, kind, "q=1")
    assert (
        client.get(url).url
        == f"{reverse('login')}?next={url.replace('?', '%3F').replace('=', '%3D')}"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_an_attachment_with_a_readable_name_and_is_kept_by_no_cache(
    viewer_client, rows, kind
):
    answer = viewer_client.get(address("dods", kind))
    assert re.fullmatch(
        rf'attachment; filename="pbxdash-dods-\d{{4}}-\d\d-\d\d-\d{{4}}\.{kind}"',
        answer["Content-Disposition"],
    )
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_the_length_of_a_workbook_is_told(viewer_client, rows):
    answer = viewer_client.get(address("dods", "xlsx"))
    assert int(answer["Content-Length"]) == len(answer.getvalue())


def test_the_name_of_an_empty_file_says_so(viewer_client, rows):
    answer = viewer_client.get(address("dods", "csv", "q=zzz"))
    assert answer["Content-Disposition"].endswith('-empty.csv"')
    assert csv_rows(answer.getvalue()) == []


def test_a_file_is_only_read(viewer_client):
    assert viewer_client.post(address("dods", "csv")).status_code == 405


@pytest.mark.parametrize("path", ["/dods/export.pdf", "/runs/export.csv", "/dods/export.csv/"])
def test_there_are_no_other_files(viewer_client, path):
    assert viewer_client.get(path).status_code == 404


def test_no_pbx_stands_in_the_way_of_a_file(viewer_client):
    make_pbx("export", slug="export")
    assert [row["pbx"] for row in csv_rows(content_of(viewer_client, "/pbxs/export.csv"))] == [
        "export"
    ]


def test_it_tells_which_question_it_answers(viewer_client, rows):
    content = content_of(viewer_client, address("dods", "xlsx", "q=foo:bar&sort=-number&page=7"))
    lines = about_of(content)
    assert ["Exported by", "vic"] in lines
    assert ["Search", "foo:bar"] in lines
    assert ["Address of the list", "http://testserver/dods/?q=foo:bar&sort=-number"] in lines
    assert any(line[0] == "Not followed" for line in lines if line)


@pytest.mark.parametrize(
    ("query", "names"),
    [("", {"Leeds", "Never", "总部"}), ("q=pbx:leeds", {"Leeds"})],
)
def test_it_tells_the_age_of_the_pbxs_that_were_asked(viewer_client, rows, query, names):
    lines = about_of(content_of(viewer_client, address("dods", "xlsx", query)))
    table = lines[[line[:1] for line in lines].index(["PBX"]) + 1 :]
    assert {line[0] for line in table} == names


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("kind", KINDS)
def test_more_rows_cost_no_more_queries(viewer_client, django_assert_num_queries, name, kind):
    make_rows(3)
    with CaptureQueriesContext(connection) as few:
        content_of(viewer_client, address(name, kind))
    make_rows(20)
    with django_assert_num_queries(len(few)):
        content_of(viewer_client, address(name, kind))


def make_rows(count: int) -> None:
    for number in range(count):
        make_binding(make_trunk(make_pbx(f"P{count}-{number}"), "SIP"))


def test_a_busy_database_is_said_on_a_page_and_not_in_half_a_file(viewer_client, rows, monkeypatch):
    def busy(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("trunks.search.finding.Finding.page", busy)
    answer = viewer_client.get(address("dods", "csv"))
    assert answer.status_code == 503
    assert "Content-Disposition" not in answer


def test_rows_are_read_as_they_are_sent(viewer_client, rows, monkeypatch):
    monkeypatch.setattr("trunks.forms.list_state.ROWS_AT_ONCE", 2)
    pieces = list(viewer_client.get(address("dods", "csv")).streaming_content)
    assert len(pieces) == 3
    assert len(csv_rows(b"".join(pieces))) == 5


def test_a_file_has_the_columns_that_its_address_names(viewer_client, rows):
    (first, *_) = csv_rows(content_of(viewer_client, address("dods", "csv", "cols=issue,number")))
    assert list(first) == ["number", "issue", "pbx", "as_of", "raw"]


def test_without_columns_in_its_address_a_file_has_those_that_the_person_keeps(
    viewer, viewer_client, rows
):
    ListPreference.objects.create(user=viewer, list_name="dods", cols="number,site")
    (first, *_) = csv_rows(content_of(viewer_client, address("dods", "csv")))
    assert list(first) == ["number", "site", "pbx", "as_of", "raw"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_nobody_expects_is_told_all_the_same(rows, kind):
    client = Client()
    client.force_login(User.objects.create_user("=cmd|总"))
    assert content_of(client, address("dods", kind))


@pytest.mark.parametrize("name", LINES)
def test_the_page_leads_to_its_files_and_so_does_every_new_question(viewer_client, rows, name):
    link = f'href="{address(name, "csv", "q=sip")}"'
    assert link in viewer_client.get(f"{reverse(name)}?q=sip").content.decode()
    answer = fragment_of(viewer_client, f"{reverse(name)}?q=sip").content.decode()
    assert link in answer
    assert '<div id="export-links" hx-swap-oob="outerHTML">' in answer


@pytest.mark.parametrize("url", [*(address(n, k) for n in LINES for k in KINDS), *OTHER_FILES])
def test_head_tells_the_headers_and_records_nothing(admin_client, rows, url):
    told = admin_client.head(url)
    assert not AuditEntry.objects.filter(action__in=["export", "report-made"]).exists()
    got = admin_client.get(url)
    got.close()

    assert (told.status_code, told.content if not told.streaming else b"") == (200, b"")
    assert told.headers["Content-Type"] == got.headers["Content-Type"]
    names = [answer.headers.get("Content-Disposition", "")[:40] for answer in (told, got)]
    assert names[0] == names[1]
    assert "Content-Length" not in told.headers
