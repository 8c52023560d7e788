"""The list of trunks and the page of one."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from trunks.forms.lists import BindingListForm, TrunkListForm
from trunks.htmx import HtmxHttpRequest
from trunks.models import Trunk
from trunks.models.binding_row import binding_rows
from trunks.services.revealing import may_reveal
from trunks.sight import sight_of
from trunks.views.lists import lines_of, list_of, show_list


@require_safe
def trunks(request: HtmxHttpRequest) -> HttpResponse:
    form = list_of(TrunkListForm, request)
    return show_list(
        request,
        page="trunks/trunks.html",
        fragment="trunks/_trunk_table.html",
        form=form,
        listing=form.turn(Trunk.objects.for_table()),
        context={"may_fetch": request.user.has_perm("trunks.add_fetch")},
    )


@require_safe
def trunk(request: HtmxHttpRequest, slug: str, remote_id: str) -> HttpResponse:
    if "\0" in remote_id:
        raise Http404
    seen = Trunk.objects.in_sight(sight_of(request.user)).for_page()
    trunk = get_object_or_404(seen, pbx__slug=slug, remote_id=remote_id)
    form = BindingListForm.of(trunk, request.GET)
    listing = form.turn(binding_rows)
    context = {
        "trunk": trunk,
        "lines": lines_of(form, listing.rows),
        "may_fetch": request.user.has_perm("trunks.add_fetch") and trunk.may_be_fetched,
        "may_reveal": may_reveal(cast("User", request.user), trunk),
    }
    is_search = request.htmx.target == "binding-table"
    return show_list(
        request,
        page="trunks/trunk.html",
        fragment="trunks/_binding_table.html" if is_search else "trunks/_trunk_detail.html",
        form=form,
        listing=listing,
        context=context,
    )
