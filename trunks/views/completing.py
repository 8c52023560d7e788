"""What the word under the caret of a search line can become."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trunks.forms.completing import CompletionForm
from trunks.htmx import HtmxHttpRequest
from trunks.sight import sight_of


@require_safe
def completions(request: HtmxHttpRequest) -> HttpResponse:
    form = CompletionForm(request.GET)
    if not form.is_valid():
        raise Http404
    context = {"completions": form.completions(partial(sight_of, request.user))}
    return render(request, "trunks/_completions.html", context)
