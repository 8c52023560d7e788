"""Shared links: making, revoking and opening them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import Enum

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trunks.models import Action, Share, Trunk
from trunks.models.share import LONGEST, MAY_SHARE, SHORTEST, ShareQuerySet
from trunks.services.auditing import audit_record
from trunks.services.person_logins import neighbourhood
from trunks.services.roles import NotAllowed, require
from trunks.services.throttling import (
    Allowance,
    throttle_forget,
    throttle_give_back,
    throttle_is_used_up,
    throttle_take,
)
from trunks.share_wish import LONGEST_PASSPHRASE, ShareWish
from trunks.shared_trunk import read_shared_trunk
from trunks.sight import sight_of

# By which scanners for secrets, and our own logs, know one when they see it.
PREFIX = "pbxs_"
_TOKEN_BYTES = 32

OF_ADDRESS = Allowance(120, timedelta(minutes=1))
# Links that lead nowhere, which is what guessing looks like.
MISSES_OF_ADDRESS = Allowance(30, timedelta(minutes=1))
PASSPHRASES_OF_ADDRESS = Allowance(5, timedelta(minutes=5))
# Only who has the link can use these up, so that a short passphrase withstands many addresses.
PASSPHRASES_OF_SHARE = Allowance(60, timedelta(hours=1))


class ShareGone(Exception):
    """The link opens nothing, or nothing any more: which of these, nobody is told."""


class PassphraseWanted(Exception):
    """The link opens with a passphrase: none was given, or a wrong one, or there were too many tries."""

    def __init__(self, *, is_wrong: bool = False, held_until: datetime | None = None) -> None:
        super().__init__()
        self.is_wrong, self.held_until = is_wrong, held_until


class TooManyOpened(Exception):
    """So many links were opened from this address that the next one has to wait."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class Visit(Enum):
    """Who opens a link, as far as the request tells; a look gets no page, and counts for nothing."""

    PERSON = "person"
    PROGRAM = "program"
    LOOK = "look"


def share_make(*, trunk: Trunk, by: User, wish: ShareWish) -> tuple[Share, str]:
    """Make a link to a trunk and return it with its token, which is kept nowhere.

    Raises:
        NotAllowed: the person may not share.
        ValueError: it would last less than an hour, or more than ninety days.
    """
    require(by, MAY_SHARE)
    if not SHORTEST <= wish.lasts <= LONGEST:
        raise ValueError("a share lasts from one hour to ninety days")
    snapshot = _snapshot(trunk, wish) if wish.is_pinned else None
    # Outside the transaction, since it takes long on purpose.
    passphrase = make_password(wish.passphrase) if wish.passphrase else ""
    token, now = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES), timezone.now()
    with transaction.atomic():
        share = Share.objects.create(
            trunk=trunk,
            made_by=by,
            label=wish.label,
            token_hash=_hash(token),
            is_pinned=wish.is_pinned,
            snapshot=snapshot,
            with_bindings=wish.with_bindings,
            with_usernames=wish.with_usernames,
            passphrase=passphrase,
            made_at=now,
            ends_at=now + wish.lasts,
        )
        _record(
            Action.SHARE_MADE,
            share,
            by,
            label=share.label,
            shows="pinned" if share.is_pinned else "live",
            bindings=_yes_or_no(share.with_bindings),
            usernames=_yes_or_no(share.with_usernames),
            passphrase=_yes_or_no(bool(passphrase)),
            ends=share.ends_at.isoformat(timespec="minutes"),
        )
    return share, token


def share_revoke(*, share: Share, by: User) -> bool:
    """End a link for good, and tell whether it was not yet: one that is revoked already stays as it was.

    Raises:
        NotAllowed: it is another person's, and this one may not revoke those.
    """
    if not share.may_be_revoked_by(by):
        raise NotAllowed
    with transaction.atomic():
        now = timezone.now()
        if not Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=now):
            return False
        _record(Action.SHARE_REVOKED, share, by, label=share.label)
    return True


