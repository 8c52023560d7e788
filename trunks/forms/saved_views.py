"""What a person may say of a saved view."""

from __future__ import annotations

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.forms.fields import ShortText
from trunks.forms.list_address import ListAddress, ListAddressField
from trunks.models import SavedView
from trunks.models.saved_view import LONGEST_NAME


class SavedViewForm(forms.Form):
    """Its name, and for those who may share it, whether it is."""

    name = ShortText(
        gettext_lazy("Name"), LONGEST_NAME, missing=gettext_lazy("Give the view a name.")
    )
    is_shared = forms.BooleanField(label=gettext_lazy("Share with everybody"), required=False)

    def __init__(
        self, data: QueryDict | None = None, *, may_share: bool, view: SavedView | None = None
    ) -> None:
        initial = {"name": view.name, "is_shared": view.is_shared} if view else None
        super().__init__(data, initial=initial, auto_id="view_%s")
        if not may_share:
            del self.fields["is_shared"]

    @property
    def chosen_name(self) -> str:
        """The name of a valid form."""
        return cast("str", self.cleaned_data["name"])

    @property
    def shares(self) -> bool | None:
        """Whether to share the view; None where the person was not asked."""
        return self.cleaned_data.get("is_shared")

    def refuse_name(self) -> None:
        """Say that the person has a view of this name."""
        self.add_error(
            "name", ValidationError(_("You have a view of this name already."), code="taken")
        )


class NewViewForm(SavedViewForm):
    """A new view of the list whose address comes along."""

    address = ListAddressField()

    def __init__(self, data: QueryDict | None = None, *, may_share: bool) -> None:
        super().__init__(data, may_share=may_share)
        # Where the form opens, and where it comes back with a name that is taken.
        self.fields["name"].widget.attrs["autofocus"] = True

    @property
    def chosen_address(self) -> ListAddress:
        """The list of a valid form, and what is asked of it."""
        return cast("ListAddress", self.cleaned_data["address"])


class ViewQuestionForm(forms.Form):
    """Another question for a view."""

    address = ListAddressField()

    def question_for(self, view: SavedView) -> str | None:
        """Return what the view shall keep; None when that is no address of its list."""
        address = cast("ListAddress | None", self.cleaned_data.get("address"))
        return address.query if address and address.list_name == view.list_name else None
