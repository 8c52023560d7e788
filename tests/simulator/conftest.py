"""Simulated PBXs for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trunks.simulator import WORLDS, Certificate, SimulatedPbx, make_certificate

from .asking import MovedClock


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def pbx(clock: MovedClock) -> Iterator[SimulatedPbx]:
    with SimulatedPbx(WORLDS["documented"], clock=clock) as running:
        yield running


@pytest.fixture
def office() -> Iterator[SimulatedPbx]:
    with SimulatedPbx(WORLDS["office"]) as running:
        yield running


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    return make_certificate()
