"""How a person wants a list laid out."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import QueryDict

from trunks.forms.list_address import ListAddress, ListAddressField, column_keys
from trunks.models import Density

MOST_COLUMNS = 40


class ListLayoutForm(forms.Form):
    """Columns and density of the list whose address comes along; `usual` takes a choice back.

    Which columns there are is for the list to know: it leaves out others.
    """

    address = ListAddressField()
    density = forms.ChoiceField(choices=Density.choices, required=False)
    usual = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self._keys = data.getlist("cols")[:MOST_COLUMNS]

    @property
    def chosen_address(self) -> ListAddress:
        """The list of a valid form."""
        return cast("ListAddress", self.cleaned_data["address"])

    @property
    def cols(self) -> str:
        """The columns as an address has them; empty for the usual ones."""
        return "" if self.cleaned_data["usual"] else column_keys(self._keys)

    @property
    def chosen_density(self) -> Density:
        """How close the rows shall stand."""
        density = self.cleaned_data["density"]
        return (
            Density.COMFORTABLE if self.cleaned_data["usual"] or not density else Density(density)
        )

    @property
    def next_url(self) -> str:
        """The same list, laid out so."""
        return self.chosen_address.url(cols=self.cols, density=self.chosen_density)
