"""Roles: which groups they are, and who only reads."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import models
from django.utils.translation import gettext_lazy as _

from trunks.roles import RoleName


class RoleQuerySet(models.QuerySet["Role"]):
    """Named reads over roles."""

    def auditing(self) -> RoleQuerySet:
        """The one whose people only read."""
        return self.filter(name=RoleName.AUDITOR)

    def name_of(self, user: User) -> RoleName | None:
        """The role of a person; of several the one that decides, which is to only read."""
        names = set(self.filter(group__user=user).values_list("name", flat=True))
        by_weight = (RoleName.AUDITOR, RoleName.ADMINISTRATOR, RoleName.OPERATOR, RoleName.VIEWER)
        return next((name for name in by_weight if name in names), None)


class Role(models.Model):
    """One of our roles: the group of its people, whatever that is called by now.

    The rights are those of the group; here is only remembered which were given to it once.
    """

    name = models.CharField(_("name"), max_length=13, choices=RoleName, unique=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="role")
    offered = models.JSONField(default=list)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


def reads_only(person: User | AnonymousUser) -> bool:
    """Tell whether a person is an auditor, who can change nothing, whatever else the person is.

    Of the person who asks for a page it costs nothing: `pbxdash.roles.RolesBackend` brought it along.
    """
    known: bool | None = getattr(person, "is_auditor", None)
    if known is not None or person.pk is None:
        return bool(known)
    return Role.objects.auditing().filter(group__user=person.pk).exists()
