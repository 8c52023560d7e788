"""The address of a list as it was posted: which list, and what of it is worth keeping."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunks.models import Density, ListName
from trunks.search.language import LONGEST_QUESTION

# Twelve for each character of a question takes the rarest of them, and the rest is for columns and order.
LONGEST_ADDRESS = 12 * LONGEST_QUESTION + 2000

_COLUMN = re.compile(r"[a-z][a-z0-9_-]{0,29}")


@dataclass(frozen=True, slots=True)
class ListAddress:
    """A list and its parameters in one fixed form; pages and cursors are left out."""

    list_name: ListName
    question: str = ""
    sort: str = ""
    cols: str = ""
    density: str = ""
    view: str = ""

    @property
    def query(self) -> str:
        """What a saved view keeps."""
        return self._encode(q=self.question, sort=self.sort, cols=self.cols, density=self.density)

    def url(self, *, cols: str, density: str) -> str:
        """Return the address of the same list laid out in another way."""
        query = self._encode(
            q=self.question, sort=self.sort, cols=cols, density=_said(density), view=self.view
        )
        path = reverse(self.list_name)
        return f"{path}?{query}" if query else path

    def _encode(self, **values: str) -> str:
        return urlencode({key: value for key, value in values.items() if value}, safe=",")


def read_list_address(text: str) -> ListAddress | None:
    """Read an address; None when it leads to none of our lists. Nonsense in its parameters is dropped."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    list_name = next((name for name in ListName if reverse(name) == parts.path), None)
    if list_name is None or parts.scheme or parts.netloc:
        return None
    query = QueryDict(parts.query)
    values = {key: query.get(key, "").replace("\0", "").strip() for key in query}
    sort = values.get("sort", "")
    return ListAddress(
        list_name,
        question=values.get("q", ""),
        sort=sort if _COLUMN.fullmatch(sort.removeprefix("-")) else "",
        cols=column_keys(values.get("cols", "").split(",")),
        density=_said(values.get("density", "")),
        view=values.get("view", ""),
    )


def column_keys(keys: Iterable[str]) -> str:
    """Join the keys of columns as an address has them, each once; what can be none is left out."""
    return ",".join(key for key in dict.fromkeys(keys) if _COLUMN.fullmatch(key))


class ListAddressField(forms.CharField):
    """The address of one of our lists."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(
            max_length=LONGEST_ADDRESS,
            error_messages={
                "required": _("It is not known which list this is for. Go back and try again."),
                "max_length": _("This search is too long to be kept."),
                "invalid": _("This is no list that can be kept."),
            },
        )

    def clean(self, value: object) -> ListAddress:
        """Read the address; one of another page is refused."""
        address = read_list_address(super().clean(value))
        if address is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return address


def _said(density: str) -> str:
    """Return a density as an address has it: the usual one goes without saying."""
    return density if density == Density.COMPACT else ""
