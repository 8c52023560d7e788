"""How django-allauth fits in: who may log in by it, what it says, and how its secrets are kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from pbxdash.client_address import client_address
from pbxdash.single_sign_on import granted_role, has_two_subjects
from trunks.services.claimed_roles import role_claim
from trunks.services.second_factors import factor_seal, factor_unseal

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Nobody signs up by themselves, and the second factor is asked for only where it is switched on."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"] if settings.PBXDASH_SECOND_FACTOR else []

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def is_safe_url(self, url: str) -> bool:
        """Lead only to this site, as the log-in page does; other hosts of the settings are other sites."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return _refused(request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words; what a page shows anyway is not said once more."""
        said = message or _MESSAGES.get(message_template or "", lambda: "")()
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second factor are sealed like those of PBXs."""

    def encrypt(self, text: str) -> str:
        return factor_seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "pbxdash"

    def validation_error(self, code: str, *args: object) -> ValidationError:
        if code == "incorrect_code":
            return ValidationError(_("This code is not right, or it was used before."), code=code)
        refused: ValidationError = super().validation_error(code, *args)
        return refused

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        return ""


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The provider says who somebody is and, by a claim, which role they have: at every log-in anew."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse whom no role is granted; whoever had one has it no longer."""
        claims: dict[str, Any] = sociallogin.account.extra_data
        if has_two_subjects(claims):
            raise ImmediateHttpResponse(_refused(request))
        role = granted_role(claims)
        if sociallogin.is_existing:
            if role is None and request.user == sociallogin.user:
                logout(request)
            role_claim(user=sociallogin.user, role=role)
        if role is None:
            raise ImmediateHttpResponse(_refused(request))

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Take over names; providers put other things there too."""
        texts = {name: value for name, value in data.items() if isinstance(value, str)}
        user: User = super().populate_user(request, sociallogin, texts)
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:  # noqa: ANN401
        """Make the account with its role, or neither."""
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            role_claim(user=user, role=granted_role(sociallogin.account.extra_data))
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: object = None,
        exception: Exception | None = None,
        extra_context: object = None,
    ) -> None:
        """Tell who runs the site what it was, without its text, which may have what the provider said."""
        kinds = [
            type(one).__name__ for one in (exception, exception and exception.__cause__) if one
        ]
        logger.warning("Single sign-on failed: %s", " of ".join(kinds) or error)


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/no_role.html", status=403)


_MESSAGES = {
    "mfa/messages/totp_activated.txt": lambda: _("The authenticator app is asked for from now on."),
    "mfa/messages/totp_deactivated.txt": lambda: _("The authenticator app is no longer asked for."),
    "mfa/messages/webauthn_added.txt": lambda: _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": lambda: _("The passkey was removed."),
    "mfa/messages/recovery_codes_generated.txt": lambda: _(
        "There are new recovery codes; the old ones are worth nothing now."
    ),
}
