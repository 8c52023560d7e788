"""Where requests come from, told to what keeps the audit log."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from pbxdash.client_address import client_address
from trunks.origin import Origin, Place, coming_from


class OriginMiddleware:
    """Name the address, the session and the person of a request while it is answered.

    What a streaming answer does later keeps the origin itself: it is written when this is over.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        origin = Origin(Place.WEB, client_address(request), request.session, request.user)
        with coming_from(origin):
            return self.get_response(request)
