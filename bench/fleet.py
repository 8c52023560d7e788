"""A thousand simulated PBXs behind one listener: each has an address of its own in 127.0.0.0/8.

Run as a program, in a process of its own, so that what it costs is not counted as ours.
"""

from __future__ import annotations

import argparse
import sys
import time

from trunks.simulator import SimulatedPbx
from trunks.simulator.behaviour import Behaviour
from trunks.simulator.listener import IncomingRequest, Listener
from trunks.simulator.replies import Reply
from trunks.simulator.worlds import build_callcentre

PORT = 18088
# How many different worlds there are; building a thousand takes longer than fetching them.
WORLDS = 8
# What is read beside the trunks; a fleet that lacks them shows what the trunks alone cost.
SUPPLEMENTS = frozenset(
    {"trunk/list", "deviceinfo/query", "extension/list", "extensiongroup/query"}
)


def host_of(number: int) -> str:
    """Return the loopback address of one PBX."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class BenchFleet:
    """Answers for every PBX by the host that was called, after a fixed latency."""

    def __init__(
        self, *, count: int, trunks: int, bindings: int, latency: float, supplements: bool
    ) -> None:
        worlds = [
            build_callcentre(trunks=trunks, bindings=bindings, seed=seed)
            for seed in range(min(WORLDS, count))
        ]
        behaviour = Behaviour(not_offered=frozenset() if supplements else SUPPLEMENTS)
        self._latency = latency
        self._pbxs = {
            host_of(number): SimulatedPbx(worlds[number % len(worlds)], behaviour=behaviour)
            for number in range(count)
        }

    def answer(self, incoming: IncomingRequest) -> Reply:
        """Wait as a line does, and answer as the PBX does."""
        pbx = self._pbxs[incoming.headers["Host"].partition(":")[0]]
        pbx.requests.clear()
        time.sleep(self._latency)
        return pbx.answer(incoming)


def main() -> None:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--trunks", type=int, default=3)
    parser.add_argument("--bindings", type=int, default=30)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--supplements", action="store_true")
    options = parser.parse_args()
    fleet = BenchFleet(
        count=options.count,
        trunks=options.trunks,
        bindings=options.bindings,
        latency=options.latency,
        supplements=options.supplements,
    )
    listener = Listener(("0.0.0.0", PORT), None, fleet.answer)  # noqa: S104 - all of 127.0.0.0/8
    print("ready", flush=True)
    sys.stdin.read()
    listener.close()


if __name__ == "__main__":
    main()
