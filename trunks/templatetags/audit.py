"""What an audit entry says, for people."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from trunks.models import AuditEntry

register = template.Library()

_LABELS = {
    "added": _("added"),
    "address": _("address"),
    "begun": _("begun as entry"),
    "count": _("PBXs"),
    "ended": _("ended"),
    "entries": _("entries"),
    "factor": _("second factor"),
    "fetch": _("fetch"),
    "fields": _("fields"),
    "format": _("format"),
    "given_up": _("given up"),
    "how": _("by"),
    "keep_days": _("days kept"),
    "list": _("list"),
    "pbxs": _("PBXs"),
    "query": _("search"),
    "reason": _("reason"),
    "removed": _("removed"),
    "rights_added": _("rights added"),
    "rights_removed": _("rights removed"),
    "rows": _("rows"),
    "run": _("run"),
    "scope": _("scope"),
    "sessions": _("sessions"),
    "site": _("site"),
    "superuser": _("superuser"),
    "through": _("up to entry"),
    "username": _("username"),
    "what": _("what"),
}


@register.filter
def told(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return the details of an entry as labels and values; empty values are left out."""
    return [
        (str(_LABELS.get(name, name)), _in_words(value))
        for name, value in entry.facts.items()
        if value not in ("", [])
    ]


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
