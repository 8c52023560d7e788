"""The navigation alone, which reads itself again when fetches have ended."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from trunks.htmx import HtmxHttpRequest, wants_partial


@require_safe
def navigation(request: HtmxHttpRequest) -> HttpResponse:
    if not wants_partial(request):
        return redirect("overview")
    return render(request, "_navigation.html")
