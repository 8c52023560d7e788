"""API passwords between two posts of one form: a password field is never filled in again, nor is it lost.

The page carries the MD5 sealed under the data keys, for one person, one host and port, and a quarter of an hour.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from trunks.keyring import SecretUnavailable, keyring
from trunks.yeastar import password_digest

KEPT_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class HeldPassword:
    """A password typed a moment ago; without an authority, the address beside it could not be read."""

    password_md5: str = field(repr=False)
    authority: str
    expires_at: datetime

    def bound_to(self, authority: str) -> HeldPassword:
        """Return the same password bound to a host and port, once it is known."""
        return replace(self, authority=self.authority or authority)


def password_hold(*, password: str, authority: str) -> HeldPassword:
    """Take a typed password, for the host and port beside it."""
    return HeldPassword(password_digest(password), authority, timezone.now() + KEPT_FOR)


def held_password_seal(*, held: HeldPassword, user: User) -> str:
    """Return the token for the page; raise `KeysUnusable`."""
    values = [held.password_md5, held.authority, held.expires_at.isoformat()]
    return keyring().seal(json.dumps(values), context=_context(user))


def held_password_open(*, token: str, user: User) -> HeldPassword | None:
    """Return what a token holds; None when it is another person's, too old, or not one of ours."""
    try:
        values = json.loads(keyring().unseal(token, context=_context(user)))
    except SecretUnavailable:
        return None
    password_md5, authority, expires_at = values
    held = HeldPassword(password_md5, authority, datetime.fromisoformat(expires_at))
    return held if timezone.now() < held.expires_at else None


def _context(user: User) -> str:
    return f"held_password:{user.pk}"
