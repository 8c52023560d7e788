"""A new link on its way from a form to a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 8, 128


@dataclass(frozen=True, slots=True)
class ShareWish:
    """What a person wants a link to be."""

    label: str
    lasts: timedelta
    is_pinned: bool = False
    with_bindings: bool = True
    with_usernames: bool = False
    # Empty: none is asked for.
    passphrase: str = ""
