"""The four roles, and what each may do beyond looking.

Everybody who can log in may look, search and export, also without a role. A permission that is added here reaches
the groups at the next `migrate`; what an administrator took away from a group since stays away.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class RoleName(TextChoices):
    """The roles, by the first name of their group."""

    VIEWER = "viewer", pgettext_lazy("role", "Viewer")
    OPERATOR = "operator", pgettext_lazy("role", "Operator")
    AUDITOR = "auditor", pgettext_lazy("role", "Auditor")
    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")


_OPERATING = ("trunks.add_fetch", "trunks.share_savedview", "trunks.add_share")

ROLES: dict[RoleName, tuple[str, ...]] = {
    RoleName.VIEWER: (),
    RoleName.OPERATOR: _OPERATING,
    # Whatever stands here, a request that could write is refused; see `pbxdash.roles`.
    RoleName.AUDITOR: ("trunks.view_auditentry", "trunks.view_share"),
    RoleName.ADMINISTRATOR: (
        *_OPERATING,
        "trunks.add_pbx",
        "trunks.change_pbx",
        "trunks.delete_pbx",
        "trunks.reveal_sip_password",
        "trunks.change_savedview",
        # The links that others shared: to see and to revoke them.
        "trunks.view_share",
        "trunks.change_share",
        # The admin: rows to look at, users and groups to change.
        "trunks.view_pbx",
        "trunks.view_trunk",
        "trunks.view_fetch",
        "trunks.view_connectiontest",
        "trunks.view_auditentry",
        "trunks.view_personsession",
        "trunks.delete_personsession",
        # For somebody who lost the second factor, or left the provider of the sign-on.
        "mfa.view_authenticator",
        "mfa.delete_authenticator",
        "socialaccount.view_socialaccount",
        "socialaccount.delete_socialaccount",
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
        "auth.delete_user",
        "auth.view_group",
        "auth.add_group",
        "auth.change_group",
        "auth.delete_group",
    ),
}


def is_for_reading(permission: str) -> bool:
    """Tell whether a permission is one that an auditor may use: to look at something, or named in the table."""
    return permission.partition(".")[2].startswith("view_") or permission in ROLES[RoleName.AUDITOR]
