"""Sealing anew, under the first key, everything that an older key still opens, while the site runs.

A text is replaced only where it is still the one that was read, so whoever writes meanwhile wins; each small batch
is committed by itself, so after a crash the next run finds less to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from trunks.keyring import Keyring, SecretUnavailable, key_name_of, keyring
from trunks.services.sealed_places import SealedPlace, SealedText, sealed_places
from trunks.services.sharing_database import one_writer

WAIT_SECONDS = 5.0
# So often everything is looked at, where somebody wrote meanwhile; what is left then is told.
ROUNDS = 3


@dataclass
class Rotation:
    """What became of every sealed text of the database."""

    sealed_anew: int = 0
    thrown_away: int = 0
    # By place and name of the key: not under the first key, and under it but not to be opened.
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def is_whole(self) -> bool:
        """Tell whether no older key is needed any more, and the first one opens everything."""
        return not self.left and not self.unreadable


def _nothing(looked_at: int) -> None:
    """Tell nobody."""


def sealed_count() -> int:
    """Count the sealed texts of the database."""
    return sum(place.rows().count() for place in sealed_places())


def keys_rotate(*, each: Callable[[int], None] = _nothing) -> Rotation:
    """Seal everything anew that is not under the first key, and look at the result.

    `each` is told how many more texts were looked at. Raises `KeysUnusable`, and `django.db.OperationalError` when
    the database stays busy: what was done stays done.
    """
    ring, rotation = keyring(), Rotation()
    for _ in range(ROUNDS):
        for place in sealed_places():
            for batch in place.batches():
                with one_writer(WAIT_SECONDS), transaction.atomic():
                    for sealed in batch:
                        _seal_anew(ring, place, sealed, rotation)
                each(len(batch))
        found = keys_check()
        rotation.left, rotation.unreadable = found.left, found.unreadable
        if not rotation.left:
            break
        each = _nothing
    return rotation


def keys_check(*, each: Callable[[int], None] = _nothing) -> Rotation:
    """Look at every sealed text, and change nothing; raise `KeysUnusable`."""
    ring, rotation = keyring(), Rotation()
    for place in sealed_places():
        for batch in place.batches():
            for sealed in batch:
                name = key_name_of(sealed.text)
                if name != ring.first:
                    rotation.left[place.name, name] += 1
                elif _opened(ring, sealed) is None:
                    rotation.unreadable[place.name, name] += 1
            each(len(batch))
    return rotation


def _seal_anew(ring: Keyring, place: SealedPlace, sealed: SealedText, rotation: Rotation) -> None:
    if key_name_of(sealed.text) == ring.first and not place.is_passing:
        return
    plaintext = _opened(ring, sealed)
    if plaintext is None:
        if place.is_passing:
            place.throw_away(sealed)
            rotation.thrown_away += 1
    elif key_name_of(sealed.text) != ring.first:
        text = ring.seal(plaintext, context=sealed.context)
        rotation.sealed_anew += place.replace(sealed, text)


def _opened(ring: Keyring, sealed: SealedText) -> str | None:
    try:
        return ring.unseal(sealed.text, context=sealed.context)
    except SecretUnavailable:
        return None
