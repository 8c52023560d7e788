"""The addresses of the project; those of the product are in `trunks.urls`."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from pbxdash.login import LoginView, LogoutView, admin_login

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    # The log-in page has a language too.
    path("language/", login_not_required(set_language), name="set_language"),
    # One way in and one way out, also for the admin.
    path("admin/login/", admin_login, name="admin-login"),
    path("admin/logout/", LogoutView.as_view(), name="admin-logout"),
    path("admin/", admin.site.urls),
    path("", include("trunks.urls")),
]

handler500 = "pbxdash.busy.server_error"
