"""From which address a request came: the peer's, or what the proxies that we trust say."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the browser; empty when it is not known, as behind a Unix socket.

    Each proxy adds the address of who called it to `X-Forwarded-For`, so with `PBXDASH_TRUSTED_PROXIES=n` the
    n-th from the right is what the outermost of ours saw. Whatever stands left of it anybody may have written.
    """
    peer = _address_in(str(request.META.get("REMOTE_ADDR", "")))
    trusted: int = settings.PBXDASH_TRUSTED_PROXIES
    hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if not trusted or len(hops) < trusted:
        return peer
    return _address_in(hops[-trusted]) or peer


def _address_in(text: str) -> str:
    """Return the address in what a proxy writes, which may have a port; empty for what is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        # Without the name of a network card, which is no part of an address to anybody else.
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
