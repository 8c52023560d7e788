"""Starting fetches from pages, and watching them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.builders import make_pbx, make_trunk
from trunks.models import Fetch, Pbx
from trunks.services.fetching import PbxGone

HTMX = {"HX-Request": "true"}


@pytest.fixture
def pbx(db: None) -> Pbx:
    return make_pbx()


def watch(*fetches: Fetch) -> str:
    return reverse("fetches") + "?" + "&".join(f"id={fetch.pk}" for fetch in fetches)


def test_asking_for_a_pbx_writes_the_row_and_wakes_the_worker(admin_client: Client, pbx: Pbx):
    admin_client.post(reverse("fetches"), {"pbx": pbx.slug}, headers=HTMX)

    fetch = Fetch.objects.get()
    assert (fetch.state, fetch.scope, str(fetch.requested_by)) == ("queued", "all", "ada")
    assert DBTaskResult.objects.get().task_path.endswith("look_for_work")


def test_the_answer_follows_the_fetch(admin_client: Client, pbx: Pbx):
    answer = admin_client.post(reverse("fetches"), {"pbx": pbx.slug}, headers=HTMX)

    assert f'hx-get="{watch(Fetch.objects.get())}"' in answer.content.decode()


def test_ticked_trunks_become_one_fetch_a_pbx(admin_client: Client, pbx: Pbx):
    other = make_pbx("Leeds")
    trunks = [make_trunk(pbx, remote_id="15"), make_trunk(pbx, remote_id="16"), make_trunk(other)]
    admin_client.post(reverse("fetches"), {"trunk": [trunk.pk for trunk in trunks]}, headers=HTMX)

    assert sorted(Fetch.objects.values_list("scope", flat=True)) == ["1", "15,16"]


def test_without_javascript_the_answer_is_a_page_to_watch(admin_client: Client, pbx: Pbx):
    answer = admin_client.post(reverse("fetches"), {"pbx": pbx.slug, "next": "/trunks/"})

    assert answer.headers["Location"] == watch(Fetch.objects.get()) + "&next=%2Ftrunks%2F"
    assert b'http-equiv="refresh"' in admin_client.get(answer.headers["Location"]).content


def test_the_way_back_never_leads_to_another_site(admin_client: Client, pbx: Pbx):
    page = admin_client.get(reverse("fetches"), {"next": "https://evil.example/"})

    assert b"evil.example" not in page.content


def test_a_viewer_may_not_start_a_fetch(viewer_client: Client, pbx: Pbx):
    assert viewer_client.post(reverse("fetches"), {"pbx": pbx.slug}).status_code == 403
    assert not Fetch.objects.exists()


def test_a_viewer_may_watch_one(viewer_client: Client, pbx: Pbx):
    fetch = Fetch.objects.create(pbx=pbx)

    assert viewer_client.get(watch(fetch)).status_code == 200


def test_a_stranger_is_sent_to_the_log_in(client: Client, pbx: Pbx):
    assert client.get(reverse("fetches")).headers["Location"].startswith(reverse("login"))


def test_a_finished_fetch_stops_the_polling_and_tells_the_page(viewer_client: Client, pbx: Pbx):
    fetch = Fetch.objects.create(
        pbx=pbx, state="succeeded", finished_at=timezone.now(), seen=8, added=2
    )
    answer = viewer_client.get(watch(fetch), headers=HTMX)

    assert "hx-get" not in answer.content.decode()
    assert "8 trunks read" in answer.content.decode()
    assert "fetches-over" in answer.headers["HX-Trigger-After-Settle"]


def test_a_failed_fetch_says_what_happened_and_what_to_do(viewer_client: Client, pbx: Pbx):
    fetch = Fetch.objects.create(
        pbx=pbx, state="failed", reason="refused", finished_at=timezone.now()
    )
    text = viewer_client.get(watch(fetch), headers=HTMX).content.decode()

    assert "The PBX refused the connection." in text
    assert "Check the port" in text


def test_a_fetch_that_nobody_takes_up_asks_for_the_worker(viewer_client: Client, pbx: Pbx):
    early = timezone.now() - timedelta(seconds=30)
    fetch = Fetch.objects.create(pbx=pbx, requested_at=early)

    assert "Is the worker running?" in viewer_client.get(watch(fetch)).content.decode()


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 30, "1 OR 1", "\x00", "１"])
def test_nonsense_ids_are_ignored(viewer_client: Client, nonsense: str):
    answer = viewer_client.get(reverse("fetches"), {"id": nonsense})

    assert answer.status_code == 200
    assert "names no fetch" in answer.content.decode()


def test_every_page_shows_the_fetches_that_run(viewer_client: Client, pbx: Pbx):
    fetch = Fetch.objects.create(pbx=pbx)

    assert f"id={fetch.pk}" in viewer_client.get(reverse("overview")).content.decode()


def test_a_nul_in_a_pbx_is_one_that_there_is_not(admin_client: Client, pbx: Pbx):
    answer = admin_client.post(reverse("fetches"), {"pbx": "headquarters\0"}, headers=HTMX)

    assert answer.status_code == 200
    assert not Fetch.objects.exists()


def test_a_second_fetch_does_not_end_the_watch_over_the_first(admin_client: Client, pbx: Pbx):
    other = make_pbx("Leeds")
    admin_client.post(reverse("fetches"), {"pbx": pbx.slug}, headers=HTMX)
    answer = admin_client.post(reverse("fetches"), {"pbx": other.slug}, headers=HTMX)

    assert "Fetching Headquarters" in answer.content.decode()
    assert "Fetching Leeds" in answer.content.decode()


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_asking_for_nothing_says_what_to_do(admin_client: Client, pbx: Pbx, headers):
    answer = admin_client.post(
        reverse("fetches"), {"next": "/trunks/"}, headers=headers, follow=True
    )

    assert "Tick the trunks to fetch first." in answer.content.decode()
    assert "HX-Trigger-After-Settle" not in answer.headers


def test_a_pbx_deleted_between_the_press_and_the_row_is_passed_over(
    admin_client: Client, pbx: Pbx, monkeypatch
):
    def deleted_meanwhile(**_: object) -> None:
        raise PbxGone

    monkeypatch.setattr("trunks.views.fetches.fetch_request", deleted_meanwhile)
    response = admin_client.post(reverse("fetches"), {"pbx": pbx.slug}, headers=HTMX)

    assert response.status_code == 200
