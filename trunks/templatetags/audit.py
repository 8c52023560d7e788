"""What an audit entry says, for people."""

from __future__ import annotations

from django import template
from django.utils.translation import pgettext_lazy

from trunks.models import AuditEntry

register = template.Library()

# Single words mean other things elsewhere, and are other words then in other languages.
LABELS = {
    "added": pgettext_lazy("audit detail", "added"),
    "address": pgettext_lazy("audit detail", "address"),
    "as_of": pgettext_lazy("audit detail", "as of"),
    "begun": pgettext_lazy("audit detail", "begun as entry"),
    "bindings": pgettext_lazy("audit detail", "DOD bindings"),
    "count": pgettext_lazy("audit detail", "PBXs"),
    "ended": pgettext_lazy("audit detail", "ended"),
    "ends": pgettext_lazy("audit detail", "ends"),
    "entries": pgettext_lazy("audit detail", "entries"),
    "factor": pgettext_lazy("audit detail", "second factor"),
    "fetch": pgettext_lazy("audit detail", "fetch"),
    "fields": pgettext_lazy("audit detail", "fields"),
    "files": pgettext_lazy("audit detail", "fingerprint of the files"),
    "format": pgettext_lazy("audit detail", "format"),
    "given_up": pgettext_lazy("audit detail", "given up"),
    "how": pgettext_lazy("audit detail", "by"),
    "keep_days": pgettext_lazy("audit detail", "days kept"),
    "label": pgettext_lazy("audit detail", "for whom"),
    "list": pgettext_lazy("audit detail", "list"),
    "passphrase": pgettext_lazy("audit detail", "passphrase"),
    "pbx": pgettext_lazy("audit detail", "PBX"),
    "pbxs": pgettext_lazy("audit detail", "PBXs"),
    "query": pgettext_lazy("audit detail", "search"),
    "reason": pgettext_lazy("audit detail", "reason"),
    "refused": pgettext_lazy("audit detail", "refused"),
    "removed": pgettext_lazy("audit detail", "removed"),
    "rights_added": pgettext_lazy("audit detail", "rights added"),
    "rights_removed": pgettext_lazy("audit detail", "rights removed"),
    "rows": pgettext_lazy("audit detail", "rows"),
    "run": pgettext_lazy("audit detail", "run"),
    "scope": pgettext_lazy("audit detail", "scope"),
    "sealed_anew": pgettext_lazy("audit detail", "encrypted anew"),
    "sessions": pgettext_lazy("audit detail", "sessions"),
    "share": pgettext_lazy("audit detail", "share"),
    "shows": pgettext_lazy("audit detail", "shows"),
    "site": pgettext_lazy("audit detail", "site"),
    "superuser": pgettext_lazy("audit detail", "superuser"),
    "through": pgettext_lazy("audit detail", "up to entry"),
    "thrown_away": pgettext_lazy("audit detail", "deleted"),
    "trunk": pgettext_lazy("audit detail", "trunk id"),
    "trunks": pgettext_lazy("audit detail", "trunks"),
    "username": pgettext_lazy("audit detail", "username"),
    "usernames": pgettext_lazy("audit detail", "usernames"),
    "visitor": pgettext_lazy("audit detail", "visitor"),
    "what": pgettext_lazy("audit detail", "what"),
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
