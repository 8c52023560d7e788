"""Self-signed certificates such as an appliance serves, and TLS as it speaks it."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

TEN_YEARS = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, in memory as PEM."""

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The fingerprint to pin: SHA-256 of the DER form, 64 lower-case hex digits."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem)
        return certificate.fingerprint(hashes.SHA256()).hex()

    def write_to(self, directory: Path) -> tuple[Path, Path]:
        """Write `certificate.pem` and `key.pem`, and give their paths."""
        certificate_path, key_path = directory / "certificate.pem", directory / "key.pem"
        certificate_path.write_bytes(self.certificate_pem)
        key_path.touch(mode=0o600)
        key_path.write_bytes(self.key_pem)
        return certificate_path, key_path


def make_certificate(
    common_name: str = "S-Series VoIP PBX",
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    names: Iterable[str] = (),
) -> Certificate:
    """Make a self-signed certificate (RSA 2048, valid for ten years from yesterday).

    names: host names and IP addresses it is valid for. None by default, as appliances have none
    that fits their address: such a certificate can be pinned but never verified by name.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    starts = not_before or datetime.now(UTC) - timedelta(days=1)
    ends = not_after or starts + TEN_YEARS
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    alternatives = [_general_name(name) for name in names]
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return Certificate(
        builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    )


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """Speak TLS 1.2 and nothing else: "System Security Level: High", the default (ADM service)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory() as directory:
        context.load_cert_chain(*certificate.write_to(Path(directory)))
    return context


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
