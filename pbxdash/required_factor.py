"""Administrators without a second factor are led to add one, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from trunks.htmx import HtmxHttpRequest, see_other
from trunks.required_factor import lacks_required_factor

# Their own account, beside the pages of the second factor itself.
OPEN = frozenset(
    {
        "logout",
        "account_logout",
        "admin-logout",
        "account_reauthenticate",
        "password-change",
        "sessions",
        "sessions-end",
        "session-stay",
    }
)


class RequiredFactorMiddleware:
    """Lead whoever lacks a factor that the settings require to the page that adds one."""

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
        """Answer in place of the view, unless that is open to everybody."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_open = name in OPEN or name.startswith("mfa_")
        if is_open or not getattr(view, "login_required", True):
            return None
        return (
            see_other(request, reverse("mfa_index"))
            if lacks_required_factor(request.user)
            else None
        )
