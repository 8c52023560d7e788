"""What an audit entry says, for people."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from trunks.models import AuditEntry

register = template.Library()

LABELS = {
    "added": _("added"),
    "address": _("address"),
    "as_of": _("as of"),
    "begun": _("begun as entry"),
    "bindings": _("DOD bindings"),
    "count": _("PBXs"),
    "ended": _("ended"),
    "ends": _("ends"),
    "entries": _("entries"),
    "factor": _("second factor"),
    "fetch": _("fetch"),
    "fields": _("fields"),
    "files": _("fingerprint of the files"),
    "format": _("format"),
    "given_up": _("given up"),
    "how": _("by"),
    "keep_days": _("days kept"),
    "label": _("for whom"),
    "list": _("list"),
    "passphrase": _("passphrase"),
    "pbx": _("PBX"),
    "pbxs": _("PBXs"),
    "query": _("search"),
    "reason": _("reason"),
    "refused": _("refused"),
    "removed": _("removed"),
    "rights_added": _("rights added"),
    "rights_removed": _("rights removed"),
    "rows": _("rows"),
    "run": _("run"),
    "scope": _("scope"),
    "sealed_anew": _("encrypted anew"),
    "sessions": _("sessions"),
    "share": _("share"),
    "shows": _("shows"),
    "site": _("site"),
    "superuser": _("superuser"),
    "through": _("up to entry"),
    "thrown_away": _("deleted"),
    "trunk": _("trunk id"),
    "trunks": _("trunks"),
    "username": _("username"),
    "usernames": _("usernames"),
    "visitor": _("visitor"),
    "what": _("what"),
}


@register.filter
def told(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return the details of an entry as labels and values; empty values are left out."""
    return [
        (str(LABELS.get(name, name)), _in_words(value))
        for name, value in entry.facts.items()
        if value not in ("", [])
    ]


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
