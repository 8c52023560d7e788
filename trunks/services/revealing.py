"""Showing a SIP password to one person, once: read from the PBX at that moment, and kept nowhere."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User

from trunks.keyring import SecretUnavailable
from trunks.models import Action, Trunk
from trunks.services.auditing import audit_record
from trunks.services.connecting import client_for
from trunks.services.roles import require
from trunks.services.throttling import Allowance, throttle_take
from trunks.yeastar import PbxError, SipPassword

PERMISSION = "trunks.reveal_sip_password"
# Of one person, right passwords and wrong ones alike.
OF_PERSON = Allowance(10, timedelta(hours=1))

# The page waits for the PBX here, as no other one does: the value must not pass through a queue. So one at a time,
# and the other threads of the server stay free.
_one_at_a_time = threading.Lock()


class RevealOff(Exception):
    """The settings of this site do not allow it."""


class RevealRefused(Exception):
    """It was not even tried; `why` says so in a word of ours."""

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.until = until


class RevealFailed(Exception):
    """The PBX did not tell; `reason`, `errno` and `detail` are those of a fetch that fails."""

    def __init__(self, reason: str, errno: str = "", detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.errno, self.detail = reason, errno, detail


def may_reveal(person: User, trunk: Trunk) -> bool:
    """Tell whether a page offers it: the site allows it, the person may, and there is a password to show."""
    return (
        settings.PBXDASH_REVEAL
        and person.has_perm(PERMISSION)
        and bool(trunk.password_fingerprint)
        and trunk.may_be_fetched
    )


def sip_password_reveal(
    *, trunk: Trunk, by: User, password: str, reason: str
) -> SipPassword | None:
    """Return the SIP password that the PBX has for a trunk now; None where it has none.

    `password` is the person's own. The audit log knows of it before the caller does, and of each refusal.

    Raises:
        NotAllowed: the person lacks the permission.
        RevealOff: the site does not allow it.
        RevealRefused: `wrong-password`, `too-often` or `busy`.
        RevealFailed: the PBX did not tell.
        KeysUnusable: the audit log cannot be written, so nothing is told.
    """
    require(by, PERMISSION)
    if not settings.PBXDASH_REVEAL:
        raise RevealOff
    try:
        _check_person(by, password)
        found = _read(trunk)
    except (RevealRefused, RevealFailed) as refused:
        details = {"trunk": trunk.remote_id, "reason": reason, "refused": str(refused)}
        audit_record(
            Action.REVEAL_REFUSED, by=by, subject=str(trunk), pbx=trunk.pbx, details=details
        )
        raise
    details = {"trunk": trunk.remote_id, "reason": reason}
    audit_record(Action.REVEALED, by=by, subject=str(trunk), pbx=trunk.pbx, details=details)
    return found


def _check_person(person: User, password: str) -> None:
    if until := throttle_take(name=f"reveal:{person.pk}", allowance=OF_PERSON):
        raise RevealRefused("too-often", until)
    if not person.check_password(password):
        raise RevealRefused("wrong-password")


def _read(trunk: Trunk) -> SipPassword | None:
    if not trunk.pbx.enabled:
        raise RevealFailed("disabled")
    if not _one_at_a_time.acquire(blocking=False):
        raise RevealRefused("busy")
    try:
        with client_for(trunk.pbx) as client:
            return client.sip_password(trunk.remote_id)
    except SecretUnavailable:
        raise RevealFailed("secret-unavailable") from None
    except ValueError:
        raise RevealFailed("bad-settings") from None
    except PbxError as error:
        raise RevealFailed(error.reason, error.errno, error.detail) from None
    except Exception as error:  # noqa: BLE001
        # The text of an unknown error may hold anything, so only its type goes on.
        raise RevealFailed("internal", detail=type(error).__name__) from None
    finally:
        _one_at_a_time.release()
