"""Shared links are opened as nobody: without cookies, without scripts, and without a trace elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponseBase

PREFIX = "/s/"
POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [NONE],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
}
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


class ShareVisitorsMiddleware:
    """Read no cookie and set none below `/s/`, whatever the answer is, and send the stricter headers.

    Who is logged in opens a link like anybody else, so that its maker sees what others see. Comes before all that
    reads cookies, and after what writes the content policy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}
        response = self.get_response(request)
        response.cookies.clear()
        for name, value in HEADERS.items():
            response.headers[name] = value
        # As the decorators of django-csp do, which would leave out what no view answers.
        response._csp_config = POLICY  # type: ignore[attr-defined]  # noqa: SLF001
        return response
