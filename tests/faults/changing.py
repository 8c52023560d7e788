"""PBXs whose every answer differs from the one before, so that a half-stored one shows."""

from __future__ import annotations

import threading
from random import Random

from trunks.simulator import WORLDS, Exchange, SimulatedPbx, SimulatedTrunk, World
from trunks.simulator.replies import Reply
from trunks.simulator.worlds import bind

from .scene import TRUNKS


def world_of(number: int) -> World:
    """Make the world of the answer with this number: all names and DODs tell it, and their count changes."""
    trunks = tuple(
        SimulatedTrunk(
            id=str(trunk),
            name=f"SIP-{trunk} of {number}",
            kind="peer",
            host="sip.example",
            extensionsdod=",".join(
                bind(f"55{trunk}{piece:02}", f"answer {number}", f"10{piece:02}")
                for piece in range(1 + (number + trunk) % 4)
            ),
        )
        for trunk in range(3 + number % 3)
    )
    return World(f"world {number}", WORLDS["documented"].device, trunks)


class NextWorld:
    """Sets the PBX up anew before each answer with trunks; as a fault, it comes before the answer."""

    def __init__(self, device: SimulatedPbx, seed: int) -> None:
        self.answered = 0
        self._device = device
        self._random = Random(seed)  # noqa: S311 - the same waits each time
        self._lock = threading.Lock()

    def reply(self, exchange: Exchange) -> Reply:
        """Answer from the next world, a moment later."""
        if exchange.request.endpoint != TRUNKS:
            return exchange.honest()
        exchange.wait(self._random.uniform(0, 0.03))
        with self._lock:
            self.answered += 1
            self._device.world = world_of(self.answered)
            return exchange.honest()


class Gate:
    """Holds every answer with trunks back until it is opened."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.open = threading.Event()

    def reply(self, exchange: Exchange) -> Reply:
        """Tell that somebody asks, and answer when the gate is open."""
        if exchange.request.endpoint == TRUNKS:
            self.asked.set()
            self.open.wait(30)
        return exchange.honest()
