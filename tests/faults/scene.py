"""A PBX that is about to misbehave, its saved settings, and a healthy PBX that comes after it."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from tests.builders import make_pbx
from trunks.models import DodBinding, Fetch, FetchRun, Pbx, Trust
from trunks.services import pool
from trunks.services.fetching import fetch_now
from trunks.services.pool import FetchPool
from trunks.services.runs import run_start
from trunks.simulator import (
    WORLDS,
    Certificate,
    Fault,
    SimulatedPbx,
    World,
    api_password,
    make_certificate,
)
from trunks.simulator.faults import OnlyFor
from trunks.yeastar import PbxClient, PbxError

TRUNKS = "trunk/query_siptrunk"
ADDRESS = "127.0.0.1"


class Scene:
    """What a fault is arranged on; `raised` holds the client's errors in the order they came."""

    def __init__(
        self,
        device: SimulatedPbx,
        monkeypatch: pytest.MonkeyPatch,
        folder: Path,
        running: ExitStack,
    ) -> None:
        self.device = device
        self.monkeypatch = monkeypatch
        self.raised: list[PbxError] = []
        self.read_by: list[str] = []
        self._folder = folder
        self._running = running
        self.pbx = saved("Misbehaving", device)
        self._listen_to_client()

    def every_call(self, fault: Fault) -> None:
        """Misbehave from the login on."""
        self.device.fault = fault

    def at_the_trunks(self, fault: Fault) -> None:
        """Let us in, and misbehave when the trunks are asked for."""
        self.device.fault = OnlyFor(TRUNKS, fault)

    def change(self, **settings: object) -> None:
        """Change the saved settings, past every check of a form."""
        Pbx.objects.filter(pk=self.pbx.pk).update(**settings)
        self.pbx.refresh_from_db()

    def hurry(self) -> None:
        """Wait no longer than a second, for faults that cost the whole deadline."""
        self.change(connect_timeout=1, deadline=1)

    def has(self, world: World) -> None:
        """Set the PBX up with another world, and fetch that once."""
        self.device.world = world
        assert fetch_now(pbx=self.pbx).state == Fetch.State.SUCCEEDED

    def serve_tls(self, certificate: Certificate, **settings: object) -> None:
        """Replace the PBX by one that speaks HTTPS."""
        self.device.stop()
        self.device = self._running.enter_context(SimulatedPbx(WORLDS["office"], certificate))
        self.change(base_url=self.device.base_url, **settings)

    def trust_authority(self, certificate: Certificate) -> None:
        """Make a certificate an authority of this computer, as an administrator would."""
        path, _ = certificate.write_to(self._folder)
        self.monkeypatch.setenv("SSL_CERT_FILE", str(path))

    def enter(self, listener: socket.socket) -> None:
        """Close a socket at the end of the test."""
        self._running.enter_context(listener)

    def fetch_both(self, following: Pbx) -> tuple[Fetch, Fetch]:
        """Fetch the misbehaving PBX and then another one, with a worker that has a single thread."""
        run = run_start(pbxs=[self.pbx, following], scope=FetchRun.Scope.ALL, wake=False)
        with FetchPool(threads=1) as worker:
            worker.work_off()
        self.pbx.refresh_from_db()
        return run.fetches.get(pbx=self.pbx), run.fetches.get(pbx=following)

    def rows(self) -> tuple[int, int]:
        """Count the present trunks and the bindings of the misbehaving PBX."""
        trunks = self.pbx.trunks.present()
        return trunks.count(), DodBinding.objects.filter(trunk__in=trunks).count()

    def data(self) -> list[tuple[object, ...]]:
        """Return all that is known of the trunks and their bindings, except when it was read."""
        trunks = self.pbx.trunks.order_by("remote_id").values_list(
            "remote_id", "digest", "removed_at"
        )
        bindings = DodBinding.objects.filter(trunk__pbx=self.pbx).values_list("raw", "issue")
        return [*trunks, *bindings.order_by("trunk__remote_id", "target_kind", "position")]

    def observed(self) -> tuple[datetime | None, list[datetime]]:
        """Return when the PBX and each of its present trunks were last read."""
        self.pbx.refresh_from_db()
        trunks = self.pbx.trunks.present().order_by("remote_id")
        return self.pbx.observed_at, list(trunks.values_list("observed_at", flat=True))

    def _listen_to_client(self) -> None:
        asked = PbxClient.trunks
        read = pool._read_in_thread

        def trunks(client: PbxClient, *args, **kwargs):
            try:
                return asked(client, *args, **kwargs)
            except PbxError as error:
                self.raised.append(error)
                raise

        def read_in_thread(fetch: Fetch, known_token: str | None):
            self.read_by.append(threading.current_thread().name)
            return read(fetch, known_token)

        self.monkeypatch.setattr(PbxClient, "trunks", trunks)
        self.monkeypatch.setattr(pool, "_read_in_thread", read_in_thread)


def saved(name: str, device: SimulatedPbx) -> Pbx:
    """Save the settings of a running PBX over plain HTTP, never fetched; each fetch logs in anew."""
    return make_pbx(
        name,
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(device.password),
        observed_at=None,
        deadline=10,
        keeps_login=False,
    )


@cache
def certificate(
    name: str = ADDRESS, not_before: datetime | None = None, not_after: datetime | None = None
) -> Certificate:
    """Make a certificate for a name or address; making keys takes a while, so each is made once."""
    return make_certificate(names=[name], not_before=not_before, not_after=not_after)
