"""Every address of the product, named, grouped by page family."""

from __future__ import annotations

from django.urls import path

from trunks.views import health, navigation, overview, preferences

urlpatterns = [
    # Overview and shell
    path("", overview.overview, name="overview"),
    path("navigation/", navigation.navigation, name="navigation"),
    path("theme/", preferences.theme, name="theme"),
    # For machines
    path("healthz", health.healthz, name="healthz"),
]
