"""Every address of the product, named, grouped by page family."""

from __future__ import annotations

from django.urls import path

from trunks.views import dods, fetches, health, navigation, overview, preferences, stubs, trunks

urlpatterns = [
    # Overview and shell
    path("", overview.overview, name="overview"),
    path("navigation/", navigation.navigation, name="navigation"),
    path("theme/", preferences.theme, name="theme"),
    # Lists, and the page of one trunk
    path("trunks/", trunks.trunks, name="trunks"),
    path("dods/", dods.dods, name="dods"),
    path("pbxs/<slug:slug>/trunks/<path:remote_id>/", trunks.trunk, name="trunk"),
    # Stubs
    path("pbxs/", stubs.stub, name="pbxs"),
    path("pbxs/new/", stubs.stub, name="pbx-add"),
    path("pbxs/<slug:slug>/", stubs.stub, name="pbx"),
    path("pbxs/<slug:slug>/edit/", stubs.stub, name="pbx-edit"),
    path("pbxs/<slug:slug>/delete/", stubs.stub, name="pbx-delete"),
    path("fetches/", fetches.fetches, name="fetches"),
    path("connection-tests/", stubs.stub, name="connection-tests"),
    # For machines
    path("healthz", health.healthz, name="healthz"),
]
