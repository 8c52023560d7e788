"""One search for everything: the choices under the box in the top bar, and the same as a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trunks.freshness import read_freshness
from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.models import Pbx
from trunks.search.suggesting import suggest
from trunks.sight import sight_of


@require_safe
def search(request: HtmxHttpRequest) -> HttpResponse:
    sight = sight_of(request.user)
    suggestions = suggest(request.GET.get("q", ""), sight)
    if wants_partial(request):
        return render(request, "trunks/_search_choices.html", {"search": suggestions})
    context = {"search": suggestions, "freshness": read_freshness(Pbx.objects.in_sight(sight))}
    return render(request, "trunks/search.html", context)
