"""Roles that a sign-on provider grants: taken over at every log-in."""

from __future__ import annotations

from django.contrib.auth.models import User

from trunks.roles import RoleName
from trunks.services.roles import role_give


def role_claim(*, user: User, role: str | None) -> None:
    """Give a person the role that the provider grants, or none; superusers stay what they are."""
    if not user.is_superuser:
        role_give(user=user, role=RoleName(role) if role else None)
