"""What is recorded wherever it happens: coming and going, and accounts with what they may do.

Accounts are changed in the admin, by commands and by what a claim of single sign-on says; signals miss none of
them. Who did it is whoever is logged in where it came from.
"""

# ruff: noqa: ANN401  signals bring whatever they like

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection
from django.db.models import Manager, Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from trunks.audit_second_factors import WORDS
from trunks.models import Action, AuditEntry
from trunks.origin import current_origin
from trunks.services.auditing import Details, audit_record

AModel = TypeVar("AModel", bound=Model)
# Not changed by a person.
_BY_ITSELF = {"last_login", "password"}
_BEFORE = "_audited_before"
# Before they are taken, since only then it can be seen which of them were held.
_STEPS = {"post_add": "added", "pre_remove": "removed", "pre_clear": "removed"}


class _Log:
    """Whether the log is there: a migration may make accounts and groups before it is."""

    is_there = False

    @classmethod
    def takes(cls, **kwargs: Any) -> bool:
        """Tell whether to record what a signal tells of; fixtures are loaded as they are."""
        if kwargs.get("raw"):
            return False
        if not cls.is_there:
            cls.is_there = AuditEntry._meta.db_table in connection.introspection.table_names()  # noqa: SLF001  documented
        return cls.is_there


@receiver(user_logged_in)
def logged_in(user: User, request: HttpRequest, **kwargs: object) -> None:
    """Record by what somebody came in."""
    records = get_authentication_records(request, user) if hasattr(request, "session") else []
    steps = [str(record.get("type") or record.get("method")) for record in records]
    how = list(dict.fromkeys(WORDS.get(step, step) for step in steps))
    audit_record(Action.LOG_IN, by=user, details={"how": how} if how else None)


@receiver(user_logged_out)
def logged_out(user: User | None, **kwargs: object) -> None:
    if user is not None:
        audit_record(Action.LOG_OUT, by=user)


@receiver(user_login_failed)
def log_in_failed(credentials: dict[str, Any], **kwargs: object) -> None:
    """Keep the name that was typed; Django has taken out what could be a password."""
    audit_record(Action.LOG_IN_FAILED, by=None, subject=str(credentials.get("username", ""))[:150])


@receiver(pre_save, sender=User)
def remember_account(instance: User, **kwargs: Any) -> None:
    if not _is_log_in(**kwargs):
        setattr(instance, _BEFORE, User.objects.filter(pk=instance.pk).values().first())


@receiver(post_save, sender=User)
def account_saved(instance: User, created: bool, **kwargs: Any) -> None:
    if _is_log_in(**kwargs):
        return
    before: dict[str, Any] | None = instance.__dict__.pop(_BEFORE, None)
    if not _Log.takes(**kwargs):
        return
    if created or before is None:
        _record(
            Action.USER_MADE, instance.get_username(), {"superuser": int(instance.is_superuser)}
        )
        return
    fields = [
        name
        for name, value in before.items()
        if name not in _BY_ITSELF and getattr(instance, name) != value
    ]
    # Of a hash that is only made anew at a log-in there is no password to change to.
    typed = getattr(instance, "_password", None)
    if typed is not None and instance.password != before["password"]:
        fields.append("password")
    if "is_active" in fields:
        fields.remove("is_active")
        action = Action.USER_ENABLED if instance.is_active else Action.USER_DISABLED
        _record(action, instance.get_username())
    if fields:
        _record(Action.USER_CHANGED, instance.get_username(), {"fields": fields})


@receiver(post_delete, sender=User)
def account_deleted(instance: User, **kwargs: object) -> None:
    _record(Action.USER_DELETED, instance.get_username())


@receiver(m2m_changed, sender=User.groups.through)
def groups_changed(
    instance: User | Group, action: str, pk_set: set[int] | None, **kwargs: object
) -> None:
    """Record for each person which groups were given and taken, from whichever side."""
    if action not in _STEPS or not _Log.takes():
        return
    if isinstance(instance, User):
        groups = _among(instance.groups, pk_set)
        _record_roles(instance, _STEPS[action], groups.values_list("name", flat=True))
        return
    for person in _among(instance.user_set, pk_set):
        _record_roles(person, _STEPS[action], [instance.name])


@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def rights_changed(
    instance: User | Group | Permission, action: str, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Record which rights an account or a group was given and lost, from whichever side."""
    if action not in _STEPS or not _Log.takes():
        return
    if isinstance(instance, Permission):
        holders: Iterable[User | Group] = (
            _among(instance.user_set, pk_set)
            if kwargs["model"] is User
            else _among(instance.group_set, pk_set)
        )
        for holder in holders:
            _record_rights(holder, _STEPS[action], [instance.codename])
        return
    held = instance.user_permissions if isinstance(instance, User) else instance.permissions
    rights = _among(held, pk_set)
    _record_rights(instance, _STEPS[action], rights.values_list("codename", flat=True))


@receiver(post_save, sender=Group)
def group_saved(instance: Group, created: bool, **kwargs: object) -> None:
    if _Log.takes(**kwargs):
        _record(Action.GROUP_CHANGED, instance.name, {"what": "made" if created else "saved"})


@receiver(post_delete, sender=Group)
def group_deleted(instance: Group, **kwargs: object) -> None:
    if _Log.takes():
        _record(Action.GROUP_CHANGED, instance.name, {"what": "deleted"})


def _among(held: Manager[AModel], chosen: set[int] | None) -> QuerySet[AModel]:
    """Return those of the chosen that are held; all when none are named, as before they are cleared."""
    return held.all() if chosen is None else held.filter(pk__in=chosen)


def _is_log_in(*, update_fields: Iterable[str] | None = None, **kwargs: Any) -> bool:
    """Tell whether an account is saved only since somebody logs in."""
    return set(update_fields or ()) == {"last_login"}


def _record_roles(person: User, step: str, names: Iterable[str]) -> None:
    if chosen := sorted(names):
        _record(Action.ROLES_CHANGED, person.get_username(), {step: chosen})


def _record_rights(holder: User | Group, step: str, codenames: Iterable[str]) -> None:
    if chosen := sorted(codenames):
        action = Action.ROLES_CHANGED if isinstance(holder, User) else Action.GROUP_CHANGED
        _record(action, str(holder), {f"rights_{step}": chosen})


def _record(action: Action, subject: str, details: Details | None = None) -> None:
    audit_record(action, by=current_origin().person, subject=subject, details=details)
