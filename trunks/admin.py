"""Accounts and groups to edit, rows to look at; PBXs are edited on their own pages, and nothing secret is shown."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from pbxdash.session_ends import keep_moved
from trunks.forms.accounts import AccountForm, NewAccountForm
from trunks.models import ConnectionTest, Fetch, Pbx, PersonSession, Trunk
from trunks.roles import RoleName
from trunks.services.person_sessions import sessions_end
from trunks.services.roles import role_give
from trunks.site_limit_admin import SiteLimitInline

if TYPE_CHECKING:
    ReadOnlyBase = admin.ModelAdmin[models.Model]
    AccountBase = UserAdmin[User]
else:
    ReadOnlyBase, AccountBase = admin.ModelAdmin, UserAdmin

# The queue keeps tracebacks, and nobody has to look at it: what became of a fetch its own row says.
admin.site.unregister([User, Group, DBTaskResult])


@admin.register(User)
class AccountAdmin(AccountBase):
    """Accounts, each with its role. Only superusers touch superusers, who may do more than an administrator."""

    form, add_form = AccountForm, NewAccountForm
    list_display = ("username", "first_name", "last_name", "email", "role", "is_active")
    list_filter = ("is_active", "groups")
    filter_horizontal = ("groups", "user_permissions")
    inlines = (SiteLimitInline,)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "role", "is_active")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Beyond the role"),
            {"classes": ("collapse",), "fields": ("is_superuser", "groups", "user_permissions")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "role", "usable_password", "password1", "password2"),
            },
        ),
    )

    @admin.display(description=_("role"))
    def role(self, user: User) -> str:
        """Name the roles of a person; more than one only where something else than this page gave them."""
        if user.is_superuser:
            return str(_("superuser"))
        roles = [group.role.name for group in user.groups.all() if hasattr(group, "role")]
        return ", ".join(str(RoleName(name).label) for name in roles) or "–"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """Bring the roles of a page of people in two queries."""
        return super().get_queryset(request).prefetch_related("groups__role")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:  # noqa: ANN401 - as Django has it
        """Leave it to superusers to make one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if _is_superuser(request) else (*fields, "is_superuser")

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,
        **kwargs: Any,  # noqa: ANN401 - as Django has it
    ) -> type[ModelForm[User]]:
        """Tell the form who asks."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if issubclass(form, AccountForm):
            form.asked_by = cast("User", request.user)
        return form

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool
    ) -> None:
        """Save an account; one that is switched off is logged out, also for when it is switched on again."""
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            sessions_end(user=obj, but=request.session.session_key)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002, ANN401 - as Django has it
        """Set a password, and end the sessions that it takes from the account."""
        before = request.session.session_key
        response = super().user_change_password(request, id, form_url)
        if request.session.session_key != before:
            keep_moved(request, before)
            user = self.get_object(request, unquote(id))
            if user is not None:
                sessions_end(user=user, but=request.session.session_key)
        return response

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[User],
        formsets: Any,  # noqa: ANN401 - as Django has it
        change: bool,
    ) -> None:
        """Give the role that was chosen."""
        super().save_related(request, form, formsets, change)
        if not change or {"role", "is_superuser"} & set(form.changed_data):
            role_give(user=form.instance, role=form.cleaned_data["role"])


@admin.register(Group)
class RoleGroupAdmin(GroupAdmin):
    """Groups with their rights; those of the roles keep their names, and stay."""

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:  # noqa: ANN401 - as Django has it
        return ("name",) if hasattr(obj, "role") else ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not hasattr(obj, "role")


class ReadOnlyAdmin(ReadOnlyBase):
    """A list and a page a row, with nothing to change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Pbx)
class PbxAdmin(ReadOnlyAdmin):
    """PBXs; their own pages add, edit and delete them."""

    list_display = ("name", "site", "base_url", "trust", "enabled", "observed_at", "failing_since")
    list_filter = ("enabled", "trust")
    search_fields = ("name", "site", "base_url")
    exclude = ("secret", "secret_given", "search_name")


@admin.register(Trunk)
class TrunkAdmin(ReadOnlyAdmin):
    """Trunks, as their PBXs reported them."""

    list_display = ("name", "pbx", "kind", "host", "dod_count", "observed_at", "removed_at")
    list_filter = ("kind", "pbx")
    list_select_related = ("pbx",)
    search_fields = ("name", "remote_id", "host")
    exclude = ("password_fingerprint", "search_name", "search_text", "digest")


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    """Attempts to read a PBX."""

    list_display = ("requested_at", "pbx", "scope", "state", "reason", "requested_by")
    list_filter = ("state", "pbx")
    list_select_related = ("pbx", "requested_by")


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin):
    """Connection tests of the last day."""

    list_display = ("requested_at", "base_url", "state", "reason", "requested_by")
    list_filter = ("state",)
    list_select_related = ("requested_by",)
    exclude = ("secret", "secret_given")


# Mail addresses let nobody in, and the provider is named in the settings alone.
admin.site.unregister((EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken))


class RemovableAdmin(ReadOnlyAdmin):
    """A list and a page a row of somebody, which may be deleted by whoever may touch that account."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        allowed = admin.ModelAdmin.has_delete_permission(self, request, obj)
        return allowed and _may_touch(request, getattr(obj, "user", None))


@admin.register(Authenticator)
class AuthenticatorAdmin(RemovableAdmin):
    """Second factors: one is deleted for a person who lost it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    exclude = ("data",)


@admin.register(SocialAccount)
class SocialAccountAdmin(RemovableAdmin):
    """Whom the sign-on provider knows under which name."""

    list_display = ("user", "uid", "last_login")
    list_select_related = ("user",)
    exclude = ("extra_data",)


@admin.register(PersonSession)
class PersonSessionAdmin(ReadOnlyAdmin):
    """Where people are logged in, and the end of it."""

    list_display = ("user", "browser_name", "address", "started_at", "seen_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "address")
    exclude = ("session_key",)
    actions = ("end_sessions",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may end sessions of others."""
        return bool(request.user.has_perm("trunks.delete_personsession"))

    @admin.action(description=_("End these sessions"), permissions=["end"])
    def end_sessions(self, request: HttpRequest, chosen: models.QuerySet[PersonSession]) -> None:
        """End them at once, but for the one that asks."""
        of_people: dict[User, list[int]] = defaultdict(list)
        for session in chosen.select_related("user"):
            of_people[session.user].append(session.pk)
        here = request.session.session_key
        count = sum(
            sessions_end(user=person, only=sessions, but=here)
            for person, sessions in of_people.items()
        )
        said = ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", count)
        self.message_user(request, said % {"n": count})


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    """Keep administrators from becoming a superuser by the password of one."""
    return obj is None or not obj.is_superuser or _is_superuser(request)
