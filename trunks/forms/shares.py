"""What a person may say of a link that shows one trunk."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trunks.forms.fields import ShortText
from trunks.models.share import LONGEST_LABEL
from trunks.share_wish import LONGEST_PASSPHRASE, SHORTEST_PASSPHRASE, ShareWish

# By hours. Never for ever: who remembers in a year what leads where?
LASTS: dict[int, str | Promise] = {
    1: _("1 hour"),
    8: _("8 hours"),
    24: _("1 day"),
    72: _("3 days"),
    7 * 24: _("7 days"),
    30 * 24: _("30 days"),
    90 * 24: _("90 days"),
}
USUALLY = 7 * 24


class ShareForm(forms.Form):
    """A new link: for whom, what it shows, and until when."""

    label = ShortText(
        _("For whom"),
        LONGEST_LABEL,
        missing=_("Say whom the link is for."),
        help_text=_("A name to know it by in the list of shared links; the page does not show it."),
    )
    shows = forms.ChoiceField(
        label=_("What it shows"),
        choices=[
            ("live", _("The trunk as it is whenever the link is opened")),
            ("pinned", _("The trunk as it is now, whatever happens to it later")),
        ],
        initial="live",
        widget=forms.RadioSelect,
    )
    with_bindings = forms.BooleanField(
        label=_("With its DOD bindings: numbers, names, extensions and groups"),
        required=False,
        initial=True,
    )
    with_usernames = forms.BooleanField(
        label=_("With username, authentication name and From user"), required=False
    )
    lasts = forms.TypedChoiceField(
        label=_("Ends after"), choices=list(LASTS.items()), coerce=int, initial=USUALLY
    )
    passphrase = forms.CharField(
        label=_("Passphrase, if you want one"),
        required=False,
        min_length=SHORTEST_PASSPHRASE,
        max_length=LONGEST_PASSPHRASE,
        help_text=_("Tell it on another way than the link. It is not kept readable here."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
        error_messages={
            "min_length": _("Use at least %(limit_value)d characters."),
            "max_length": _("Use at most %(limit_value)d characters."),
        },
    )
    agreed = forms.BooleanField(
        label=_("I may show this to everybody whom the link reaches."),
        error_messages={"required": _("Without this no link is made.")},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="share_%s")

    @property
    def wish(self) -> ShareWish:
        """What a valid form asks for."""
        told = self.cleaned_data
        return ShareWish(
            label=told["label"],
            lasts=timedelta(hours=told["lasts"]),
            is_pinned=told["shows"] == "pinned",
            with_bindings=told["with_bindings"],
            with_usernames=told["with_usernames"],
            passphrase=told["passphrase"],
        )
