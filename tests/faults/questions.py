"""What a test may ask of a site: each question is put to its database and services by the overseer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_pbx
from trunks.models import Fetch, FetchRun, Pbx, TrunkVersion, Trust
from trunks.services.fetching import fetch_request, fetches_reap
from trunks.services.runs import run_start
from trunks.simulator import api_password


def migrate() -> bool:
    """Make every table, and an administrator."""
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("ada", password="correct horse battery")
    return True


def add(base_urls: Sequence[str]) -> list[int]:
    """Save a PBX for each address, never fetched."""
    return [
        make_pbx(
            f"PBX {number}",
            base_url=base_url,
            trust=Trust.PLAIN,
            secret_md5=api_password("simulated"),
            observed_at=None,
            deadline=10,
            reads_extensions=False,
        ).pk
        for number, base_url in enumerate(base_urls)
    ]


def request(pbx: int) -> int:
    """Ask for one PBX as a page does; return the fetch, joined or new."""
    return fetch_request(pbx=Pbx.objects.get(pk=pbx)).pk


def run() -> list[int]:
    """Ask for all PBXs; return the fetches."""
    started = run_start(pbxs=Pbx.objects.all(), scope=FetchRun.Scope.ALL, insists=True)
    return list(started.fetches.values_list("pk", flat=True))


def state(fetch: int) -> list[str]:
    """Return the state and the reason of a fetch."""
    return list(Fetch.objects.values_list("state", "reason").get(pk=fetch))


def over(fetches: Sequence[int]) -> bool:
    """Tell whether each of these has ended."""
    return not Fetch.objects.open().filter(pk__in=fetches).exists()


def let_leases_end() -> int:
    """Make it later for every running fetch: its lease ends now instead of in half a minute."""
    running = Fetch.objects.filter(state=Fetch.State.RUNNING)
    return running.update(lease_until=timezone.now() - timedelta(seconds=1))


def let_leases_end_and_reap() -> int:
    """Let leases end, and mark what they leave."""
    let_leases_end()
    return fetches_reap()


def stuck() -> int:
    """Count what runs past its lease."""
    return Fetch.objects.abandoned().count()


def counts() -> dict[str, int]:
    """Count the fetches by their state."""
    states = list(Fetch.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in set(states)}


def known(pbx: int) -> dict[str, object]:
    """Return all that is known of one PBX: its present trunks, with bindings and open versions."""
    row = Pbx.objects.get(pk=pbx)
    trunks = row.trunks.present().order_by("remote_id").prefetch_related("bindings")
    versions = TrunkVersion.objects.filter(trunk__pbx=row, valid_to=None).order_by(
        "trunk__remote_id"
    )
    return {
        "observed": row.observed_at and row.observed_at.isoformat(),
        "observed_trunks": [trunk.observed_at.isoformat() for trunk in trunks],
        "trunks": [[trunk.remote_id, trunk.name, trunk.extensions_dod] for trunk in trunks],
        "bindings": [
            [binding.raw for binding in sorted(trunk.bindings.all(), key=lambda one: one.position)]
            for trunk in trunks
        ],
        "versions": [version.fields["name"] for version in versions],
    }


def ever_known(pbx: int) -> list[str]:
    """Return the names that the trunks of a PBX ever had."""
    versions = TrunkVersion.objects.filter(trunk__pbx_id=pbx)
    return sorted(version.fields["name"] for version in versions)


def log_in() -> str:
    """Log in ahead of a test of pressing; return the session."""
    browser = Client()
    browser.force_login(User.objects.get(username="ada"))
    return browser.cookies["pbxdash_sessionid"].value


def press_fetch(pbx: int, session: str) -> list[object]:
    """Press "Fetch now" with a session made before."""
    browser = Client(raise_request_exception=False)
    browser.cookies["pbxdash_sessionid"] = session
    response = browser.post(reverse("fetches"), {"pbx": Pbx.objects.get(pk=pbx).slug})
    return [response.status_code, response.content.decode()]


QUESTIONS: dict[str, Callable[..., object]] = {
    question.__name__: question
    for question in (
        add,
        counts,
        ever_known,
        known,
        let_leases_end,
        let_leases_end_and_reap,
        log_in,
        migrate,
        over,
        press_fetch,
        request,
        run,
        state,
        stuck,
    )
}
