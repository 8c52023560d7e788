"""Roles that a sign-on provider grants: taken over at every log-in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from trunks.roles import RoleName
from trunks.services.person_sessions import sessions_end
from trunks.services.roles import role_give


def role_claim(*, user: User, role: str | None) -> None:
    """Give a person the role that the provider grants, or none; superusers stay what they are.

    Whom none is granted is logged out everywhere, since without a role one could still look.
    """
    if user.is_superuser:
        return
    with transaction.atomic():
        role_give(user=user, role=RoleName(role) if role else None)
        if not role:
            sessions_end(user=user)