def shares_revoke(*, shares: ShareQuerySet, by: User) -> int:
    """End all links that are not over, all of them or none; each has its entry. Return how many there were.

    Raises:
        NotAllowed: one of them is another person's, and this one may not revoke those.
    """
    with transaction.atomic():
        lasting = list(shares.lasting().for_list())
        return sum(share_revoke(share=share, by=by) for share in lasting)


def share_open(*, token: str, address: str, visit: Visit, passphrase: str | None = None) -> Share:
    """Return the share that a token opens, and count and record that it was opened before anything is shown.

    A token that was never given, one of a link that ended or was revoked, and one whose maker may share no longer
    cost the same work: a hash and one look into an index.

    Raises:
        ShareGone: there is nothing to open.
        PassphraseWanted: the right passphrase did not come along; of links that open alone.
        TooManyOpened: the address has to wait.
    """
    near = neighbourhood(address)
    misses = f"share:misses:{near}"
    if until := throttle_take(name=f"share:{near}", allowance=OF_ADDRESS):
        raise TooManyOpened(until)
    if throttle_is_used_up(name=misses, allowance=MISSES_OF_ADDRESS):
        raise TooManyOpened(timezone.now() + timedelta(milliseconds=MISSES_OF_ADDRESS.step))
    share = Share.objects.of_token(_hash(token))
    # Whoever made it may show no more than they may see.
    if share is None or not sight_of(share.made_by).has(share.trunk.pbx_id):
        throttle_take(name=misses, allowance=MISSES_OF_ADDRESS)
        raise ShareGone
    if share.passphrase:
        _check_passphrase(share, passphrase, near)
    if visit is not Visit.LOOK:
        _count(share, visit)
    return share


def _check_passphrase(share: Share, passphrase: str | None, near: str) -> None:
    """Raise `PassphraseWanted` unless it is the right one."""
    if passphrase is None:
        raise PassphraseWanted
    of_share, of_both = f"share:passphrase:{share.pk}", f"share:passphrase:{share.pk}:{near}"
    held_until = throttle_take(name=of_both, allowance=PASSPHRASES_OF_ADDRESS)
    held_until = held_until or throttle_take(name=of_share, allowance=PASSPHRASES_OF_SHARE)
    if held_until:
        raise PassphraseWanted(held_until=held_until)
    is_right = len(passphrase) <= LONGEST_PASSPHRASE and check_password(
        passphrase, share.passphrase
    )
    if not is_right:
        # As often as there are tries to take, and no more: what is held back is not even looked at.
        _record(Action.SHARE_REFUSED, share, None, label=share.label)
        raise PassphraseWanted(is_wrong=True)
    throttle_forget(name=of_both)
    throttle_give_back(name=of_share, allowance=PASSPHRASES_OF_SHARE)


def _count(share: Share, visit: Visit) -> None:
    """Count and record an opening; raise `ShareGone` when the link was ended in between."""
    counter = "opens" if visit is Visit.PERSON else "program_opens"
    with transaction.atomic():
        opened = Share.objects.alive().filter(pk=share.pk)
        if not opened.update(**{counter: F(counter) + 1, "last_opened_at": timezone.now()}):
            raise ShareGone
        _record(Action.SHARE_OPENED, share, None, label=share.label, visitor=visit.value)


def _snapshot(trunk: Trunk, wish: ShareWish) -> dict[str, object]:
    """Return what the link shall go on showing, all of it from before or from after a fetch."""
    with transaction.atomic():
        # A fetch that lands waits; nothing else is locked here, so that none can wait for the other.
        current = Trunk.objects.for_page().select_for_update(of=("self",)).get(pk=trunk.pk)
        return read_shared_trunk(
            current, with_bindings=wish.with_bindings, with_usernames=wish.with_usernames
        ).as_json()


def _record(action: Action, share: Share, by: User | None, **details: str | int) -> None:
    """Write the audit entry, which names the share by its number and never by its token."""
    trunk = share.trunk
    named = {"share": share.pk, "trunk": trunk.remote_id, **details}
    audit_record(action, by=by, subject=str(trunk), pbx=trunk.pbx, details=named)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _yes_or_no(is_so: bool) -> str:
    return "yes" if is_so else "no"
