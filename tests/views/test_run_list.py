"""The list of runs, and the line that tells of a run on every other page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import make_pbx
from tests.views.pages import HTMX, text_of
from tests.views.runs import make_run
from trunks.models import Fetch, FetchRun


def test_the_list_names_runs_newest_first_with_their_results(viewer_client, administrator):
    make_run("succeeded", "failed", requested_by=administrator)
    make_run("queued", scope="chosen")
    text = text_of(viewer_client.get(reverse("runs")))

    assert text.index("1 chosen PBX") < text.index("All PBXs")
    assert "ada 2 of 2 Failed 1 Read 1" in text
    assert "command or schedule 0 of 1 running Waiting 1" in text


def test_the_list_turns_pages(viewer_client):
    FetchRun.objects.bulk_create(FetchRun(scope="all") for _ in range(26))

    assert len(viewer_client.get(reverse("runs"), {"page": "2"}).context["lines"]) == 1
    assert len(viewer_client.get(reverse("runs"), {"page": "x"}).context["lines"]) == 25


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_queries_do_not_grow_with_runs(viewer_client, headers):
    def queries_with(number: int) -> int:
        for _ in range(number):
            make_run("queued", "failed", requested_by=User.objects.get())
        with CaptureQueriesContext(connection) as queries:
            viewer_client.get(reverse("runs"), headers=headers)
        return len(queries)

    assert queries_with(2) == queries_with(8)


def test_other_pages_show_a_run_as_one_line_and_not_its_fetches(viewer_client):
    run = make_run(*["queued"] * 30, "failed")
    single = Fetch.objects.create(pbx=make_pbx("Leeds"))
    answer = viewer_client.get(reverse("pbxs"))

    assert "Fetching: All PBXs · 1 of 31 done, 1 failed" in text_of(answer)
    assert f'hx-get="/runs/live/?id={run.pk}"' in answer.content.decode()
    assert f'hx-get="/fetches/?id={single.pk}"' in answer.content.decode()


def test_the_line_reads_itself_anew_until_the_run_is_over(viewer_client):
    live, over = make_run("queued"), make_run("succeeded")
    going_on = viewer_client.get(reverse("runs-live"), {"id": live.pk}, headers=HTMX)
    ended = viewer_client.get(reverse("runs-live"), {"id": over.pk}, headers=HTMX)

    assert "every 2s" in going_on.content.decode()
    assert "HX-Trigger-After-Settle" not in going_on.headers
    assert "every 2s" not in ended.content.decode()
    assert "Fetched: All PBXs" in text_of(ended)
    assert "fetches-over" in ended.headers["HX-Trigger-After-Settle"]


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 30, "\0", "１"])
def test_nonsense_in_the_address_of_the_line_is_ignored(viewer_client, nonsense):
    answer = viewer_client.get(reverse("runs-live"), {"id": nonsense}, headers=HTMX)

    assert answer.status_code == 200


def test_the_line_opened_by_hand_leads_to_the_runs(viewer_client):
    assert viewer_client.get(reverse("runs-live")).headers["Location"] == reverse("runs")


def test_the_page_of_a_run_does_not_show_the_line_too(viewer_client):
    run = make_run("queued")

    assert b"live-runs" not in viewer_client.get(run.get_absolute_url()).content
