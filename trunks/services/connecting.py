"""From saved settings to a client that can call."""

from __future__ import annotations

from django.conf import settings

from trunks import yeastar
from trunks.keyring import password_fingerprint
from trunks.models import ConnectionTest, Pbx

# The documented web server (Boa) is a single process: let it breathe between two calls.
PAUSE_SECONDS = 0.05


def client_for(connection: Pbx | ConnectionTest) -> yeastar.PbxClient:
    """Return a client for one PBX.

    Raises:
        SecretUnavailable: the API secret cannot be read.
        ValueError: the settings contradict each other.
    """
    return yeastar.PbxClient(
        yeastar.Connection(
            base_url=connection.base_url,
            api_path=connection.api_path,
            username=connection.username,
            password_md5=connection.read_secret(),
            trust=yeastar.Trust(connection.trust),
            pinned_sha256=connection.pinned_fingerprint,
            connect_timeout=connection.connect_timeout,
            deadline=connection.deadline,
        ),
        fingerprint=password_fingerprint,
        targets=yeastar.TargetPolicy(
            allow_loopback=settings.PBXDASH_ALLOW_LOOPBACK_PBXS,
            networks=settings.PBXDASH_ALLOWED_NETWORKS,
        ),
        pause=PAUSE_SECONDS,
    )
