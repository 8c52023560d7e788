"""Connecting to a PBX, and only to an address that the policy allows.

Checking a name and letting the library resolve it again would leave room for another answer (DNS
rebinding), so the name is resolved once, every address is checked, and the connection goes to a
checked one.
"""

from __future__ import annotations

import socket
import threading
from queue import Empty, SimpleQueue

from .connection import TargetPolicy
from .deadline import Deadline, Watchdog
from .errors import BadPayload, PbxError, Reason, Unreachable
from .network_errors import connect_failure

Resolved = list[tuple[socket.AddressFamily, tuple[str, int]]]


class Dialer:
    """Opens checked connections; `timeout` is in seconds, for the look-up and each address."""

    def __init__(self, policy: TargetPolicy, timeout: float) -> None:
        self._policy = policy
        self._timeout = timeout
        self._resolved: dict[tuple[str, int], Resolved] = {}

    def dial(self, host: str, port: int, deadline: Deadline, watchdog: Watchdog) -> socket.socket:
        """Connect, with nothing sent yet.

        Raises:
            BadPayload: `target-forbidden` when any address of the name is refused.
            Unreachable: `name-not-resolved`, `refused`, `no-route`, `connect-timeout` or `closed`.
        """
        failure: PbxError = Unreachable(Reason.NAME_NOT_RESOLVED)
        for family, address in self._addresses(host.strip("[]"), port, deadline):
            opened = _open(family, address, deadline.clip(self._timeout))
            if isinstance(opened, PbxError):
                failure = opened
                continue
            if self._is_allowed_peer(opened):
                watchdog.watch(opened)
                return opened
            opened.close()
            failure = BadPayload(Reason.TARGET_FORBIDDEN)
        raise failure from None

    def _addresses(self, host: str, port: int, deadline: Deadline) -> Resolved:
        key = (host, port)
        if key not in self._resolved:
            found = resolve(host, port, deadline.clip(self._timeout))
            if not found:
                raise Unreachable(Reason.NAME_NOT_RESOLVED)
            if not all(self._policy.allows(address[0]) for _, address in found):
                raise BadPayload(Reason.TARGET_FORBIDDEN)
            self._resolved[key] = found
        return self._resolved[key]

    def _is_allowed_peer(self, opened: socket.socket) -> bool:
        try:
            return self._policy.allows(opened.getpeername()[0])
        except OSError:
            return False


def resolve(host: str, port: int, seconds: float) -> Resolved:
    """Return every address of a host, none when there is none in time.

    `getaddrinfo` knows no timeout, so a look-up runs in a thread of its own, which a dead name
    server may hold.
    """
    found = _look_up(host, port, socket.AI_NUMERICHOST)
    if found:
        return found
    answers: SimpleQueue[Resolved] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look_up(host, port, 0)), daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except Empty:
        return []


def _look_up(host: str, port: int, flags: int) -> Resolved:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        return []
    return [(family, address) for family, _, _, _, address in found]  # type: ignore[misc]


def _open(
    family: socket.AddressFamily, address: tuple[str, int], seconds: float
) -> socket.socket | PbxError:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.settimeout(seconds)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.connect(address)
    except OSError as error:
        failure = connect_failure(error)
    else:
        return opened
    opened.close()
    return failure
