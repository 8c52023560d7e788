"""The list of DOD bindings over all PBXs."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from trunks.forms.lists import DodListForm
from trunks.htmx import HtmxHttpRequest
from trunks.models.binding_row import binding_rows
from trunks.views.lists import lines_of, list_of, show_list


@require_safe
def dods(request: HtmxHttpRequest) -> HttpResponse:
    form = list_of(DodListForm, request)
    listing = form.turn(binding_rows)
    return show_list(
        request,
        page="trunks/dods.html",
        fragment="trunks/_dod_table.html",
        form=form,
        listing=listing,
        context={"lines": lines_of(form, listing.rows)},
    )
