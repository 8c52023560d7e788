"""The verdict on every route: in which formats it is asked. One that is not here fails the check.

Each route is also sent an empty form by everybody, a method that it does not know, and asked while the database
is broken, so that its error pages are searched too.
"""

from __future__ import annotations

from itertools import product

PAGE, FRAGMENT, FILE, JSON, TEXT, MOVED = "page", "fragment", "file", "JSON", "text", "redirect"

_BY_FORMATS: dict[tuple[str, ...], str] = {
    (PAGE, FRAGMENT): (
        "overview trunks dods pbxs trunk search number extension fetches runs run pbx connection-test "
        "saved-views saved-view-edit audit report"
    ),
    (PAGE,): (
        "login account_login pbx-add pbx-edit pbx-delete saved-view-delete reveal reports audit-entry shares "
        "share share-new share-revoke shares-revoke-trunk shares-revoke-person sessions password-change"
    ),
    (FRAGMENT,): "search-completions runs-live",
    # CSV, XLSX and ZIP, both unpacked, and JSON.
    (FILE,): "export evidence audit-file",
    (JSON,): "session-left",
    (TEXT,): "healthz robots audit-head",
    # These only take forms, or lead elsewhere.
    (MOVED,): (
        "logout set_language navigation theme list-layout saved-view saved-view-question saved-view-shared "
        "run-cancel run-again pbx-enabled pbx-held connection-tests admin-login admin-logout admin:login "
        "admin:logout admin:view_on_site account_logout admin-password-change session-stay sessions-end"
    ),
}
_ADMIN_PAGES = ("index", "password_change", "password_change_done", "app_list")
_ADMIN_JSON = ("autocomplete", "jsi18n")
_ADMIN_MODELS = (
    "auth_user",
    "auth_group",
    "trunks_pbx",
    "trunks_trunk",
    "trunks_fetch",
    "trunks_connectiontest",
    "trunks_personsession",
    "mfa_authenticator",
    "socialaccount_socialaccount",
)
_ADMIN_VIEWS = ("changelist", "add", "history", "delete", "change")

# These are there only where the settings switch them on.
_SECOND_FACTOR = (
    "account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn mfa_authenticate mfa_login_webauthn "
    "mfa_index mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes "
    "mfa_list_webauthn mfa_add_webauthn mfa_remove_webauthn"
)
_SINGLE_SIGN_ON = "openid_connect_login openid_connect_callback socialaccount_login_cancelled"
SWITCHED = dict.fromkeys(f"{_SECOND_FACTOR} {_SINGLE_SIGN_ON}".split(), (PAGE,))

VERDICTS: dict[str, tuple[str, ...]] = {
    **{name: formats for formats, names in _BY_FORMATS.items() for name in names.split()},
    **{f"admin:{name}": (PAGE,) for name in _ADMIN_PAGES},
    **{f"admin:{name}": (JSON,) for name in _ADMIN_JSON},
    **{f"admin:{model}_{view}": (PAGE,) for model, view in product(_ADMIN_MODELS, _ADMIN_VIEWS)},
    "admin:auth_user_password_change": (PAGE,),
    **SWITCHED,
}
