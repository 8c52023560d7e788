"""What is recorded of second factors, wherever they are changed: on people's own pages, in the admin, by commands."""

# ruff: noqa: ANN401  signals bring whatever they like

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from trunks.models import Action
from trunks.origin import current_origin
from trunks.services.auditing import audit_record

# Of the library's records of a log-in, and of its kinds of factors.
WORDS = {
    "password": "password",
    "socialaccount": "single sign-on",
    "totp": "app",
    "webauthn": "passkey",
    "recovery_codes": "recovery codes",
}


@receiver(post_save, sender=Authenticator)
def factor_added(
    instance: Authenticator, created: bool, raw: bool = False, **kwargs: object
) -> None:
    if created and not raw:
        _record(instance, "added")


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance: Authenticator, origin: Any = None, **kwargs: object) -> None:
    """Leave out those that go with their account."""
    deleted: type[Model] = origin.model if isinstance(origin, QuerySet) else type(origin)
    if deleted is Authenticator:
        _record(instance, "removed")


@receiver(authentication_failed)
def code_refused(
    user: User, authenticator: Authenticator, reauthentication: bool = False, **kwargs: object
) -> None:
    """Record a wrong code like a wrong password: whoever typed it knew that one."""
    if not reauthentication:
        details = {"how": [WORDS.get(authenticator.type, authenticator.type)]}
        audit_record(Action.LOG_IN_FAILED, by=None, subject=user.get_username(), details=details)


def _record(factor: Authenticator, what: str) -> None:
    audit_record(
        Action.FACTOR_CHANGED,
        by=current_origin().person,
        subject=factor.user.get_username(),
        details={"what": what, "factor": WORDS.get(factor.type, factor.type)},
    )
