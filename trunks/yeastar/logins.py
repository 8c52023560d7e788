"""Who may log in, and which token is used again: decided outside, since a PBX counts over all callers."""

from __future__ import annotations

from typing import Protocol

from .errors import PbxError


class Logins(Protocol):
    """What `PbxClient` asks before a login and tells after it."""

    def token(self) -> str:
        """Return a token that is kept and may still live, "" for none."""

    def admit(self, dead: str, remaining: float) -> str:
        """Called right before every login; waits while another one at the same place is under way.

        Returns a kept token other than `dead` when somebody else has logged in meanwhile, so that
        no login is needed, and "" when the caller may log in now. Whoever was let through with ""
        calls `accepted` or `refused` next. `remaining` is for how many seconds the caller can wait
        and log in.

        Raises:
            LoginHeld: no login may be tried now.
        """

    def accepted(self, token: str) -> bool:
        """Take note of a login that succeeded; True when its token is kept and must live on."""

    def refused(self, error: PbxError | None) -> None:
        """Take note of a login that ended in any other way; None for an error of our own."""

    def forget(self, token: str) -> None:
        """Keep a token no longer, since the PBX called it dead."""


class EveryLogin:
    """Admits every login and keeps no token."""

    def token(self) -> str:
        """Return "": nothing is kept."""
        return ""

    def admit(self, dead: str, remaining: float) -> str:
        """Let the caller log in."""
        del dead, remaining
        return ""

    def accepted(self, token: str) -> bool:
        """Leave the token to the client, which logs it out at the end."""
        del token
        return False

    def refused(self, error: PbxError | None) -> None:
        """Forget what happened."""

    def forget(self, token: str) -> None:
        """Nothing is kept."""
