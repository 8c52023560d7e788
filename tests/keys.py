"""Keys for tests: the one of the settings, another one, and settings that have both."""

from __future__ import annotations

import base64


def key(letter: str) -> str:
    """Return a key in base64, one a letter."""
    return base64.b64encode(letter.encode() * 32).decode()


OF_SETTINGS = "tests:" + key("k")
NEW = "new:" + key("n")
# As in the middle of a rotation: the new one seals, both open.
ROTATING = f"{NEW},{OF_SETTINGS}"
# The old one under its name, with other bytes.
SWAPPED = "tests:" + key("w")
