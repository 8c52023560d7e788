"""Figures, and what is read out of many times."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

_TURNS = 3_000_000


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"figure {name} {value:.2f} {unit}", flush=True)


def yardstick(name: str) -> None:
    """Print how long this machine takes for a loop of plain Python at this moment, to compare figures by.

    Shared machines are several times slower in one hour than in another.
    """
    began, total = time.perf_counter(), 0
    for number in range(_TURNS):
        total += number
    figure(name, (time.perf_counter() - began) * 1000, "ms")


def percentile(times: Sequence[float], share: int) -> float:
    """Return the smallest of these that so many per cent of them do not exceed."""
    return sorted(times)[max(0, math.ceil(len(times) * share / 100) - 1)]


def peak_megabytes(pid: int) -> float:
    """Return the most memory that a process ever held, with the pages of files that it looked at in place."""
    return _megabytes(pid, "VmHWM")


def own_megabytes(pid: int) -> float:
    """Return the memory that is a process's own now: not the pages of files, which the system keeps while it can."""
    return _megabytes(pid, "RssAnon")


def _megabytes(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024
