"""The response headers that Django does not set by itself."""

from __future__ import annotations

from collections.abc import Callable
from wsgiref.headers import Headers

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

# What nobody may do with an answer of ours, be it a page or a file.
ISOLATION = {
    "Cross-Origin-Resource-Policy": "same-origin",
    # Nothing of another site is in our pages.
    "Cross-Origin-Embedder-Policy": "require-corp",
}
# A style sheet or a picture that is opened by itself needs nothing.
STATIC_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), usb=(), payment=()"


class ResponseHeadersMiddleware:
    """Keep pages out of caches and fragments apart from pages, and switch off what we never use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        for name, value in ISOLATION.items():
            response.headers.setdefault(name, value)
        # Static files never come here: whitenoise answers them and makes them immutable.
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
        return response


def static_headers(headers: Headers, path: str, url: str) -> None:
    """Set the headers of a static file, which whitenoise answers before most middleware."""
    for name, value in ISOLATION.items():
        headers[name] = value
    headers["Content-Security-Policy"] = STATIC_POLICY
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers["X-Frame-Options"] = "DENY"
