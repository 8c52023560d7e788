"""The part of the form that says how a PBX is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.addresses import PbxAddress, authority_of, read_address, refused_target
from trunks.connection_settings import ConnectionSettings
from trunks.forms.fields import ShortText, WholeSeconds
from trunks.models import DEFAULT_API_PATH, Trust
from trunks.validators import read_api_path, read_fingerprint

TRUST_EXPLAINED: dict[str, Promise] = {
    Trust.PINNED: gettext_lazy(
        "The usual case: an S-Series makes its own certificate. The fingerprint below names the "
        "one to accept, and any other is refused. “Test connection” finds it."
    ),
    Trust.SYSTEM: gettext_lazy(
        "Only for a PBX with a certificate that a known authority has signed for its name."
    ),
    Trust.PLAIN: gettext_lazy(
        "Insecure: whoever can listen on the network reads the API password and all SIP "
        "passwords. Only for a PBX that cannot be switched to HTTPS."
    ),
}


@dataclass(frozen=True, slots=True)
class TrustOption:
    """One way to trust, as a radio button with its explanation."""

    value: str
    label: str
    explanation: str
    checked: bool


class ConnectionForm(forms.Form):
    """Address, trust and limits of a PBX; with `for_test`, a pin may be missing: the test finds it.

    `target_allowed` tells whether an IP address may be called.
    """

    address = ShortText(
        gettext_lazy("Address"),
        300,
        missing=gettext_lazy("Write the address of the PBX, such as 192.168.5.150:8088."),
        help_text=gettext_lazy(
            "As in the browser when you open the PBX's web page: 192.168.5.150:8088 or "
            "https://pbx.example.com. A bare name or IP address means port 8088, the PBX's own; "
            "https:// without a port means 443, http:// means 80."
        ),
    )
    username = ShortText(
        gettext_lazy("API username"),
        150,
        missing=gettext_lazy("Write the username of the API."),
        help_text=gettext_lazy(
            "Set on the PBX at Settings > PBX > General > API, where the API is enabled too. "
            "It needs firmware 30.13.0.30 or newer; S20 and S412 have no API."
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("API password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"max_length": gettext_lazy("Use at most 200 characters.")},
    )
    trust = forms.ChoiceField(
        label=gettext_lazy("How the PBX proves that it is the PBX"),
        choices=[(way.value, way.label) for way in (Trust.PINNED, Trust.SYSTEM, Trust.PLAIN)],
        initial=Trust.PINNED,
        error_messages={
            "required": gettext_lazy("Choose one of the three."),
            "invalid_choice": gettext_lazy("Choose one of the three."),
        },
    )
    pinned_fingerprint = ShortText(
        gettext_lazy("Fingerprint of the pinned certificate"),
        300,
        required=False,
        help_text=gettext_lazy(
            "SHA-256, 64 digits and letters, with or without colons. Leave it empty and press "
            "“Test connection”: the test shows the certificate, and one click pins it."
        ),
    )
    api_path = ShortText(
        gettext_lazy("API path"),
        100,
        initial=DEFAULT_API_PATH,
        missing=gettext_lazy("Write the API path; for an S-Series it is api/v2.0.0."),
        help_text=gettext_lazy("api/v2.0.0 for every S-Series with the API."),
    )
    connect_timeout = WholeSeconds(
        gettext_lazy("Seconds to connect"),
        1,
        30,
        initial=3,
        help_text=gettext_lazy("How long to wait until the PBX takes the connection."),
    )
    deadline = WholeSeconds(
        gettext_lazy("Seconds for a whole fetch"),
        5,
        300,
        initial=20,
        help_text=gettext_lazy("Logging in, reading and logging out together."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        target_allowed: Callable[[str], bool],
        initial: dict[str, object] | None = None,
        for_test: bool = False,
    ) -> None:
        super().__init__(data, initial=initial)
        self.for_test = for_test
        self._target_allowed = target_allowed

    def clean_address(self) -> PbxAddress:
        address = read_address(self.cleaned_data["address"])
        is_local_name = address.host == "localhost" or address.host.endswith(".localhost")
        checked = "127.0.0.1" if is_local_name else address.host
        if (address.literal or is_local_name) and not self._target_allowed(checked):
            raise ValidationError(refused_target(checked), code="target")
        return address

    def clean_api_path(self) -> str:
        return read_api_path(self.cleaned_data["api_path"])

    def clean_pinned_fingerprint(self) -> str:
        typed: str = self.cleaned_data["pinned_fingerprint"]
        # Kept as typed for another way to trust, which has no use for it.
        return read_fingerprint(typed) if self.data.get("trust") == Trust.PINNED else ""

    def clean(self) -> dict[str, Any]:
        self._check_scheme()
        self._check_api_path()
        self._check_pin()
        return self.cleaned_data

    @property
    def base_url(self) -> str:
        """The address as it is kept; empty while it cannot be read."""
        address = self.cleaned_data.get("address") if self.is_bound else None
        if not isinstance(address, PbxAddress):
            return ""
        return address.base_url(encrypted=self.cleaned_data.get("trust") != Trust.PLAIN)

    @property
    def authority(self) -> str:
        """Host and port of the address; empty while it cannot be read."""
        return authority_of(self.base_url) if self.base_url else ""

    def connection_settings(self) -> ConnectionSettings:
        """Return what a call needs; the form must be valid."""
        values = self.cleaned_data
        return ConnectionSettings(
            base_url=self.base_url,
            api_path=values["api_path"],
            username=values["username"],
            trust=values["trust"],
            pinned_fingerprint=values["pinned_fingerprint"],
            connect_timeout=values["connect_timeout"],
            deadline=values["deadline"],
        )

    def trust_options(self) -> Iterator[TrustOption]:
        """Yield the ways to trust, the usual one first."""
        chosen = self["trust"].value()
        for value, label in self.fields["trust"].choices:  # type: ignore[attr-defined]
            yield TrustOption(value, label, str(TRUST_EXPLAINED[value]), value == chosen)

    def _check_scheme(self) -> None:
        address, trust = self.cleaned_data.get("address"), self.cleaned_data.get("trust")
        if address is None or trust is None:
            return
        if address.scheme == "http" and trust != Trust.PLAIN:
            self.add_error(
                "address",
                _(
                    "http:// is not encrypted and has no certificate. Write https://, or choose "
                    "“Plain HTTP” below if this PBX has nothing else."
                ),
            )
        if address.scheme == "https" and trust == Trust.PLAIN:
            self.add_error(
                "trust",
                _("The address begins with https://. Write http:// there, or choose another way."),
            )

    def _check_api_path(self) -> None:
        address, path = self.cleaned_data.get("address"), self.cleaned_data.get("api_path")
        if address is None or not address.api_path or address.api_path == path:
            return
        if path == DEFAULT_API_PATH:
            self.cleaned_data["api_path"] = address.api_path
        elif path:
            self.add_error(
                "address",
                _("The address says %(pasted)s, and the API path says %(path)s. Keep one.")
                % {"pasted": address.api_path, "path": path},
            )

    def _check_pin(self) -> None:
        pin = self.cleaned_data.get("pinned_fingerprint")
        if self.cleaned_data.get("trust") == Trust.PINNED and pin == "" and not self.for_test:
            self.add_error(
                "pinned_fingerprint",
                _(
                    "There is no fingerprint yet. Press “Test connection”: it shows the "
                    "certificate of the PBX, and one click pins it."
                ),
            )
