"""How one PBX is reached, and which machines may be reached at all."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum, unique
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

# Some readers of addresses drop these letters and some do not.
_CONFUSING = re.compile(r"[\x00-\x20\x7f\\]")
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{64}")

# Cloud metadata services answer anyone on these with credentials; link-local ones are refused as
# such.
_METADATA = frozenset(
    ip_address(text)
    for text in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
)
_THIS_NETWORK = IPv4Network("0.0.0.0/8")
_NAT64 = ip_network("64:ff9b::/96")


@unique
class Trust(StrEnum):
    """What makes us believe that we talk to the right PBX."""

    SYSTEM = "system"
    PINNED = "pinned"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where a PBX is, who we are there, and how long we wait; all times in seconds.

    `base_url` is `https://host:port` or, with `Trust.PLAIN` and only then, `http://host:port`.
    `password_md5` is the credential itself (see `password_digest`). `pinned_sha256` is the
    fingerprint of the certificate, 64 hex digits, for `Trust.PINNED`. `read_timeout` bounds every
    single wait, `deadline` a whole client session with all its calls.
    """

    base_url: str
    api_path: str = "api/v2.0.0"
    username: str
    password_md5: str = field(repr=False)
    trust: Trust
    pinned_sha256: str = ""
    connect_timeout: float = 3
    read_timeout: float = 10
    deadline: float = 20

    def url(self, endpoint: str) -> str:
        """Join base address, API path and endpoint, whatever slashes they begin or end with."""
        return "/".join(part.strip("/") for part in (self.base_url, self.api_path, endpoint))

    def checked_address(self) -> tuple[str, str, int]:
        """Return scheme, host and port.

        Raises:
            ValueError: the settings contradict each other or do not name a machine. The text is
                safe to show.
        """
        address = _split(self.base_url)
        if address is None:
            raise ValueError("base_url is not http(s)://host[:port]")
        if (address[0] == "http") is not (self.trust is Trust.PLAIN):
            raise ValueError("trust 'plain' goes with http://, every other trust with https://")
        return address

    def checked_pin(self) -> str:
        """Return the pinned fingerprint in lower case, "" when trust does not rest on one.

        Raises:
            ValueError: trust rests on a pin and there is none.
        """
        if self.trust is not Trust.PINNED:
            return ""
        if not _FINGERPRINT.fullmatch(self.pinned_sha256):
            raise ValueError("trust 'pinned' needs pinned_sha256, 64 hex digits")
        return self.pinned_sha256.lower()


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """Which addresses a PBX may have.

    Private networks are where PBXs live, so they are allowed. Never allowed: link-local and
    metadata addresses, multicast, unspecified, broadcast and reserved ones; loopback only with
    `allow_loopback`. With `networks`, every address other than an allowed loopback one must lie in
    one of them.
    """

    allow_loopback: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def allows(self, text: str) -> bool:
        """Tell whether we may connect to this IP address."""
        address = _plain(ip_address(text))
        if address.is_loopback:
            return self.allow_loopback
        if _never(address):
            return False
        return not self.networks or any(address in network for network in self.networks)


def password_digest(password: str) -> str:
    """Return the MD5 that the API takes for a password, so it is worth as much as the password.

    Lower-case hex, as help.yeastar.com, S-Series API v2, login prescribes; of the UTF-8 form.
    """
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def _split(base_url: str) -> tuple[str, str, int] | None:
    if _CONFUSING.search(base_url):
        return None
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return None
    extras = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or extras or port == 0:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one stands for: no other spelling opens a door."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _never(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
        or address in _METADATA
        or address in _THIS_NETWORK
    )
