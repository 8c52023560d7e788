"""One live token a PBX, kept so that a fetch need not log in: sealed, in the cache that all processes share.

A PBX lets a token live for 30 minutes (help.yeastar.com, S-Series API v2, login).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone

from trunks.keyring import KeysUnusable, SecretUnavailable, keyring
from trunks.models import LoginAttempt, Pbx
from trunks.services.logins import BookedLogins
from trunks.services.sharing_database import borrowed_connection
from trunks.yeastar import LoginHeld, Reason

# Less than the PBX allows, so that no fetch begins with a token that is about to die.
KEPT_FOR = timedelta(minutes=25)
TOKEN_PREFIX = "pbx.token:"  # noqa: S105 - the name of its place


class KeptLogins(BookedLogins):
    """The log-ins of a saved PBX: its token is kept for the next fetch, unless its settings say no."""

    def __init__(self, pbx: Pbx, *, password_md5: str, known_token: str | None = None) -> None:
        """`known_token` is what the caller has just read from the cache; None when it did not look."""
        super().__init__(pbx, password_md5=password_md5)
        self._saved = pbx
        self._key = token_key(pbx)
        self._known_token = known_token

    def token(self) -> str:
        """Return the kept token, one read of the cache at most; "" for none."""
        if not self._saved.keeps_login:
            return ""
        return self._read_token() if self._known_token is None else self._known_token

    def accepted(self, token: str) -> bool:
        """Keep the token if the PBX is still as it was; one commit with the end of the attempt."""
        kept: list[bool] = []
        self._settle(partial(self._keep, token, kept))
        return any(kept)

    def forget(self, token: str) -> None:
        """Take a dead token out of the cache, unless there is another one by now."""
        self._known_token = None
        if self._read_token() == token:
            with borrowed_connection():
                cache.delete(self._key)

    def _keep(self, token: str, kept: list[bool]) -> None:
        kept.clear()
        current = self._current(Pbx.objects.select_for_update())
        self._forget_attempt()
        if current is None or not current.enabled or not current.keeps_login:
            return
        if token_key(current) != self._key:
            return
        try:
            token_keep(key=self._key, token=token)
        except KeysUnusable:
            return
        kept.append(True)

    def _kept_token(self, dead: str) -> str:
        token = self._read_token() if self._saved.keeps_login else ""
        return token if token != dead else ""

    def _read_token(self) -> str:
        with borrowed_connection():
            return token_read(key=self._key)

    def _check_pbx(self) -> None:
        """Refuse credentials that were refused before, or that the PBX no longer has."""
        current = self._current(Pbx.objects.all())
        if current is None or token_key(current) != self._key:
            raise LoginHeld(Reason.EDITED_MEANWHILE)
        if current.credentials_rejected_at is not None:
            raise LoginHeld(Reason.LOGIN_HELD)

    def _current(self, pbxs: QuerySet[Pbx]) -> Pbx | None:
        needed = pbxs.only(
            *Pbx.CONNECTION_FIELDS, "enabled", "keeps_login", "credentials_rejected_at"
        )
        return needed.filter(pk=self._saved.pk).order_by("pk").first()

    def _note(self, outcome: LoginAttempt.Outcome) -> None:
        if outcome is LoginAttempt.Outcome.REFUSED:
            # Only what was refused: credentials that were edited meanwhile deserve their own try.
            refused = Pbx.objects.filter(
                pk=self._saved.pk,
                secret_given=self._saved.secret_given,
                username=self._saved.username,
            )
            refused.update(credentials_rejected_at=timezone.now())
        super()._note(outcome)


def token_key(pbx: Pbx) -> str:
    """Return the cache's name for the token of a PBX as it is set now; edited, it has another one."""
    settings = [getattr(pbx, name) for name in Pbx.CONNECTION_FIELDS]
    digest = hashlib.sha256(json.dumps(settings).encode()).hexdigest()
    return f"{TOKEN_PREFIX}{pbx.pk}:{digest}"


def token_read(*, key: str) -> str:
    """Return a kept token; "" when there is none, or none that can be read."""
    try:
        return _unsealed(key, cache.get(key))
    except DatabaseError:
        return ""


def tokens_read(*, pbxs: Iterable[Pbx]) -> dict[int, str]:
    """Return the kept token of each PBX by its id, "" for none, in one read of the cache."""
    keys = {pbx.pk: token_key(pbx) for pbx in pbxs if pbx.keeps_login}
    if not keys:
        return {}
    try:
        sealed = cache.get_many(keys.values())
    except DatabaseError:
        return {}
    return {pk: _unsealed(key, sealed.get(key)) for pk, key in keys.items()}


def _unsealed(key: str, sealed: object) -> str:
    try:
        return keyring().unseal(sealed, context=key) if isinstance(sealed, str) else ""
    except SecretUnavailable:
        return ""


def token_keep(*, key: str, token: str) -> None:
    """Keep a token, sealed for its place; raise `KeysUnusable`."""
    sealed = keyring().seal(token, context=key)
    cache.set(key, sealed, timeout=KEPT_FOR.total_seconds())


def token_take(*, pbx: Pbx) -> str:
    """Take the token of a PBX out of the cache and return it, "" for none."""
    key = token_key(pbx)
    token = token_read(key=key)
    if token:
        cache.delete(key)
    return token
