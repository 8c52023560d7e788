"""How runs and their lanes look. Nothing here reads from the database."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trunks.models import Fetch, FetchRun
from trunks.runs import LANE_LABELS, LANE_STATES, RunLine

register = template.Library()

MINUTE = 60
# Below this a tenth of a second says something.
SHORT_SECONDS = 10
# By state of a fetch, and by filter of lanes where that has a word of its own.
DOTS = {
    "failed": "bad",
    "interrupted": "bad",
    "held": "warn",
    "running": "busy",
    "queued": "hollow",
    "waiting": "hollow",
    "succeeded": "ok",
    "read": "ok",
    "cancelled": "off",
}


@register.filter
def run_title(line: RunLine) -> str:
    """Return what a run covers: "All PBXs", "Site Leeds", "3 chosen PBXs"."""
    number = line.progress.total
    match line.run.scope:
        case FetchRun.Scope.SITE if line.names_site:
            return _("Site %(site)s") % {"site": line.run.site}
        case FetchRun.Scope.SITE | FetchRun.Scope.CHOSEN:
            return ngettext("%(n)d chosen PBX", "%(n)d chosen PBXs", number) % {"n": number}
        case FetchRun.Scope.AGAIN:
            return ngettext("%(n)d PBX again", "%(n)d PBXs again", number) % {"n": number}
        case _:
            return str(line.run.get_scope_display())


@register.filter
def duration(seconds: float) -> str:
    """Return a length of time: "0.4 s", "12 s", "3 min 5 s"."""
    if seconds < SHORT_SECONDS:
        return _("%(n)s s") % {"n": number_format(round(seconds, 1), 1)}
    whole = int(seconds)
    if whole < MINUTE:
        return _("%(n)s s") % {"n": whole}
    return _("%(minutes)d min %(seconds)d s") % {
        "minutes": whole // MINUTE,
        "seconds": whole % MINUTE,
    }


@register.filter
def took(fetch: Fetch) -> float | None:
    """Return the seconds that a PBX has been read for, or was; None when it was not called."""
    if fetch.started_at is None:
        return None
    until = fetch.finished_at or timezone.now()
    return max(0.0, (until - fetch.started_at).total_seconds())


@register.filter
def lane_dot(state: str) -> str:
    """Return the class of the dot for the state of a fetch, or for a filter of lanes."""
    return DOTS[state]


@register.filter
def lane_label(state: str) -> str:
    """Return the word for the state of a fetch, the same as on the filter that shows it."""
    key = next(key for key, states in LANE_STATES.items() if state in states)
    return str(LANE_LABELS[key])
