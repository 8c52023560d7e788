"""Addresses of PBXs as people paste them, and the one form in which they are kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The port of an S-Series web page, which is also the port of its API (help.yeastar.com, service).
PBX_PORT = 8088
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_HOST = 253

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_API_PATH = re.compile(r"/?(api/v[0-9][0-9.]*)(?:/.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PbxAddress:
    """A pasted address, read: `scheme` is empty when none was given, `api_path` likewise."""

    scheme: str
    host: str
    port: int
    api_path: str

    def base_url(self, *, encrypted: bool) -> str:
        """Return `scheme://host:port`, the scheme by trust where the address itself has none."""
        scheme = self.scheme or ("https" if encrypted else "http")
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{shown}:{self.port}"

    @property
    def literal(self) -> IPv4Address | IPv6Address | None:
        """The IP address, when the host is one and not a name."""
        return as_ip(self.host)


def read_address(text: str) -> PbxAddress:
    """Read an address with or without scheme, port, slash and API path.

    Raises:
        ValidationError: with one sentence about what is wrong.
    """
    folded = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    scheme, rest = _split_scheme(folded)
    authority, path = _split_path(rest)
    host_text, port = _split_port(authority)
    return PbxAddress(
        scheme=scheme,
        host=_read_host(host_text),
        port=port or DEFAULT_PORTS.get(scheme, PBX_PORT),
        api_path=path,
    )


def authority_of(base_url: str) -> str:
    """Return `host:port` of a kept address, the port always written out."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, PBX_PORT)
    except ValueError:
        return base_url
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def spellings_of(authority: str) -> list[str]:
    """Return every base address that leads to the same host and port."""
    spellings = [f"{scheme}://{authority}" for scheme in DEFAULT_PORTS]
    for scheme, port in DEFAULT_PORTS.items():
        if authority.endswith(f":{port}"):
            spellings.append(f"{scheme}://{authority.removesuffix(f':{port}')}")
    return spellings


def as_ip(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host is, None when it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refused_target(host: str) -> str:
    """Return the sentence that says why this IP address may not be a PBX's."""
    address = as_ip(host)
    plain = getattr(address, "ipv4_mapped", None) or address
    if plain is None or plain.is_loopback:
        return _("%(host)s is this computer itself, which is not a PBX.") % {"host": host}
    if plain.is_link_local:
        return _(
            "%(host)s is a link-local address, where cloud services hand out secrets; "
            "no PBX is called there."
        ) % {"host": host}
    if plain.is_multicast or plain.is_unspecified or plain.is_reserved:
        return _("%(host)s is not the address of one machine.") % {"host": host}
    return _(
        "%(host)s may not be called: it is reserved, belongs to a cloud service, or lies outside the "
        "networks that whoever runs this dashboard set in PBXDASH_ALLOWED_NETWORKS."
    ) % {"host": host}


def _split_scheme(text: str) -> tuple[str, str]:
    found = _SCHEME.match(text)
    if found is None:
        return "", text.removeprefix("//")
    scheme = found.group(1).lower()
    if scheme not in DEFAULT_PORTS:
        raise ValidationError(
            _("An address begins with https:// or http://, not with %(scheme)s://."),
            code="scheme",
            params={"scheme": scheme},
        )
    return scheme, text[found.end() :]


def _split_path(rest: str) -> tuple[str, str]:
    """Return the authority and the API path; whatever else follows the port is refused."""
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        raise ValidationError(
            _("Leave user name and password out of the address; they have fields of their own."),
            code="userinfo",
        )
    before, _mark, _query = rest.partition("#")[0].partition("?")
    if "?" in rest or "#" in rest:
        raise ValidationError(
            _("Leave out everything from the “?” or “#” on; an address ends after the port."),
            code="query",
        )
    authority, _slash, path = before.replace("\\", "/").partition("/")
    found = _API_PATH.fullmatch(path)
    if path.strip("/") and found is None:
        raise ValidationError(
            _(
                "Leave out “/%(path)s”; an address ends after the port. If the API itself has "
                "another path, write it under API path."
            ),
            code="path",
            params={"path": path},
        )
    return authority.strip(), found.group(1).lower() if found else ""


def _split_port(authority: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        host, bracket, tail = authority.partition("]")
        host += bracket
    elif authority.count(":") > 1 and as_ip(authority):
        return f"[{authority}]", None
    else:
        host, colon, digits = authority.partition(":")
        tail = colon + digits
    if not tail or tail == ":":
        return host, None
    digits = tail.removeprefix(":")
    is_port = tail.startswith(":") and re.fullmatch(r"[0-9]{1,5}", digits)
    if not is_port or not 0 < int(digits) < 65536:
        raise ValidationError(
            _("“%(port)s” is not a port: write a number from 1 to 65535, such as 8088."),
            code="port",
            params={"port": digits},
        )
    return host, int(digits)


def _read_host(text: str) -> str:
    if not text:
        raise ValidationError(_("Write the name or IP address of the PBX."), code="host")
    if text.startswith("["):
        address = as_ip(text[1:-1]) if text.endswith("]") else None
        if not isinstance(address, IPv6Address) or address.scope_id:
            raise _bad_host(text)
        return str(address)
    if address := as_ip(text):
        return str(address)
    return _read_name(text)


def _read_name(text: str) -> str:
    try:
        name = text.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise _bad_host(text) from None
    labels = name.split(".")
    # A last part of digits alone is an IP address to the resolver, however odd: 127.1, 0x7f000001.
    if (
        len(name) > LONGEST_HOST
        or not all(_LABEL.fullmatch(label) for label in labels)
        or _NUMBER_LABEL.fullmatch(labels[-1])
    ):
        raise _bad_host(text)
    return name


def _bad_host(text: str) -> ValidationError:
    return ValidationError(
        _(
            "“%(host)s” is not the name or IP address of a machine. Write it like "
            "192.168.5.150 or pbx.example.com."
        ),
        code="host",
        params={"host": text},
    )
