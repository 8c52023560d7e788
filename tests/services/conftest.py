"""Simulated PBXs on loopback, and rows that point to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders import make_pbx
from trunks.models import Pbx, Trust
from trunks.simulator import WORLDS, SimulatedPbx, api_password


@pytest.fixture
def device() -> Iterator[SimulatedPbx]:
    """A running PBX with the small office."""
    with SimulatedPbx(WORLDS["office"]) as simulated:
        yield simulated


@pytest.fixture
def pbx(db: None, device: SimulatedPbx) -> Pbx:
    """The saved settings of that PBX, never fetched."""
    return make_pbx(
        "Office",
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(device.password),
        observed_at=None,
    )
