"""Form fields with plain sentences for what they refuse."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class ShortText(forms.CharField):
    """One line of text; `missing` is the sentence for an empty one."""

    def __init__(
        self,
        label: Words,
        longest: int,
        *,
        missing: Words = "",
        required: bool = True,
        initial: str = "",
        help_text: Words = "",
    ) -> None:
        super().__init__(
            label=label,  # type: ignore[arg-type]  # the stub knows a narrower promise
            max_length=longest,
            required=required,
            initial=initial,
            help_text=help_text,  # type: ignore[arg-type]
            widget=forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
            ),
            error_messages={
                "required": missing,  # type: ignore[dict-item]
                "max_length": format_lazy(_("Use at most {longest} characters."), longest=longest),
            },
        )


class WholeSeconds(forms.IntegerField):
    """A whole number of seconds in a range, typed as text so that a wrong one stays visible."""

    def __init__(
        self, label: Words, least: int, most: int, *, initial: int, help_text: Words = ""
    ) -> None:
        sentence = format_lazy(
            _("Write a whole number of seconds from {least} to {most}."), least=least, most=most
        )
        super().__init__(
            label=label,  # type: ignore[arg-type]
            min_value=least,
            max_value=most,
            initial=initial,
            help_text=help_text,  # type: ignore[arg-type]
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"),
                sentence,
            ),
        )
