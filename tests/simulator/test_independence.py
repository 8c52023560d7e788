"""The simulator stands alone, so that it cannot share a mistake with the client."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_the_simulator_needs_neither_django_nor_the_client():
    script = "import sys, trunks.simulator.faults; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "trunks.simulator.server" in loaded
    assert not {"django", "requests", "trunks.yeastar"} & set(loaded)
