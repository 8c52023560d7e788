"""When a log-in may be tried: five bad ones lock this dashboard out of a PBX for ten minutes, for everyone.

Documented at help.yeastar.com, S-Series API v2, login. A log-in is therefore never repeated by itself.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from trunks.models import Pbx

# How long the PBX keeps an address out.
LOCK_OUT = timedelta(minutes=10)


def login_is_held(pbx: Pbx) -> bool:
    """Tell whether logging in could do harm: the credentials were refused, or the lock-out lasts."""
    if pbx.credentials_rejected_at is not None:
        return True
    return pbx.login_blocked_until is not None and pbx.login_blocked_until > timezone.now()


def login_refused(*, pbx: Pbx, reason: str) -> None:
    """Remember a refused log-in of a saved PBX, so that none follows."""
    now = timezone.now()
    if reason == "credentials-rejected":
        Pbx.objects.filter(pk=pbx.pk).update(credentials_rejected_at=now)
    elif reason == "locked-out":
        Pbx.objects.filter(pk=pbx.pk).update(login_blocked_until=now + LOCK_OUT)
