"""Say why there is no value: unknown is never shown as none. And what is uncertain about one."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.models import DodIssue, Trunk

register = template.Library()

ISSUE_EXPLANATIONS: dict[str, str | Promise] = {
    DodIssue.AMBIGUOUS: gettext_lazy(
        "Its hyphens may belong to the name or to the group: where the name ends is a guess."
    ),
    DodIssue.MALFORMED: gettext_lazy(
        "It is not of the form number-name-target, so it is shown as the PBX reported it."
    ),
    DodIssue.NO_TARGET: gettext_lazy(
        "When the PBX last listed its extensions and groups, none was called this: nobody shows this number."
    ),
    DodIssue.ODD_TARGET: gettext_lazy(
        "An extension number has one to seven digits and nothing else: check this binding on the PBX."
    ),
}


@register.simple_tag
def trunk_gap(trunk: Trunk, field: str) -> SafeString:
    """Render, for a table cell, why a trunk has no value in a field."""
    if getattr(trunk, field) == "":
        return absent(_("not set"))
    if trunk.applies(field):
        return absent(_("not reported"))
    return dash(_("not applicable"))


@register.simple_tag
def trunk_password(trunk: Trunk) -> SafeString:
    """Render what is known of a SIP password, which is never the password."""
    if trunk.password_fingerprint:
        return format_html("{}", _("set, not kept here"))
    if trunk.password_fingerprint == "":
        return absent(_("empty"))
    return absent(_("not reported") if trunk.applies("password") else _("not applicable"))


@register.simple_tag
def issue_badge(issue: str) -> SafeString:
    """Render what is uncertain about a DOD binding; the explanation opens by key, finger or pointer."""
    if issue not in ISSUE_EXPLANATIONS:
        return SafeString("")
    return format_html(
        '<details class="issue"><summary class="badge {}" title="{}">{}</summary><p>{}</p></details>',
        "bad" if issue == DodIssue.MALFORMED else "warn",
        ISSUE_EXPLANATIONS[issue],
        DodIssue(issue).label,
        ISSUE_EXPLANATIONS[issue],
    )


@register.simple_tag
def dash(words: str) -> SafeString:
    """Render a dash that says what it stands for."""
    return format_html(
        '<span class="absent" title="{}"><span aria-hidden="true">—</span>'
        '<span class="visually-hidden">{}</span></span>',
        words,
        words,
    )


@register.simple_tag
def absent(words: str) -> SafeString:
    """Render words that stand where a value would."""
    return format_html('<span class="absent">{}</span>', words)
