"""The response headers that Django does not set by itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), usb=(), payment=()"


class ResponseHeadersMiddleware:
    """Keep pages out of caches and fragments apart from pages, and switch off what we never use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Static files never come here: whitenoise answers them and makes them immutable.
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
        return response
