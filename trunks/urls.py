"""Every address of the product, named, grouped by page family."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from trunks.converters import TextConverter, UnicodeSlugConverter
from trunks.views import (
    audit,
    completing,
    connection_tests,
    dods,
    exports,
    fetches,
    health,
    held,
    navigation,
    overview,
    pbxs,
    preferences,
    reports,
    reveal,
    runs,
    saved_views,
    search,
    share_pages,
    shares,
    trunks,
    usage,
)

register_converter(UnicodeSlugConverter, "unicode_slug")
register_converter(TextConverter, "text")

urlpatterns = [
    # Overview and shell
    path("", overview.overview, name="overview"),
    path("navigation/", navigation.navigation, name="navigation"),
    path("theme/", preferences.theme, name="theme"),
    # Lists, and the page of one trunk
    path("trunks/", trunks.trunks, name="trunks"),
    path("dods/", dods.dods, name="dods"),
    path("pbxs/<slug:slug>/trunks/<path:remote_id>/", trunks.trunk, name="trunk"),
    path("pbxs/<slug:slug>/reveal/<path:remote_id>/", reveal.reveal, name="reveal"),
    # Lists as files; no slug has a dot, so that no PBX can be called so
    re_path(
        r"^(?P<name>trunks|dods|pbxs)/export\.(?P<extension>csv|xlsx|json)$",
        exports.export,
        name="export",
    ),
    path("preferences/list/", preferences.list_layout, name="list-layout"),
    # Audit reports
    path("reports/", reports.reports, name="reports"),
    path("reports/report/", reports.report, name="report"),
    path("reports/evidence.zip", reports.evidence, name="evidence"),
    # Saved views
    path("views/", saved_views.saved_views, name="saved-views"),
    path("views/<unicode_slug:slug>/", saved_views.saved_view, name="saved-view"),
    path("views/<unicode_slug:slug>/edit/", saved_views.saved_view_edit, name="saved-view-edit"),
    path(
        "views/<unicode_slug:slug>/question/",
        saved_views.saved_view_question,
        name="saved-view-question",
    ),
    path(
        "views/<unicode_slug:slug>/shared/", saved_views.saved_view_shared, name="saved-view-shared"
    ),
    path(
        "views/<unicode_slug:slug>/delete/", saved_views.saved_view_delete, name="saved-view-delete"
    ),
    path("search/completions/", completing.completions, name="search-completions"),
    # Everything at once, and where one number or extension is bound
    path("search/", search.search, name="search"),
    path("numbers/<text:number>/", usage.number, name="number"),
    path("extensions/<text:number>/", usage.extension, name="extension"),
    # Fetches, and runs of several
    path("fetches/", fetches.fetches, name="fetches"),
    path("runs/", runs.runs, name="runs"),
    path("runs/live/", runs.live_runs, name="runs-live"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<int:run_id>/again/", runs.again, name="run-again"),
    # PBXs
    path("pbxs/", pbxs.pbx_list, name="pbxs"),
    path("pbxs/new/", pbxs.pbx_add, name="pbx-add"),
    path("pbxs/<slug:slug>/", pbxs.pbx_detail, name="pbx"),
    path("pbxs/<slug:slug>/edit/", pbxs.pbx_edit, name="pbx-edit"),
    path("pbxs/<slug:slug>/enabled/", pbxs.pbx_enabled, name="pbx-enabled"),
    path("pbxs/<slug:slug>/held/", held.held, name="pbx-held"),
    path("pbxs/<slug:slug>/delete/", pbxs.pbx_delete, name="pbx-delete"),
    path("connection-tests/", connection_tests.connection_tests, name="connection-tests"),
    path(
        "connection-tests/<int:test_id>/", connection_tests.connection_test, name="connection-test"
    ),
    # Audit log
    path("audit/", audit.audit, name="audit"),
    path("audit/<int:sequence>/", audit.audit_entry, name="audit-entry"),
    path("audit/head.txt", audit.audit_head_file, name="audit-head"),
    re_path(r"^audit/export\.(?P<extension>csv|json)$", audit.audit_file, name="audit-file"),
    # Shared links: for people with an account, and for whoever has one
    path("shares/", shares.shares, name="shares"),
    path("shares/new/<slug:slug>/<path:remote_id>/", shares.share_new, name="share-new"),
    path("shares/<int:share_id>/revoke/", shares.share_revoke_page, name="share-revoke"),
    path(
        "shares/revoke/trunk/<slug:slug>/<path:remote_id>/",
        shares.shares_revoke_of_trunk,
        name="shares-revoke-trunk",
    ),
    path(
        "shares/revoke/person/<int:maker_id>/",
        shares.shares_revoke_of_person,
        name="shares-revoke-person",
    ),
    path("s/<text:token>/", share_pages.share, name="share"),
    # For machines
    path("robots.txt", share_pages.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
]
