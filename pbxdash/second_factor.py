"""The second factor: codes of an app, passkeys and recovery codes, each tried only so often."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import get_state
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from pbxdash.client_address import client_address
from pbxdash.known_browser import known_browser
from trunks.keyring import SecretUnavailable
from trunks.services.person_logins import LoginTry, neighbourhood
from trunks.services.second_factors import factor_seal, factor_unseal
from trunks.services.throttling import Allowance, throttle_forget, throttle_take

logger = logging.getLogger(__name__)

CODES = Allowance(5, timedelta(minutes=5))
LONGEST_NAME = 80


def _too_many() -> str:
    return _("There were too many tries. Wait a minute, then try again.")


class _RationedCode:
    """A code that is looked at only so often for a person and an address."""

    user: Any

    def clean_code(self) -> str:
        name = f"second-factor:{neighbourhood(client_address(context.request))}:{self.user.pk}"
        if throttle_take(name=name, allowance=CODES):
            raise ValidationError(_too_many())
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form beside it
        except SecretUnavailable as error:
            _lost(self.user)
            raise ValidationError(
                _("Codes cannot be checked: a key of this site is missing. Tell its administrator.")
            ) from error
        throttle_forget(name=name)
        return code


class CodeForm(_RationedCode, AuthenticateForm):  # type: ignore[misc]  # the package has no types
    """The code that finishes a log-in."""


class NewAppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app; until it comes, the app's secret waits in the session, sealed like any other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the package has it
        session = context.request.session
        sealed = session.pop(SECRET_SESSION_KEY, "")
        with suppress(SecretUnavailable):
            session[SECRET_SESSION_KEY] = factor_unseal(sealed) if sealed else ""
        super().__init__(*args, **kwargs)
        session[SECRET_SESSION_KEY] = factor_seal(self.secret)


class ConfirmingCodeForm(_RationedCode, ReauthenticateForm):  # type: ignore[misc]
    """The code that confirms it is still the same person."""


class ConfirmingPasswordForm(PasswordForm):  # type: ignore[misc]
    """The password that confirms it is still the same person, rationed like a log-in."""

    def clean_password(self) -> str:
        request, account = context.request, self.user.get_username()
        attempt = LoginTry(account, client_address(request), known_browser(request, account))
        if attempt.held_until():
            raise ValidationError(_too_many())
        password: str = super().clean_password()
        attempt.succeeded()
        return password


class _CredentialField(forms.JSONField):
    """What a browser says of a passkey, however odd."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - as Django has it
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise ValidationError(_no_passkey()) from error


class _ReadableCredential:
    """A form with a passkey; the library takes other JSON than it expects for a mistake of ours."""

    def clean(self) -> dict[str, Any] | None:
        return cast("dict[str, Any] | None", self._read(super().clean))  # type: ignore[misc]

    def _read(self, read: Callable[[], Any]) -> object:
        try:
            return read()
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValidationError(_no_passkey()) from error


class _ReadablePasskey(_ReadableCredential):
    def clean_credential(self) -> object:
        return self._read(super().clean_credential)  # type: ignore[misc]


class NewPasskeyForm(_ReadableCredential, AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that is added; kept is what is needed to know it again."""

    name = forms.CharField(required=False, max_length=LONGEST_NAME)
    credential = _CredentialField()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if credential := cleaned.get("credential"):
            cleaned["credential"] = self._read(lambda: _needed(credential))
        return cleaned


class PasskeyForm(_ReadablePasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey that finishes a log-in."""

    credential = _CredentialField()


class ConfirmingPasskeyForm(_ReadablePasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey that confirms it is still the same person."""

    credential = _CredentialField()


class LoginPasskeyForm(_ReadablePasskey, LoginWebAuthnForm):  # type: ignore[misc]
    """The passkey that is all of a log-in, so its PIN or fingerprint must have been asked for."""

    credential = _CredentialField()

    def clean_credential(self) -> object:
        # The challenge of another step asks for neither, and waits in the same place.
        if (get_state() or {}).get("user_verification") != "required":
            raise ValidationError(_no_passkey())
        return super().clean_credential()


def told_when_unreadable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer with a page where the codes of a person are sealed under a key that is missing."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
            # Codes are unsealed while the page is made.
            return response.render() if isinstance(response, TemplateResponse) else response
        except SecretUnavailable:
            _lost(request.user)
            return render(request, "mfa/unreadable.html", status=503)

    return answer


def _lost(user: Any) -> None:  # noqa: ANN401 - of the library's forms
    logger.error("The second factor of account %s was sealed under a key that is missing", user.pk)


def _no_passkey() -> str:
    return _("This is no passkey.")


def _needed(credential: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a new passkey that are read later; anything else a browser may have made up."""
    response = credential["response"]
    kept = {name: credential[name] for name in ("id", "rawId", "type")}
    told = {name: response[name] for name in ("clientDataJSON", "attestationObject")}
    if not all(text.isascii() and text.isprintable() for text in (*kept.values(), *told.values())):
        raise ValueError
    alone = credential.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    return {
        **kept,
        "response": told,
        "clientExtensionResults": {"credProps": {"rk": alone is True}},
    }
