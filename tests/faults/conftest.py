"""The stage of the fault table, and the report at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from trunks.services import connecting
from trunks.services.fetching import fetch_now
from trunks.simulator import WORLDS, SimulatedPbx

from .changing import Gate, world_of
from .report import as_table, lines_of
from .scene import Scene, saved
from .site import Site, running_site


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the fault table, also when the tests ran side by side."""
    passed = terminalreporter.stats.get("passed", [])
    failed = terminalreporter.stats.get("failed", [])
    results = [result for result in [*passed, *failed] if result.when == "call"]
    lines = [line for result in results for line in lines_of(result.user_properties)]
    if lines:
        terminalreporter.section("faults")
        for line in as_table(sorted(lines, key=lambda line: line.fault.casefold())):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def healthy() -> Iterator[SimulatedPbx]:
    """A PBX that never misbehaves."""
    with SimulatedPbx(WORLDS["documented"]) as device:
        yield device


@pytest.fixture
def scene(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Scene]:
    """A PBX that was fetched once and is about to misbehave; the test asks for the database first."""
    monkeypatch.setattr(connecting, "PAUSE_SECONDS", 0)
    with ExitStack() as running:
        device = running.enter_context(SimulatedPbx(WORLDS["office"]))
        scene = Scene(device, monkeypatch, tmp_path, running)
        assert fetch_now(pbx=scene.pbx).state == "succeeded"
        yield scene


@pytest.fixture
def following(healthy: SimulatedPbx) -> object:
    """The saved settings of the healthy PBX."""
    return saved("Next in line", healthy)


@pytest.fixture
def gate() -> Gate:
    """What holds an answer back until a test opens it."""
    return Gate()


@pytest.fixture
def device(gate: Gate) -> Iterator[SimulatedPbx]:
    """A PBX that waits at the gate."""
    with SimulatedPbx(world_of(1), fault=gate) as device:
        yield device
        gate.open.set()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of real processes, without a worker yet."""
    with running_site(tmp_path) as site:
        yield site
