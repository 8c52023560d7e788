"""The words of a PBX for the registration of a SIP trunk."""

from __future__ import annotations

from django.db.models import Case, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _


class Registration(TextChoices):
    """The documented words, worst first (help.yeastar.com, S-Series API v2, trunklist-query; 2017 guide).

    The tables of the documentation have capitals, its samples have none: compare without case. Other
    words are shown as they come.
    """

    FAILURE = "failure", _("Registration failed")
    REGISTERING = "registering", _("Registering")
    UNKNOWN = "unknown", _("Registration unknown")
    DISABLED = "disable", _("Registration disabled")
    UNMONITORED = "registered (unmonitored)", _("Registered, unmonitored")
    REGISTERED = "registered", _("Registered")

    @classmethod
    def of(cls, word: str) -> Registration | None:
        """Return what a word of the PBX means, None for one that is not documented."""
        folded = word.strip().casefold()
        return cls(folded) if folded in cls.values else None


def registration_rank() -> Case:
    """Sort trunks by registration: worst first, words that are not documented between, unreported last."""
    words = list(Registration)
    ranks = [
        When(registration__iexact=word.value, then=Value(10 * n)) for n, word in enumerate(words)
    ]
    return Case(
        *ranks,
        When(registration="", then=Value(10 * len(words))),
        default=Value(10 * words.index(Registration.UNKNOWN) - 5),
    )
