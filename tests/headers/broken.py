"""A site whose only view breaks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from pbxdash import urls

handler500 = urls.handler500


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [path("", broken, name="overview"), *urls.urlpatterns]
