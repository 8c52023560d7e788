"""From settings in a row to a client that can call."""

from __future__ import annotations

from django.conf import settings

from trunks import yeastar
from trunks.keyring import password_fingerprint
from trunks.models import ConnectionTest, Pbx
from trunks.services.logins import BookedLogins
from trunks.services.tokens import KeptLogins

# The documented web server (Boa) is a single process: let it breathe between two calls.
PAUSE_SECONDS = 0.05


def client_for(
    connection: Pbx | ConnectionTest, *, known_token: str | None = None
) -> yeastar.PbxClient:
    """Return a client for one PBX; a saved one keeps its token, a test only books its log-in.

    `known_token` spares the read of the cache where the caller has read the kept token, "" for none.

    Raises:
        SecretUnavailable: the API secret cannot be read, or the fingerprint key is unusable.
        ValueError: the settings contradict each other.
    """
    password_fingerprint("")  # An unusable key must show before the log-in, not after it.
    password_md5 = connection.read_secret()
    return yeastar.PbxClient(
        _read(connection, password_md5=password_md5),
        fingerprint=password_fingerprint,
        targets=target_policy(),
        pause=PAUSE_SECONDS,
        logins=_logins_of(connection, password_md5, known_token),
    )


def client_without_password(connection: Pbx) -> yeastar.PbxClient:
    """Return a client that can only give a token back; raise `ValueError` as `client_for` does."""
    return yeastar.PbxClient(
        _read(connection, password_md5=""),
        fingerprint=password_fingerprint,
        targets=target_policy(),
    )


def certificate_of(connection: Pbx | ConnectionTest) -> yeastar.CertificateSeen:
    """Return the certificate that the other end shows; the secret is neither read nor sent.

    Raises:
        PbxError: nothing answers there, or nothing that speaks TLS.
        ValueError: the address is not https.
    """
    return yeastar.certificate_seen(_read(connection, password_md5=""), targets=target_policy())


def target_allowed(address: str) -> bool:
    """Tell whether a PBX may have this IP address."""
    return target_policy().allows(address)


def target_policy() -> yeastar.TargetPolicy:
    """Return which addresses a PBX may have, by the settings."""
    return yeastar.TargetPolicy(
        allow_loopback=settings.PBXDASH_ALLOW_LOOPBACK_PBXS,
        networks=settings.PBXDASH_ALLOWED_NETWORKS,
    )


def _logins_of(
    connection: Pbx | ConnectionTest, password_md5: str, known_token: str | None
) -> yeastar.Logins:
    if isinstance(connection, Pbx):
        return KeptLogins(connection, password_md5=password_md5, known_token=known_token)
    return BookedLogins(connection, password_md5=password_md5)


def _read(connection: Pbx | ConnectionTest, *, password_md5: str) -> yeastar.Connection:
    return yeastar.Connection(
        base_url=connection.base_url,
        api_path=connection.api_path,
        username=connection.username,
        password_md5=password_md5,
        trust=yeastar.Trust(connection.trust),
        pinned_sha256=connection.pinned_fingerprint,
        connect_timeout=connection.connect_timeout,
        deadline=connection.deadline,
    )
