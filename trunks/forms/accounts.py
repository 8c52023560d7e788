"""Accounts as the admin edits them: one role each, instead of groups and rights in long lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import (
    AdminUserCreationForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.models import Group, User
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trunks.models import Role
from trunks.roles import RoleName

if TYPE_CHECKING:
    ChangeBase = UserChangeForm[User]
    CreationBase = AdminUserCreationForm[User]
else:
    ChangeBase, CreationBase = UserChangeForm, AdminUserCreationForm

NO_ROLE = ("", _("No role: may look, as a viewer does"))


class RoleField(forms.TypedChoiceField):
    """One role, or none."""

    def __init__(self) -> None:
        super().__init__(
            choices=[NO_ROLE, *RoleName.choices],
            coerce=RoleName,
            empty_value=None,
            required=False,
            label=_("Role"),
            help_text=_(
                "Viewer: look, search, export. Operator: fetch and share as well. Auditor: see everything and "
                "change nothing. Administrator: everything, PBX settings and accounts included."
            ),
        )


class PasswordWidget(ReadOnlyPasswordHashWidget):
    """The way to another password, without parts of the kept one."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ANN401 - as Django has it
        """Leave out how the password is kept."""
        context = super().get_context(name, value, attrs)
        # Of one that is set, each part has a value; that none is set is a sentence.
        if any("value" in part for part in context["summary"]):
            context["summary"] = [{"label": gettext("A password is set.")}]
        return context


class AccountForm(ChangeBase):
    """A person who is there; the admin says who asks."""

    password = ReadOnlyPasswordHashField(label=_("Password"), widget=PasswordWidget)
    role = RoleField()
    asked_by: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self.initial["role"] = Role.objects.name_of(self.instance) or ""
        groups = self.fields.get("groups")
        if isinstance(groups, forms.ModelMultipleChoiceField):
            groups.queryset = Group.objects.filter(role=None)

    def clean_groups(self) -> QuerySet[Group]:
        """Keep the group of the role, which the list of other groups does not show."""
        chosen = self.cleaned_data["groups"]
        is_role = Q(role__isnull=False, user=self.instance)
        return Group.objects.filter(Q(pk__in=chosen) | is_role).distinct()

    def clean(self) -> dict[str, Any]:
        """Refuse what would be void, and what a person could not take back."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_superuser", self.instance.is_superuser) and cleaned.get("role"):
            self.add_error("role", _("A superuser may do everything: choose no role."))
        if self.instance == self.asked_by and "role" in self.changed_data:
            self.add_error("role", _("Your own role is for another administrator to change."))
        return cleaned


class NewAccountForm(CreationBase):
    """A person to be."""

    role = RoleField()
