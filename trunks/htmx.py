"""What a view asks of an htmx request."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request after HtmxMiddleware; for annotations only, no request is ever built from it."""

    htmx: HtmxDetails


def wants_partial(request: HtmxHttpRequest) -> bool:
    """Tell whether to answer with the fragment alone.

    A boosted link and a history restore want the whole page, though htmx asks for both.
    """
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def see_other(request: HtmxHttpRequest, url: str) -> HttpResponse:
    """Send the browser on; htmx navigates as a link would, without taking the answer for a fragment."""
    if wants_partial(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)
