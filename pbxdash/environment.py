"""Reading `PBXDASH_*` variables: a value that cannot be meant is refused with one sentence, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

WORDS = {"true": True, "yes": True, "on": True, "1": True}
WORDS |= {"false": False, "no": False, "off": False, "0": False}
SCHEMES = ("sqlite:///", "postgres://", "postgresql://")


class Environment(FileAwareEnv):  # type: ignore[misc]  # the package has no types
    """Variables with the prefix, or the files that `PBXDASH_<NAME>_FILE` names."""

    def __init__(self) -> None:
        super().__init__()
        self.prefix = "PBXDASH_"

    def flag(self, name: str, *, default: bool) -> bool:
        """Return yes or no."""
        text = self._text(name, str(default)).lower()
        if text not in WORDS:
            raise ImproperlyConfigured(f"PBXDASH_{name} is {text!r}: write true or false.")
        return WORDS[text]

    def count(self, name: str, *, default: int, least: int = 1) -> int:
        """Return a whole number, above zero unless less is allowed."""
        text = self._text(name, str(default))
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise ImproperlyConfigured(
                f"PBXDASH_{name} is {text!r}: write a number above {least - 1}."
                if least
                else f"PBXDASH_{name} is {text!r}: write a number, 0 for none."
            )
        return int(text)

    def one_of(self, name: str, known: Iterable[str], *, default: str) -> str:
        """Return one of the known words."""
        text = self._text(name, default)
        choices = sorted(known)
        if text not in choices:
            few = f": write one of {', '.join(choices)}" if len(choices) < 10 else ""
            raise ImproperlyConfigured(f"PBXDASH_{name} is {text!r}, which is not known{few}.")
        return text

    def pairs(self, name: str, *, words: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return `left=right` pairs in their order; what stands right is one of the words."""
        known, found = sorted(words), []
        for text in filter(None, (part.strip() for part in self._text(name, "").split(","))):
            left, equals, right = text.rpartition("=")
            if not (left and equals and right in known):
                raise ImproperlyConfigured(
                    f"PBXDASH_{name} has {text!r}: write pairs like staff={known[-1]}, comma "
                    f"separated; the right side is one of {', '.join(known)}."
                )
            found.append((left, right))
        return tuple(found)

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """Return the connection that an address like `postgres://user:password@host/name` means."""
        try:
            # Without the newline that editors add to a file.
            address = self._text(name, default)
        except OSError as error:
            raise ImproperlyConfigured(
                f"PBXDASH_{name}_FILE cannot be read: {error.strerror}. Check its path and owner."
            ) from None
        if not address.startswith(SCHEMES):
            # Without the value, which may hold a password.
            raise ImproperlyConfigured(
                f"PBXDASH_{name} is no address of a database we know: write sqlite:///path or "
                "postgres://user:password@host/name."
            )
        return dict(self.db_url_config(address))

    def _text(self, name: str, default: str) -> str:
        """Return a value; an empty one counts as not set."""
        return str(self.str(name, default="")).strip() or default
