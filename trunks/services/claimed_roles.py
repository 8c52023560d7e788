"""Roles that a sign-on provider grants: taken over at every log-in."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.db import transaction

ADMINISTRATOR = "administrator"
ROLE_NAMES = ("viewer", "operator", "auditor", ADMINISTRATOR)


def role_claim(*, user: User, role: str | None) -> None:
    """Give a person this role and no other one, or none; groups of other kinds stay, and so do superusers."""
    if user.is_superuser:
        return
    with transaction.atomic():
        user.groups.remove(*Group.objects.filter(name__in=ROLE_NAMES))
        if role:
            user.groups.add(Group.objects.get_or_create(name=role)[0])
        user.is_staff = role == ADMINISTRATOR
        user.save(update_fields=["is_staff"])
