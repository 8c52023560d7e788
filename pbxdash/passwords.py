"""What a password of a person may be."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

LONGEST_PASSWORD = 128


class MaximumLengthValidator:
    """Refuse passwords that only keep the server busy; no word of a person is as long."""

    def __init__(self, max_length: int = LONGEST_PASSWORD) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise `ValidationError` for a longer one."""
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return ngettext(
            "Your password must have at most %(n)d character.",
            "Your password must have at most %(n)d characters.",
            self.max_length,
        ) % {"n": self.max_length}
