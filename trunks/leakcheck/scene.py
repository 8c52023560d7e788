"""Who is there, what is simulated, and what has been fetched: all that the stages of a check share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from trunks.leakcheck.listening import Ears
from trunks.leakcheck.markers import Kind
from trunks.leakcheck.report import Report
from trunks.leakcheck.visitors import Visitor, visitors
from trunks.leakcheck.world import KnownSecrets, known_secrets, told_tokens, world_with
from trunks.models import LoginAttempt, Pbx, Trunk, Trust
from trunks.roles import RoleName
from trunks.services.pool import FetchPool
from trunks.simulator import SimulatedPbx, make_certificate


@dataclass(slots=True)
class Scene:
    """Everything that a stage needs."""

    report: Report
    ears: Ears
    folder: Path
    visitors: dict[str, Visitor]
    device: SimulatedPbx
    sealed: SimulatedPbx
    known: KnownSecrets
    share_tokens: list[str] = field(default_factory=list)

    @property
    def administrator(self) -> Visitor:
        """The one who may set everything up."""
        return self.visitors[RoleName.ADMINISTRATOR]

    @property
    def devices(self) -> tuple[SimulatedPbx, SimulatedPbx]:
        """The simulated PBXs: over plain HTTP, and over TLS."""
        return self.device, self.sealed

    @property
    def pbx(self) -> Pbx:
        """The one over plain HTTP, as it is saved now."""
        return Pbx.objects.get(base_url=self.device.base_url)

    def person(self, role: str) -> User:
        """Return the account behind a browser."""
        return User.objects.get(username=self.visitors[role].name)

    def form(self, device: SimulatedPbx, **values: object) -> dict[str, object]:
        """Return the form of a PBX, filled in."""
        return {
            "name": "Leeds",
            "site": "Leeds",
            "address": device.base_url,
            "username": device.username,
            "password": self.known.password,
            "trust": Trust.PINNED if device.certificate_sha256 else Trust.PLAIN,
            "pinned_fingerprint": device.certificate_sha256,
            "api_path": "api/v2.0.0",
            "connect_timeout": "3",
            "deadline": "20",
            "enabled": "on",
            "keeps_login": "on",
            "reads_extensions": "on",
            **values,
        }

    def work(self) -> None:
        """Do what waits, as a worker does: tasks first, then fetches."""
        self._tasks()
        with FetchPool(1) as pool:
            pool.work_off()
        self.learn()

    def learn(self) -> None:
        """Look for what has come up meanwhile: tokens, fingerprints, and what is sealed."""
        markers = self.report.markers
        told_tokens(markers, *self.devices)
        for fingerprint in Trunk.objects.values_list("password_fingerprint", flat=True):
            markers.add_stand_in(Kind.SIP_FINGERPRINT, fingerprint or "")
        for secret in Pbx.objects.values_list("secret", flat=True):
            markers.add_stand_in(Kind.SEALED_SECRET, secret)

    def make_up(self) -> None:
        """Let the PBXs be called as if nothing had gone wrong before."""
        LoginAttempt.objects.all().delete()
        Pbx.objects.update(
            credentials_rejected_at=None,
            login_blocked_until=None,
            resting_until=None,
            failures_in_a_row=0,
        )

    def _tasks(self) -> None:
        worker = Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.run()


@contextmanager
def scene(report: Report, ears: Ears, folder: Path) -> Iterator[Scene]:
    """Set up people and PBXs; nothing is saved of the PBXs yet."""
    known = known_secrets(report.markers)
    simulated = partial(SimulatedPbx, world_with(known), password=known.password)
    with ExitStack() as running:
        device = running.enter_context(simulated())
        sealed = running.enter_context(simulated(make_certificate()))
        yield Scene(report, ears, folder, visitors(report), device, sealed, known)
