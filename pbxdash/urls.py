"""The addresses of the project; those of the product are in `trunks.urls`."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from pbxdash import account, single_sign_on
from pbxdash.login import LoginView, LogoutView, admin_login

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    # The same under the names by which django-allauth knows them.
    path("login/", LoginView.as_view(), name="account_login"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    # The log-in page has a language too.
    path("language/", login_not_required(set_language), name="set_language"),
    # The person's own account
    path("account/sessions/", account.sessions, name="sessions"),
    path("account/sessions/end/", account.sessions_over, name="sessions-end"),
    path("account/session/", account.session_end, name="session-left"),
    path("account/session/stay/", account.session_stay, name="session-stay"),
    path("account/password/", account.password_change, name="password-change"),
    # One way in and one way out, also for the admin.
    path("admin/login/", admin_login, name="admin-login"),
    path("admin/logout/", LogoutView.as_view(), name="admin-logout"),
    path(
        "admin/password_change/",
        RedirectView.as_view(pattern_name="password-change"),
        name="admin-password-change",
    ),
    path("admin/", admin.site.urls),
    path("", include("trunks.urls")),
]

if settings.PBXDASH_SECOND_FACTOR:
    urlpatterns += [path("", include("pbxdash.second_factor_urls"))]
if settings.PBXDASH_SINGLE_SIGN_ON:
    sso = {"provider_id": "sso"}
    urlpatterns += [
        path("sso/", single_sign_on.sign_on, sso, name="openid_connect_login"),
        path("sso/callback/", single_sign_on.come_back, sso, name="openid_connect_callback"),
        path("sso/cancelled/", single_sign_on.cancelled, name="socialaccount_login_cancelled"),
    ]

handler500 = "pbxdash.busy.server_error"
