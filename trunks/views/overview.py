"""The overview: every PBX, its state and what it has."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.overview import read_overview
from trunks.sight import sight_of


@require_safe
def overview(request: HtmxHttpRequest) -> HttpResponse:
    template = "trunks/_overview.html" if wants_partial(request) else "trunks/overview.html"
    return render(request, template, {"overview": read_overview(sight_of(request.user))})
