"""What people may do: their rights with one question to the database, and the one place where auditors are stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.models import Role, SiteLimit, reads_only
from trunks.models.compiled import ask
from trunks.required_factor import asked_for
from trunks.roles import is_for_reading

READING = frozenset({"GET", "HEAD", "OPTIONS"})
# What is no data of the site: coming, going, staying, how it looks in this browser, and the own way in.
OPEN_TO_ALL = frozenset(
    {
        "login",
        "logout",
        "admin-login",
        "admin-logout",
        "set_language",
        "theme",
        "session-stay",
        "sessions-end",
        "password-change",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "openid_connect_login",
    }
)


class RolesBackend(ModelBackend):
    """Accounts with their groups, except that an auditor has no right to change anything.

    It has to be the first one in the settings: what it denies no other one grants.
    """

    def get_user(self, user_id: int) -> User | None:
        """Load a person together with what every page wants to know: an auditor, limited to some sites?"""
        build = _person_with_factor if settings.PBXDASH_SECOND_FACTOR_REQUIRED else _person
        user = next(iter(ask(build, user_id)), None)
        return user if user and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        """Tell whether a person has a right; raises for auditors, so that no other backend is asked."""
        if reads_only(user_obj) and not is_for_reading(perm):
            raise PermissionDenied
        return super().has_perm(user_obj, perm, obj)


def _person(user: int) -> QuerySet[User]:
    return User.objects.filter(pk=user).annotate(
        is_auditor=Exists(Role.objects.auditing().filter(group__user=OuterRef("pk"))),
        is_limited=Exists(SiteLimit.objects.filter(user=OuterRef("pk"))),
    )


def _person_with_factor(user: int) -> QuerySet[User]:
    has_factor = Exists(asked_for().filter(user=OuterRef("pk")))
    return _person(user).annotate(has_factor=has_factor)


class AuditorsOnlyReadMiddleware:
    """Refuse every request of an auditor that could write, whatever its address and the person's other roles."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HtmxHttpRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Answer in place of the view."""
        match = request.resolver_match
        if request.method in READING or (match and match.view_name in OPEN_TO_ALL):
            return None
        if not reads_only(request.user):
            return None
        template = "_only_reading.html" if wants_partial(request) else "403_only_reading.html"
        return render(request, template, status=403)
