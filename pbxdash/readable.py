"""Requests that cannot be read are refused in one place, before anything of ours reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import parse_header_parameters
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Browsers write nothing else in a form of ours. Python knows encodings that are none of texts.
UTF_8 = frozenset({"utf-8", "utf8"})
_UNREADABLE = "text/plain; charset=unreadable"


def readable(application: WSGIApplication) -> WSGIApplication:
    """Name every encoding but UTF-8 one that nobody knows, since Django breaks on some before any middleware."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not _is_utf_8(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = _UNREADABLE
        return application(environ, start_response)

    return answer


class ReadableRequestMiddleware:
    """Answer 400 to another encoding than UTF-8, and to an address of htmx that is none; leave out broken cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_utf_8(request.META.get("CONTENT_TYPE", "")):
            raise BadRequest("Only UTF-8 is read.")
        if "HX-Current-URL" in request.headers:
            try:
                _ = HtmxDetails(request).current_url_abs_path
            except ValueError as error:
                raise BadRequest("HX-Current-URL is no address.") from error
        # PostgreSQL has no text with a NUL, so a session of that name could not even be looked for.
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


def _is_utf_8(content_type: str) -> bool:
    """Tell whether it names no other encoding, read as Django does."""
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    except (ValueError, LookupError):
        return False
    return charset.lower() in UTF_8
