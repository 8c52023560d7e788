from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trunks.yeastar import Connection, PbxClient, Trust

from .socket_server import Handler, SocketServer
from .wire import BASE, DIGEST, Client, client_of

# Slow machines are no failures.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

Serve = Callable[..., SocketServer]


@pytest.fixture
def pbx_http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(registry=responses.registries.OrderedRegistry) as mock:
        yield mock


@pytest.fixture
def connection() -> Connection:
    return Connection(base_url=BASE, username="api", password_md5=DIGEST, trust=Trust.SYSTEM)


@pytest.fixture
def client(connection: Connection) -> PbxClient:
    """A client that is never logged out, so that a test says only what it is about."""
    return client_of(connection)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that answers with a handler, over TLS when given a context."""
    with ExitStack() as stack:

        def start(handle: Handler, tls: ssl.SSLContext | None = None) -> SocketServer:
            return stack.enter_context(SocketServer(handle, tls))

        yield start


@pytest.fixture
def plain_client() -> Iterator[Client]:
    """Build a client for a plain HTTP server on loopback."""
    with ExitStack() as stack:

        def build(server: SocketServer, **changes: Any) -> PbxClient:
            settings = Connection(
                base_url=f"http://127.0.0.1:{server.port}",
                username="api",
                password_md5=DIGEST,
                trust=Trust.PLAIN,
            )
            return stack.enter_context(client_of(replace(settings, **changes)))

        yield build


@dataclass(frozen=True)
class Identity:
    """A self-signed certificate, with what a server and a pin need of it."""

    path: Path
    sha256: str

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "branch-pbx")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pbx.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Identity(path, hashlib.sha256(der).hexdigest())
