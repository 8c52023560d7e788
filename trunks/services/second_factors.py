"""Secrets of people's second factors: sealed like those of PBXs, in the rows of django-allauth."""

from __future__ import annotations

from trunks.keyring import keyring

# A sealed secret is bound to its place; the library does not tell of which row it is.
SEALED_FOR_SECOND_FACTOR = "mfa_authenticator.data"
# Where in the data of a row it is, by the kind of row. A passkey has none: what is kept of it is public.
KEPT_AS = {"totp": "secret", "recovery_codes": "seed"}


def factor_seal(secret: str) -> str:
    """Seal a secret; raises `KeysUnusable`."""
    return keyring().seal(secret, context=SEALED_FOR_SECOND_FACTOR)


def factor_unseal(sealed: str) -> str:
    """Return a secret; raises `SecretUnavailable`."""
    return keyring().unseal(sealed, context=SEALED_FOR_SECOND_FACTOR)
