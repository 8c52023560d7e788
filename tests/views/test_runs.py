"""Runs: starting, watching, cancelling and trying again, as pages do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_pbx
from tests.views.pages import HTMX, text_of
from trunks.models import Fetch, FetchRun, HeldAnswer, Pbx

POLL = {"told": "0"}


def make_run(*states: str, scope: str = "all", **fields: Any) -> FetchRun:
    """Save a run with a PBX and a fetch in each of these states."""
    run = FetchRun.objects.create(scope=scope, **fields)
    now = timezone.now()
    for state in states:
        number = Pbx.objects.count() + 1
        pbx = make_pbx(f"PBX {number:03}")
        started = {} if state in {"queued", "cancelled"} else {"started_at": now}
        ended = {} if state in {"queued", "running"} else {"finished_at": now}
        reason = "refused" if state == "failed" else ""
        fetch = Fetch.objects.create(pbx=pbx, state=state, reason=reason, **started, **ended)
        run.fetches.add(fetch)
    return run


def watch(client: Client, run: FetchRun, **query: str) -> Any:
    """Ask as the page of a run does each second."""
    return client.get(run.get_absolute_url(), {**POLL, **query}, headers=HTMX)


def names_of(answer: Any) -> list[str]:
    return [fetch.pbx.name for fetch in answer.context["listing"].rows]


@pytest.fixture
def operator_client(viewer: User) -> Client:
    viewer.user_permissions.add(Permission.objects.get(codename="add_fetch"))
    client = Client()
    client.force_login(viewer)
    return client


@pytest.fixture
def fleet(db: None) -> list[Pbx]:
    return [
        make_pbx("Leeds", site="Leeds"),
        make_pbx("Lisbon", site="Lisbon"),
        make_pbx("Old Mill", site="Leeds", enabled=False),
    ]


def start(client: Client, **form: Any) -> Any:
    return client.post(reverse("runs"), form)


# Starting


def test_all_enabled_pbxs_are_fetched_and_the_page_of_the_run_follows(operator_client, fleet):
    answer = start(operator_client, scope="all")

    run = FetchRun.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, run.get_absolute_url())
    assert sorted(run.fetches.values_list("pbx__name", flat=True)) == ["Leeds", "Lisbon"]
    assert str(run.requested_by) == "vic"


def test_htmx_is_sent_to_the_page_of_the_run(operator_client, fleet):
    answer = operator_client.post(reverse("runs"), {"scope": "all"}, headers=HTMX)

    assert answer.headers["HX-Redirect"] == FetchRun.objects.get().get_absolute_url()


def test_a_site_is_fetched_by_itself(operator_client, fleet):
    start(operator_client, scope="site", site="Leeds")

    run = FetchRun.objects.get()
    assert (run.scope, run.site) == ("site", "Leeds")
    assert [fetch.pbx.name for fetch in run.fetches.all()] == ["Leeds"]


@pytest.mark.parametrize(
    ("form", "insists"),
    [
        ({"scope": "chosen", "pbx": "leeds"}, True),
        ({"scope": "all"}, False),
        ({"scope": "site", "site": "Leeds"}, False),
    ],
)
def test_only_who_ticks_a_pbx_insists_on_it(operator_client, fleet, form, insists):
    start(operator_client, **form)

    assert Fetch.objects.get(pbx__slug="leeds").insists is insists


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"scope": "chosen"}, "Tick the PBXs to fetch first."),
        ({"scope": "chosen", "pbx": "old-mill"}, "None of the chosen PBXs is enabled"),
        ({"scope": "chosen", "pbx": "no-such"}, "None of the chosen PBXs is enabled"),
        ({"scope": "chosen", "pbx": "leeds\0"}, "Tick the PBXs to fetch first."),
        ({"scope": "site", "site": "Nowhere"}, "No enabled PBX is at site “Nowhere”."),
    ],
)
def test_a_run_over_nothing_is_not_started_and_says_why(operator_client, fleet, form, said):
    answer = start(operator_client, **form, next=reverse("pbxs"))

    assert answer.headers["Location"] == reverse("pbxs")
    assert said in text_of(operator_client.get(reverse("pbxs")))
    assert not FetchRun.objects.exists()


def test_without_an_enabled_pbx_there_is_no_run(operator_client):
    start(operator_client, scope="all")

    assert "No PBX is enabled" in text_of(operator_client.get(reverse("overview")))


@pytest.mark.parametrize(
    "form", [{}, {"scope": "again"}, {"scope": "x"}, {"scope": "site", "site": "a\0"}]
)
def test_a_form_that_no_page_sends_is_refused(operator_client, fleet, form):
    assert start(operator_client, **form).status_code == 400
    assert not FetchRun.objects.exists()


def test_the_way_back_never_leads_to_another_site(operator_client, fleet):
    answer = start(operator_client, scope="chosen", next="https://evil.example/")

    assert answer.headers["Location"] == reverse("overview")


# Who may


@pytest.mark.parametrize("name", ["runs", "run-cancel", "run-again"])
def test_a_viewer_may_start_and_stop_nothing(viewer_client, name):
    run = make_run("queued", "failed")
    url = reverse(name) if name == "runs" else reverse(name, args=[run.pk])

    assert viewer_client.post(url, {"scope": "all"}).status_code == 403
    assert FetchRun.objects.count() == 1
    assert Fetch.objects.filter(state="queued").count() == 1


@pytest.mark.parametrize("name", ["runs", "run-cancel", "run-again"])
def test_a_press_from_another_site_is_refused(viewer, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    url = reverse(name) if name == "runs" else reverse(name, args=[make_run("queued").pk])

    assert client.post(url, {"scope": "all"}).status_code == 403


@pytest.mark.parametrize("name", ["run-cancel", "run-again"])
def test_a_link_cancels_and_repeats_nothing(admin_client, name):
    run = make_run("queued", "failed")

    assert admin_client.get(reverse(name, args=[run.pk])).status_code == 405


def test_looking_writes_nothing(viewer_client):
    run = make_run("queued", "running", "failed", "succeeded")
    pages = [reverse("runs"), run.get_absolute_url(), reverse("runs-live") + f"?id={run.pk}"]
    viewer_client.get(pages[0])
    with CaptureQueriesContext(connection) as queries:
        for page in pages:
            viewer_client.get(page)
            viewer_client.get(page, headers=HTMX)

    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


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


# Watching


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


# Cancelling, and trying again


def test_cancelling_gives_up_what_waits_and_says_so(operator_client, viewer):
    run = make_run("running", requested_by=viewer)
    waiting = Fetch.objects.create(pbx=make_pbx("Leeds"), requested_by=viewer)
    run.fetches.add(waiting)
    answer = operator_client.post(reverse("run-cancel", args=[run.pk]), follow=True)

    assert answer.redirect_chain == [(run.get_absolute_url(), 303)]
    assert "1 PBX that waited was given up. What runs ends by itself." in text_of(answer)
    assert "Cancelled by vic" in text_of(answer)
    assert sorted(run.fetches.values_list("state", flat=True)) == ["cancelled", "running"]


def test_a_cancelled_run_cannot_be_cancelled_twice(operator_client):
    run = make_run("running", cancelled_at=timezone.now())

    assert "/cancel/" not in operator_client.get(run.get_absolute_url()).content.decode()


def test_the_buttons_change_when_the_run_is_over(operator_client):
    run = make_run("failed", "succeeded")
    fragment = watch(operator_client, run).content.decode()

    assert 'id="run-actions" hx-swap-oob="true"' in fragment
    assert "Try the failed ones again" in fragment


def test_without_failures_there_is_nothing_to_try_again(operator_client):
    run = make_run("succeeded")
    answer = operator_client.post(reverse("run-again", args=[run.pk]), follow=True)

    assert "Try the failed ones again" not in text_of(answer)
    assert "There is nothing to try again" in text_of(answer)


def test_the_failed_ones_are_tried_again_in_a_run_that_leads_back(operator_client):
    run = make_run("failed", "succeeded", "interrupted")
    answer = operator_client.post(reverse("run-again", args=[run.pk]), follow=True)

    again = FetchRun.objects.get(again_of=run)
    assert answer.redirect_chain == [(again.get_absolute_url(), 303)]
    assert f'href="{run.get_absolute_url()}">The run before' in answer.content.decode()
    assert sorted(again.fetches.values_list("pbx__name", flat=True)) == ["PBX 001", "PBX 003"]
    before = operator_client.get(run.get_absolute_url()).content.decode()
    assert f'href="{again.get_absolute_url()}">The failed ones were tried again' in before


# The list, and the line on other pages


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


def test_asking_for_one_pbx_does_not_list_the_fetches_of_a_run(operator_client):
    make_run(*["queued"] * 5)
    make_pbx("Leeds")
    answer = operator_client.post(reverse("fetches"), {"pbx": "leeds"}, headers=HTMX)

    assert "Fetching Leeds" in text_of(answer)
    assert "PBX 001" not in text_of(answer)


def test_enabled_pbxs_of_the_list_have_a_box_to_tick(operator_client, fleet):
    page = operator_client.get(reverse("pbxs")).content.decode()

    assert page.count('type="checkbox" name="pbx"') == 2
    assert 'form="ticked-pbxs">' in page


def test_a_viewer_has_no_boxes_to_tick(viewer_client, fleet):
    assert b"ticked-pbxs" not in viewer_client.get(reverse("pbxs")).content
