"""How shared links and what they show look. Nothing here reads from the database."""

from __future__ import annotations

from datetime import datetime
from html import escape

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trunks import moments
from trunks.models import DodIssue, Registration, ShareState, TargetKind
from trunks.models.dod import SHORT_TARGETS
from trunks.shared_trunk import Gap, SharedPassword, SharedState, SharedTrunk, SharedValue
from trunks.templatetags.gaps import ISSUE_EXPLANATIONS, absent, dash
from trunks.templatetags.registrations import TONES

register = template.Library()

_TONE_OF_STATE = {
    SharedState.FRESH: "ok",
    SharedState.STALE: "warn",
    SharedState.UNREAD: "warn",
    SharedState.REMOVED: "bad",
    ShareState.OPEN: "ok",
    ShareState.ORPHANED: "warn",
}


@register.filter
def state_tone(state: SharedState | ShareState) -> str:
    """Return the CSS class of a badge for the state of a shared trunk, or of a link."""
    return _TONE_OF_STATE.get(state, "")


@register.filter
def with_zone(moment: datetime) -> SafeString:
    """Render date, time and zone: who opens a link may be anywhere."""
    zone = timezone.localtime(moment).tzname()
    return moments.time_element(moment, f"{moments.exactly(moment)} {zone}")


@register.simple_tag
def shared_value(value: SharedValue) -> SafeString:
    """Render a field of a shared trunk: its value, or in words why there is none."""
    if value.gap == Gap.NONE:
        return format_html('<span class="mono">{}</span>', value.text)
    return absent(str(value.gap.label))


@register.simple_tag
def shared_password(password: SharedPassword) -> SafeString:
    """Render what is known of the SIP password, which is never the password."""
    words = str(password.label)
    return format_html("{}", words) if password == SharedPassword.SET else absent(words)


@register.simple_tag
def shared_registration(trunk: SharedTrunk, *, is_pinned: bool) -> SafeString:
    """Render the registration as the PBX last told it; coloured only where that may be so still."""
    if not trunk.registration:
        return absent(str(Gap.NOT_REPORTED.label))
    word = Registration.of(trunk.registration)
    is_current = trunk.is_current and not is_pinned
    return format_html(
        '<span class="badge {}">{}</span>',
        TONES.get(word, "") if word and is_current else "",
        word.label if word else trunk.registration,
    )


@register.simple_tag
def shared_bindings(trunk: SharedTrunk) -> SafeString:
    """Render the rows of the bindings at once, since there are up to a thousand.

    A piece that could not be read is shown as its PBX reported it.
    """
    gap, no_name = dash(_("not readable")), absent(_("no name"))
    kinds = {kind.value: escape(str(SHORT_TARGETS[kind])) for kind in TargetKind}
    doubts = {issue.value: _doubt(issue) for issue in DodIssue}
    rows = []
    for row in trunk.bindings:
        is_raw = row.issue == DodIssue.MALFORMED
        number = escape(row.raw if is_raw else row.number)
        name = gap if is_raw else escape(row.name) or no_name
        target = gap if is_raw else escape(row.target)
        rows.append(
            f'<tr><td class="mono{" raw" if is_raw else ""}">{number} {doubts[row.issue]}</td>'
            f'<td class="name">{name}</td>'
            f'<td><span class="badge">{kinds[row.target_kind]}</span></td><td class="mono">{target}</td></tr>'
        )
    # Every cell escapes what it shows.
    return SafeString("\n".join(rows))


def _doubt(issue: DodIssue) -> str | SafeString:
    """Name what is uncertain about a binding, also on paper, where nothing opens."""
    if issue not in ISSUE_EXPLANATIONS:
        return ""
    return format_html(
        '<span class="badge {}" title="{}">{}</span>',
        "bad" if issue == DodIssue.MALFORMED else "warn",
        ISSUE_EXPLANATIONS[issue],
        issue.label,
    )
