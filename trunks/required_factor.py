"""Who has to add a second factor before anything else, where the settings say so."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet


def asked_for() -> QuerySet[Authenticator]:
    """Return the factors that a log-in asks for: recovery codes alone are none."""
    factors: QuerySet[Authenticator] = Authenticator.objects.exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return factors


def lacks_required_factor(person: User | AnonymousUser | None) -> bool:
    """Tell whether a person reaches the admin by a password alone, and shall not.

    Of the person who asks for a page it costs nothing: `pbxdash.roles.RolesBackend` brought it along. Who has no
    password here comes through their organisation, which asks for what it wants.
    """
    if not settings.PBXDASH_SECOND_FACTOR_REQUIRED or not isinstance(person, User):
        return False
    if not (person.is_staff or person.is_superuser) or not person.has_usable_password():
        return False
    known: bool | None = getattr(person, "has_factor", None)
    return not (asked_for().filter(user=person).exists() if known is None else known)
