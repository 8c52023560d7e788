"""Runs are started, cancelled and tried again, as pages do it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_pbx
from tests.views.pages import HTMX, text_of
from tests.views.runs import make_run, watch
from trunks.models import Fetch, FetchRun


def start(client: Client, **form: Any) -> Any:
    return client.post(reverse("runs"), form)


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
