"""What the header of a list says of saved views. Nothing here reads from the database."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import User

from trunks.forms.list_address import read_list_address
from trunks.forms.saved_views import NewViewForm
from trunks.models import SavedView

register = template.Library()


@register.simple_tag
def new_view_form(user: User) -> NewViewForm:
    """Return an empty form for a view that this person may save."""
    return NewViewForm(may_share=user.has_perm("trunks.share_savedview"))


@register.filter
def differs_from(view: SavedView, address: str) -> bool:
    """Tell whether a list shows something else than the view by which it was reached."""
    here = read_list_address(address)
    return here is not None and here.query != view.query
