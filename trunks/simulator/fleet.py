"""Several simulated PBXs in one process, for the demo and for tests of many at once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from .behaviour import Behaviour
from .certificates import Certificate, make_certificate
from .server import SimulatedPbx
from .sessions import Clock
from .worlds import World


@dataclass(frozen=True, slots=True)
class FleetMember:
    """One PBX to start: port 0 takes any free one; `tls=True` makes a certificate."""

    slug: str
    world: World
    tls: Certificate | bool = False
    port: int = 0
    username: str = "api"
    password: str = "simulated"  # noqa: S105 - opens nothing but a simulator
    behaviour: Behaviour = field(default_factory=Behaviour)


class Fleet:
    """Named PBXs that run within a `with` block: `fleet["london"].base_url`."""

    def __init__(
        self,
        members: Iterable[FleetMember],
        *,
        host: str = "127.0.0.1",
        clock: Clock = time.monotonic,
    ) -> None:
        self._pbxs: dict[str, SimulatedPbx] = {}
        for member in members:
            if member.slug in self._pbxs:
                raise ValueError(f"two members are called {member.slug}")
            self._pbxs[member.slug] = SimulatedPbx(
                member.world,
                _certificate(member),
                host=host,
                port=member.port,
                username=member.username,
                password=member.password,
                clock=clock,
                behaviour=member.behaviour,
            )
        self._running = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as starting:
            for pbx in self._pbxs.values():
                starting.enter_context(pbx)
            self._running = starting.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running.close()

    def __getitem__(self, slug: str) -> SimulatedPbx:
        return self._pbxs[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pbxs)

    def __len__(self) -> int:
        return len(self._pbxs)


def _certificate(member: FleetMember) -> Certificate | None:
    if isinstance(member.tls, Certificate):
        return member.tls
    return make_certificate(member.slug) if member.tls else None
