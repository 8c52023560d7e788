"""Every address of the product, named, grouped by page family."""

from __future__ import annotations

from django.urls import path

from trunks.views import fetches, health

urlpatterns = [
    path("fetches/", fetches.fetches, name="fetches"),
    path("healthz", health.healthz, name="healthz"),
]
