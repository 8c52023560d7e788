"""Logins, tokens and the lock after five bad logins (pages login and api_error_code)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

from .behaviour import Behaviour
from .refusals import (
    LOCKED_OUT,
    NO_SUCH_TOKEN,
    TOKEN_EMPTY,
    WRONG_CREDENTIALS,
    RefusedError,
)

Clock = Callable[[], float]

TOKEN_LIFE = 30 * 60.0
LOCK_LIFE = 10 * 60.0
FAILURES_TO_LOCK = 5


def api_password(password: str) -> str:
    """Hash a password as the login page asks: MD5, 32 lower-case hex digits."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


class Sessions:
    """The tokens that are alive and the callers that are locked out.

    Assumed, as the pages do not say: the fifth failure itself still answers 20003; attempts during
    the lock do not prolong it; the lock concerns logins only, tokens of that caller stay good.
    """

    def __init__(self, username: str, password: str, clock: Clock, behaviour: Behaviour) -> None:
        self._credentials = f"{username}\n{api_password(password)}".encode()
        self._clock = clock
        self._behaviour = behaviour
        self._expires: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, float] = {}
        self.logins = 0
        self.failed_logins = 0
        self.locked_out_logins = 0
        self.given: list[str] = []

    def login(self, caller: str, username: str, password_md5: str) -> str:
        """Give a new token.

        Raises: RefusedError with 20002 or 20003.
        """
        if self._is_locked(caller):
            self.locked_out_logins += 1
            raise RefusedError(LOCKED_OUT)
        offered = f"{username}\n{password_md5}".encode(errors="surrogatepass")
        if not hmac.compare_digest(offered, self._credentials):
            self._count_failure(caller)
            raise RefusedError(WRONG_CREDENTIALS)
        self._failures.pop(caller, None)
        self.logins += 1
        return self._new_token()

    def use(self, token: str) -> None:
        """Accept a token for one call.

        Raises: RefusedError when it is empty, unknown or expired.
        """
        if not token:
            raise RefusedError(TOKEN_EMPTY)
        expires = self._expires.get(token)
        if expires is None:
            raise RefusedError(NO_SUCH_TOKEN)
        if self._clock() >= expires:
            raise RefusedError(self._behaviour.expired_token_errno)
        if self._behaviour.calls_extend_token:
            self.renew(token)

    def renew(self, token: str) -> None:
        """Reset a token to 30 minutes, as `heartbeat` does."""
        self._expires[token] = self._clock() + TOKEN_LIFE

    def end(self, token: str) -> None:
        """Erase a token, as `logout` does."""
        self._expires.pop(token, None)

    def forget_tokens(self) -> None:
        """Erase every token, as a restart of the API service would."""
        self._expires.clear()

    def unlock(self) -> None:
        """Clear the blocked-IP list, as an administrator can."""
        self._locked_until.clear()
        self._failures.clear()

    def _is_locked(self, caller: str) -> bool:
        return self._clock() < self._locked_until.get(caller, float("-inf"))

    def _count_failure(self, caller: str) -> None:
        self.failed_logins += 1
        self._failures[caller] = self._failures.get(caller, 0) + 1
        if self._failures[caller] >= FAILURES_TO_LOCK:
            self._locked_until[caller] = self._clock() + LOCK_LIFE
            self._failures.pop(caller)

    def _new_token(self) -> str:
        if self._behaviour.one_token_only:
            self.forget_tokens()
        token = secrets.token_hex(16)
        self.given.append(token)
        self.renew(token)
        return token
