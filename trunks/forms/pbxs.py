"""The form of a PBX: for adding, editing, and testing a connection that is not saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.connection_settings import PbxSettings
from trunks.forms.connections import ConnectionForm
from trunks.forms.fields import Digits, Interval, ShortText
from trunks.models import Pbx


class HeldPassword(Protocol):
    """A password that was typed a moment ago, as far as the form is concerned."""

    @property
    def authority(self) -> str:
        """Host and port it was typed for; empty when the address beside it could not be read."""

    @property
    def expires_at(self) -> datetime:
        """Until when it is kept."""


class PbxForm(ConnectionForm):
    """What a person may set about a PBX.

    `held` is a password from an earlier post of the same form, `held_refused` tells that there was one which can
    no longer be used. With `for_test`, only what a call needs is asked for. `site_allowed` tells whether the person
    would see a PBX at a site.
    """

    name = ShortText(
        gettext_lazy("Name"), 100, missing=gettext_lazy("Give the PBX a name that people know.")
    )
    site = ShortText(
        gettext_lazy("Site"),
        100,
        required=False,
        help_text=gettext_lazy("Where it stands, such as a town or a building. May be empty."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("Use at most 5,000 characters.")},
    )
    enabled = forms.BooleanField(
        label=gettext_lazy("Enabled"),
        required=False,
        initial=True,
        help_text=gettext_lazy("A disabled PBX is never called; what was fetched stays."),
    )
    keeps_login = forms.BooleanField(
        label=gettext_lazy("Stay logged in between fetches"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Makes a fetch faster: it needs no log-in of its own. Turn it off where another program "
            "uses the same API user, since a new log-in may end the other's."
        ),
    )
    reads_extensions = forms.BooleanField(
        label=gettext_lazy("Read extensions and groups"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Settles where the name of a DOD binding ends, and finds bindings to extensions that do not exist. "
            "Only numbers and names are read, no passwords."
        ),
    )
    fetch_every = Interval()
    country_code = Digits(
        gettext_lazy("Country code"),
        3,
        help_text=gettext_lazy(
            "Where it stands, such as 44 or 86. With it, a number is found in every form: 020 7946 0018, "
            "+44 20 7946 0018 and 0044 20 7946 0018 are one. May be empty."
        ),
    )
    national_prefix = Digits(
        gettext_lazy("National prefix"),
        4,
        help_text=gettext_lazy("What is dialled before a number within the country, mostly 0."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        target_allowed: Callable[[str], bool],
        site_allowed: Callable[[str], bool],
        pbx: Pbx | None = None,
        held: HeldPassword | None = None,
        held_refused: bool = False,
        for_test: bool = False,
    ) -> None:
        initial = _initial_of(pbx) if pbx else None
        super().__init__(data, target_allowed=target_allowed, initial=initial, for_test=for_test)
        self.pbx = pbx
        self._site_allowed = site_allowed
        self.held = held
        self._held_refused = held_refused
        self.fields["name"].required = not for_test
        cast("Interval", self.fields["fetch_every"]).offer_also(pbx.fetch_every if pbx else None)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Pbx.objects.exclude(pk=self.pbx.pk) if self.pbx else Pbx.objects.all()
        if name and not self.for_test and others.filter(name=name).exists():
            raise name_taken()
        return name

    def clean_site(self) -> str:
        site: str = self.cleaned_data["site"]
        if not self.for_test and not self._site_allowed(site):
            raise ValidationError(
                _("You see PBXs of some sites only: write the name of one of these."), code="site"
            )
        return site

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._check_number_plan()
        self._check_password()
        return self.cleaned_data

    def pbx_settings(self) -> PbxSettings:
        """Return everything but the password; the form must be valid."""
        values = self.cleaned_data
        return PbxSettings(
            **self.connection_settings(),
            name=values["name"],
            site=values["site"],
            notes=values["notes"],
            enabled=values["enabled"],
            keeps_login=values["keeps_login"],
            reads_extensions=values["reads_extensions"],
            fetch_every=values["fetch_every"],
            country_code=values["country_code"],
            national_prefix=values["national_prefix"],
        )

    def _check_number_plan(self) -> None:
        values = self.cleaned_data
        if values.get("national_prefix") and not values.get("country_code", "?"):
            self.add_error(
                "country_code",
                _("A national prefix says nothing alone: give the country code too."),
            )

    def _check_password(self) -> None:
        if self.cleaned_data.get("password") or "password" in self.errors:
            return
        authority = self.authority
        if self.held and authority and self.held.authority not in {"", authority}:
            self.held, self._held_refused = None, True
        if self.held is None and (sentence := self._password_wanted()):
            self.add_error("password", sentence)

    def _password_wanted(self) -> str:
        """Return why the password must be typed now; empty when the saved one will do."""
        if self._held_refused:
            return _(
                "The password typed before is no longer kept: too much time has passed, or the "
                "address is another one now. Type it again."
            )
        if self.pbx is None:
            return _("Type the password of the API.")
        if not self.base_url or "pinned_fingerprint" in self.errors or "trust" in self.errors:
            return ""
        values = self.cleaned_data
        if self.pbx.leads_to(self.base_url, values["trust"], values["pinned_fingerprint"]):
            return ""
        return _(
            "Address or trust was changed, so the saved password is not sent there by itself. "
            "Type it again."
        )


def name_taken() -> ValidationError:
    """Return the sentence for a name that another PBX has."""
    return ValidationError(
        _("Another PBX has this name. Choose one that tells them apart."), code="taken"
    )


def _initial_of(pbx: Pbx) -> dict[str, object]:
    return {
        "address": pbx.base_url,
        **{
            field: getattr(pbx, field)
            for field in PbxForm.base_fields
            if field not in {"address", "password"}
        },
    }
