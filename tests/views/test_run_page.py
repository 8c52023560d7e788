"""The page of a run: what it says of each PBX, and how it follows what happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.views.pages import HTMX, text_of
from tests.views.runs import make_run, names_of, watch
from trunks.models import HeldAnswer, Pbx


def test_a_viewer_may_watch_but_has_no_buttons(viewer_client):
    live, over = make_run("queued"), make_run("failed")

    assert "<form" not in in_main(viewer_client.get(live.get_absolute_url()))
    assert "<form" not in in_main(viewer_client.get(over.get_absolute_url()))


def in_main(answer: Any) -> str:
    return str(answer.content.decode().partition('id="page"')[2])


@pytest.mark.parametrize("page", ["runs", "run"])
def test_a_stranger_is_sent_to_the_log_in(client, db, page):
    run = make_run("queued")
    url = reverse("runs") if page == "runs" else run.get_absolute_url()

    assert client.get(url).headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_a_run_that_there_is_not_is_not_found(viewer_client, number):
    assert viewer_client.get(f"/runs/{number}/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"scope": "all"}, "All PBXs"),
        ({"scope": "site", "site": "Leeds"}, "Site Leeds"),
        ({"scope": "chosen"}, "2 chosen PBXs"),
        ({"scope": "again"}, "2 PBXs again"),
        ({"scope": "due"}, "PBXs that were due"),
    ],
)
def test_the_heading_says_what_is_fetched(viewer_client, fields, title):
    run = make_run("queued", "queued", **fields)

    assert f"<h1>{title}</h1>" in viewer_client.get(run.get_absolute_url()).content.decode()


def test_who_asked_and_when_is_said(viewer_client, administrator):
    asked_at = timezone.now() - timedelta(minutes=2)
    run = make_run("queued", requested_by=administrator, requested_at=asked_at)

    assert "Asked for by ada 2 min ago" in text_of(viewer_client.get(run.get_absolute_url()))


def test_what_needs_a_person_comes_first(viewer_client):
    run = make_run("cancelled", "succeeded", "queued", "running", "held", "failed", "interrupted")
    states = [f.state for f in watch(viewer_client, run).context["listing"].rows]

    assert sorted(states[:2]) == ["failed", "interrupted"]
    assert states[2:] == ["held", "running", "queued", "succeeded", "cancelled"]


def test_numbers_are_counted_by_state(viewer_client):
    run = make_run("queued", "running", "failed", "interrupted", "succeeded", "held", "cancelled")
    text = text_of(watch(viewer_client, run))

    assert "5 of 7 done 2 failed" in text
    assert "All 7 Failed 2 Running 1 Waiting 1 Read 1 Held back 1 Cancelled 1" in text


def test_a_bar_shows_the_same_in_numbers_that_a_browser_can_read(viewer_client):
    run = make_run("queued", "queued", "failed", "succeeded")

    assert 'max="4" value="2"' in watch(viewer_client, run).content.decode()


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("failed", ["PBX 001"]),
        ("waiting", ["PBX 002"]),
        ("held", []),
        ("nonsense", ["PBX 001", "PBX 002"]),
    ],
)
def test_lanes_are_filtered_by_state(viewer_client, state, names):
    run = make_run("failed", "queued")

    assert names_of(viewer_client.get(run.get_absolute_url(), {"state": state})) == names


def test_a_hundred_lanes_are_a_page_and_the_filter_stays_when_it_is_turned(viewer_client):
    run = make_run(*["queued"] * 101)
    first = viewer_client.get(run.get_absolute_url(), {"state": "waiting"})
    second = viewer_client.get(run.get_absolute_url(), {"state": "waiting", "page": "2"})

    assert len(names_of(first)) == 100
    assert f'href="{run.get_absolute_url()}?state=waiting&amp;page=2"' in first.content.decode()
    assert names_of(second) == ["PBX 101"]


def test_results_say_what_came_of_it(viewer_client):
    run = make_run("succeeded", "failed", "held")
    run.fetches.filter(state="succeeded").update(seen=12, changed=2)
    held = run.fetches.get(state="held")
    HeldAnswer.objects.create(
        pbx=held.pbx,
        fetch=held,
        observed_at=timezone.now(),
        known=48,
        reported=0,
        lost=48,
        digest="d",
        trunks=[],
    )
    text = text_of(watch(viewer_client, run))

    assert "12 trunks, 2 changed" in text
    assert "The PBX refused the connection. What to do" in text
    assert "It now reports 0 of 48 trunks." in text


def test_an_answer_that_was_settled_since_is_not_held_any_more(viewer_client):
    assert "That has been settled since." in text_of(watch(viewer_client, make_run("held")))


def test_a_pbx_that_is_left_alone_says_until_when(viewer_client):
    run = make_run("failed")
    run.fetches.update(reason="left-alone")
    until = timezone.now() + timedelta(minutes=5)
    Pbx.objects.update(resting_until=until)
    text = text_of(watch(viewer_client, run))

    assert "is left alone for a while. Until" in text


def test_time_is_counted_from_when_a_pbx_was_called(viewer_client):
    run = make_run("running", "queued", requested_at=timezone.now() - timedelta(minutes=9))
    run.fetches.filter(state="running").update(started_at=timezone.now() - timedelta(seconds=65))
    text = text_of(watch(viewer_client, run))

    assert "PBX 001 Running 1 min 5 s" in text
    assert text.endswith("PBX 002 Waiting")


def test_while_it_runs_the_page_reads_itself_anew_with_and_without_a_script(viewer_client):
    run = make_run("queued")
    page = viewer_client.get(run.get_absolute_url(), {"state": "waiting"}).content.decode()

    assert f'id="run" hx-get="{run.get_absolute_url()}?state=waiting" hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_when_it_is_over_nothing_is_read_anew_and_other_lists_are_told(viewer_client):
    run = make_run("succeeded")
    answer = watch(viewer_client, run)

    assert "every 1s" not in answer.content.decode()
    assert "fetches-over" in answer.headers["HX-Trigger-After-Settle"]
    assert b'http-equiv="refresh"' not in viewer_client.get(run.get_absolute_url()).content


def test_turning_to_other_lanes_afterwards_tells_nobody_again(viewer_client):
    run = make_run("succeeded")
    answer = viewer_client.get(run.get_absolute_url(), {"state": "read"}, headers=HTMX)

    assert "HX-Trigger-After-Settle" not in answer.headers
    assert answer.headers["HX-Push-Url"] == f"{run.get_absolute_url()}?state=read"


def test_those_who_listen_are_told_at_quarters_only(viewer_client):
    run = make_run("succeeded", "failed", "queued", "queued")
    told = watch(viewer_client, run).content.decode()
    not_told = watch(viewer_client, run, told="50").content.decode()

    announced = told.partition('id="announce" hx-swap-oob="innerHTML">')[2].partition("<")[0]
    assert announced.strip() == "All PBXs: 2 of 4 done, 1 failed."
    assert 'id="announce"' not in not_told
    assert 'role="status"' not in told


def test_a_run_that_nobody_takes_up_asks_for_the_worker(viewer_client):
    run = make_run("queued", requested_at=timezone.now() - timedelta(seconds=11))

    assert "Is the worker running?" in text_of(watch(viewer_client, run))


@pytest.mark.parametrize("others", [("running",), ("succeeded",)])
def test_a_run_that_waits_its_turn_does_not(viewer_client, others):
    run = make_run("queued", *others, requested_at=timezone.now() - timedelta(seconds=11))

    assert "Is the worker running?" not in text_of(watch(viewer_client, run))


def test_a_run_without_pbxs_says_so(viewer_client):
    page = viewer_client.get(make_run().get_absolute_url())

    assert "No PBX in this run" in text_of(page)
    assert b'http-equiv="refresh"' not in page.content


def test_history_restore_gets_the_full_page(viewer_client):
    run = make_run("queued")
    headers = {**HTMX, "HX-History-Restore-Request": "true"}

    assert b"<html" in viewer_client.get(run.get_absolute_url(), headers=headers).content


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_queries_do_not_grow_with_pbxs(viewer_client, headers, django_assert_max_num_queries):
    states = ["queued", "running", "failed", "succeeded", "held", "cancelled"]
    run = make_run(*states * 50)

    with django_assert_max_num_queries(8 if headers else 17):
        viewer_client.get(run.get_absolute_url(), headers=headers)
