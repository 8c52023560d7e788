"""Roles: their groups and rights, and who has which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps as apps_now
from django.apps.registry import Apps
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from trunks.models import Role, reads_only
from trunks.roles import ROLES, RoleName


class SuperuserHasNoRole(Exception):
    """A superuser may do everything, so a role would mean nothing."""


class NotAllowed(PermissionDenied):
    """The person may not do this; no page offers it."""


def require(person: User | None, *permissions: str) -> None:
    """Raise `NotAllowed` unless the person has one of the permissions and is no auditor.

    Nobody is a command of whoever runs the site, or what happens by itself.
    """
    if person is None:
        return
    if reads_only(person) or not any(person.has_perm(permission) for permission in permissions):
        raise NotAllowed


def roles_bring_in_step(*, apps: Apps = apps_now) -> None:
    """Make the group of each role that has none, and give it the rights it was never given.

    What was given once and is gone was taken away by an administrator, and stays away. A permission that does not
    exist yet is given when it does. `apps` are the models of a migration.
    """
    roles, groups = apps.get_model("trunks", "Role"), apps.get_model("auth", "Group")
    permissions = _permissions(apps)
    for name, rights in ROLES.items():
        with transaction.atomic():
            role = roles.objects.filter(name=name).select_related("group").first()
            if role is None:
                group, _created = groups.objects.get_or_create(name=name.value)
                role = roles.objects.create(name=name, group=group)
            new = [right for right in rights if right not in role.offered and right in permissions]
            if new:
                role.group.permissions.add(*(permissions[right] for right in new))
                role.offered = [*role.offered, *new]
                role.save(update_fields=["offered"])


def role_give(*, user: User, role: RoleName | None) -> None:
    """Give a person this role and no other one, or none; groups of other kinds stay.

    Who administers reaches the admin by it, and nobody else does.

    Raises:
        SuperuserHasNoRole: the person may do everything already.
    """
    if role and user.is_superuser:
        raise SuperuserHasNoRole
    with transaction.atomic():
        groups = {found.name: found.group_id for found in Role.objects.all()}
        user.groups.remove(*groups.values())
        if role:
            user.groups.add(groups[role])
        user.is_staff = user.is_superuser or role == RoleName.ADMINISTRATOR
        user.save(update_fields=["is_staff"])


def _permissions(apps: Apps) -> dict[str, Any]:
    """Return the permissions of the table that exist, by their names."""
    wanted = {right for rights in ROLES.values() for right in rights}
    return {
        f"{label}.{codename}": pk
        for pk, label, codename in _named(apps, (right.partition(".")[2] for right in wanted))
    }


def _named(apps: Apps, codenames: Iterable[str]) -> Iterable[tuple[int, str, str]]:
    permissions: type[Permission] = apps.get_model("auth", "Permission")
    found = permissions.objects.filter(codename__in=list(codenames))
    return found.values_list("pk", "content_type__app_label", "codename")
