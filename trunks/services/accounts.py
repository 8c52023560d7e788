"""Making accounts."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from trunks.roles import RoleName
from trunks.services.roles import role_give


def account_add(*, name: str, password: str, role: RoleName, email: str = "") -> User:
    """Make an account with a role.

    Raises:
        ValidationError: the name is taken or impossible, or the password is one of those that are guessed first.
    """
    user = User(username=User.normalize_username(name), email=User.objects.normalize_email(email))
    user.full_clean(exclude=["password"])
    validate_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        user.save(force_insert=True)
        role_give(user=user, role=role)
    return user
