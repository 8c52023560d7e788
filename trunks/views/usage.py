"""Where one number, and which numbers one extension, is bound to."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from trunks.htmx import HtmxHttpRequest
from trunks.models import Pbx
from trunks.search.exactly import exactly
from trunks.services.directory import name_extensions
from trunks.sight import sight_of
from trunks.usage import Usage, is_in_unreadable_pieces, read_usage


@require_safe
def number(request: HtmxHttpRequest, number: str) -> HttpResponse:
    question, sight = exactly("number", number), sight_of(request.user)
    usage = read_usage(question, sight)
    _name_extensions(usage)
    context = {
        "number": number,
        "question": question,
        "usage": usage,
        "is_in_unreadable_pieces": is_in_unreadable_pieces(question, sight),
    }
    return render(request, "trunks/number.html", context)


@require_safe
def extension(request: HtmxHttpRequest, number: str) -> HttpResponse:
    slug = request.GET.get("pbx", "").replace("\0", "")
    question, sight = exactly("ext", number), sight_of(request.user)
    seen = Pbx.objects.in_sight(sight).for_lists()
    pbx = seen.filter(slug=slug).first() if slug else None
    usage = read_usage(question, sight, pbx=pbx)
    _name_extensions(usage)
    context = {
        "number": number,
        "question": question,
        "usage": usage,
        "pbx": pbx,
        "unknown_pbx": Truncator(slug).chars(60) if slug and not pbx else "",
    }
    return render(request, "trunks/extension.html", context)


def _name_extensions(usage: Usage) -> None:
    name_extensions([binding for place in usage.places for binding in place.bindings])
