"""What a person has to say to be shown a SIP password."""

from __future__ import annotations

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.forms.fields import ShortText

LONGEST_REASON, LONGEST_PASSWORD = 200, 128


class RevealForm(forms.Form):
    """Why, and the person's own password once more."""

    reason = ShortText(
        gettext_lazy("Reason"),
        LONGEST_REASON,
        missing=gettext_lazy("Say why you need it: the audit log keeps the reason."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your own password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Type the password that you log in with.")},
    )

    @property
    def chosen_reason(self) -> str:
        """The reason of a valid form."""
        return cast("str", self.cleaned_data["reason"])

    @property
    def own_password(self) -> str:
        """The password of a valid form, as typed."""
        return cast("str", self.cleaned_data["password"])

    def refuse_password(self) -> None:
        """Say that the password is wrong."""
        self.add_error("password", ValidationError(_("This is not your password."), code="wrong"))
