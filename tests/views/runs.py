"""Runs for the tests of their pages, and how those pages ask for them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from tests.builders import make_pbx
from tests.views.pages import HTMX
from trunks.models import Fetch, FetchRun, Pbx

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
