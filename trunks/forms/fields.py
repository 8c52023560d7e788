"""Form fields with plain sentences for what they refuse."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from trunks.moments import every

Words = str | Promise

# Minutes between the fetches that a PBX gets by itself.
INTERVALS = (15, 30, 60, 120, 240, 480, 720, 1440)


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


class Digits(forms.RegexField):
    """At most a few digits, which may be missing; a plus before them is understood."""

    def __init__(self, label: Words, longest: int, *, help_text: Words = "") -> None:
        sentence = format_lazy(_("Write at most {longest} digits, without 00."), longest=longest)
        super().__init__(
            rf"^(?!00)[0-9]{{1,{longest}}}$",
            label=label,  # type: ignore[arg-type]
            required=False,
            help_text=help_text,  # type: ignore[arg-type]
            widget=forms.TextInput(
                attrs={"autocomplete": "off", "inputmode": "numeric", "class": "number"}
            ),
            error_messages={"invalid": sentence},
        )

    def to_python(self, value: str | None) -> str:
        """Read +44 as 44."""
        return str(super().to_python(value)).removeprefix("+")


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


class Interval(forms.TypedChoiceField):
    """How often to fetch by itself, in minutes; None for never."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Fetch by itself"),
            required=False,
            choices=_intervals(INTERVALS),
            coerce=int,
            empty_value=None,
            help_text=_(
                "For this, cron or a systemd timer has to run “manage.py fetch_trunks --due” every few minutes; "
                "the README shows one. A PBX that is left alone or whose log-in is stopped waits."
            ),
            error_messages={"invalid_choice": _("Choose one of the intervals on offer.")},
        )

    def offer_also(self, minutes: int | None) -> None:
        """Offer an interval that was set in another way, so that saving the form does not lose it."""
        if minutes is not None and minutes not in INTERVALS:
            self.choices = _intervals(sorted({*INTERVALS, minutes}))


def _intervals(minutes: Iterable[int]) -> list[tuple[str, Words]]:
    return [("", _("off")), *((str(number), every(number)) for number in minutes)]
