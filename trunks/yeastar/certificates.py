"""The certificate that a PBX shows, fetched without believing it."""

from __future__ import annotations

import hashlib
import ssl

from cryptography import x509

from .connection import Connection, TargetPolicy
from .deadline import Deadline, Watchdog
from .dialing import Dialer
from .errors import PbxError, Reason, Unreachable, cutting_traces
from .network_errors import tls_failure
from .records import CertificateSeen

DEFAULT_TARGETS = TargetPolicy()
_LONGEST_NAME = 500


@cutting_traces
def certificate_seen(
    connection: Connection, *, targets: TargetPolicy = DEFAULT_TARGETS
) -> CertificateSeen:
    """Shake hands with a PBX to show its certificate to a person, and send it nothing else.

    The credentials in `connection` are not used, and neither trust nor pin matters.

    Raises:
        Unreachable: no answer, or no TLS that we speak.
        BadPayload: `target-forbidden`, or `not-tls`.
        ValueError: `base_url` is not https.
    """
    scheme, host, port = connection.checked_address()
    if scheme != "https":
        raise ValueError("only an https:// address has a certificate")
    dialer = Dialer(targets, connection.connect_timeout)
    return read_peer(dialer, host, port, Deadline(connection.deadline))


def read_peer(dialer: Dialer, host: str, port: int, deadline: Deadline) -> CertificateSeen:
    """Return the certificate that a handshake shows; raises as `certificate_seen` does."""
    with Watchdog(deadline) as watchdog:
        der = _shown_to(dialer, host, port, deadline, watchdog)
    if deadline.passed:
        raise Unreachable(Reason.TIMEOUT, "total")
    if isinstance(der, PbxError):
        raise der
    return read_certificate(der)


def unverified_context() -> ssl.SSLContext:
    """Return TLS settings that check no chain and no name: to read a certificate, or with a pin."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def read_certificate(der: bytes) -> CertificateSeen:
    """Read the parts of a DER certificate that a person judges it by.

    Raises:
        Unreachable: `tls-failed` when it cannot be read.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        return CertificateSeen(
            sha256=hashlib.sha256(der).hexdigest(),
            subject=certificate.subject.rfc4514_string()[:_LONGEST_NAME],
            issuer=certificate.issuer.rfc4514_string()[:_LONGEST_NAME],
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )
    except ValueError:
        failure = Unreachable(Reason.TLS_FAILED, "certificate-unreadable")
    raise failure


def _shown_to(
    dialer: Dialer, host: str, port: int, deadline: Deadline, watchdog: Watchdog
) -> bytes | PbxError:
    opened = dialer.dial(host, port, deadline, watchdog)
    try:
        with unverified_context().wrap_socket(opened, server_hostname=host) as wrapped:
            return wrapped.getpeercert(binary_form=True) or b""
    except ssl.SSLError as error:
        return tls_failure(error)
    except TimeoutError:
        return Unreachable(Reason.TIMEOUT, "read")
    except (OSError, ValueError):
        return Unreachable(Reason.CLOSED)
    finally:
        opened.close()
