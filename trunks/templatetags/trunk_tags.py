"""How states, kinds, ages and fields of trunks look. Nothing here reads from the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trunks import moments
from trunks.models import Pbx, PbxState, Trunk, TrunkKind, TrunkState
from trunks.templatetags.icons import heroicon_outline

register = template.Library()

DOT_OF_STATE = {
    PbxState.FRESH: "ok",
    PbxState.STALE: "warn",
    PbxState.BLOCKED: "bad",
    PbxState.FAILING: "bad",
    PbxState.HELD: "warn",
    PbxState.NEVER: "hollow",
    PbxState.DISABLED: "off",
}
TONE_OF_TRUNK_STATE = {
    TrunkState.FRESH: "ok",
    TrunkState.STALE: "warn",
    TrunkState.HELD: "warn",
    TrunkState.FAILING: "bad",
    TrunkState.BLOCKED: "bad",
    TrunkState.REMOVED: "bad",
    TrunkState.DISABLED: "",
}
BAR_WIDTH = 96
# So narrow is the piece of a kind with one trunk among thousands.
BAR_LEAST = 3


@register.filter
def ago(moment: datetime | None) -> str:
    """Render an age, "2 min ago", with the exact moment for the pointer; "never" without a moment."""
    return _("never") if moment is None else moments.Ages().element(moment)


@register.filter
def exactly(moment: datetime | None) -> str:
    """Render date and time, "23 Nov 2026, 18:02", with the zone for the pointer."""
    return _("never") if moment is None else moments.time_element(moment, moments.exactly(moment))


@register.filter
def interval(minutes: int) -> str:
    """Render how often something is done: "every 15 min"."""
    return str(moments.every(minutes))


@register.simple_tag
def pbx_dot(pbx: Pbx) -> SafeString:
    """Render the state of a PBX as a dot, with the word for those who cannot see it."""
    return _pbx_dot(pbx.state, get_language())


# Each page has a column of them.
@lru_cache(maxsize=len(PbxState) * len(settings.LANGUAGES))
def _pbx_dot(state: PbxState, language: str | None) -> SafeString:
    return format_html(
        '<span class="dot {}" title="{}"></span><span class="visually-hidden">{}: </span>',
        DOT_OF_STATE[state],
        state.label,
        state.label,
    )


@register.simple_tag
def state_dot(state: PbxState) -> SafeString:
    """Render a state as a dot where its word stands beside it."""
    return format_html('<span class="dot {}"></span>', DOT_OF_STATE[state])


@register.filter
def tone(state: TrunkState) -> str:
    """Return the CSS class of a badge for the state of a trunk."""
    return TONE_OF_TRUNK_STATE[state]


@register.simple_tag
def pbx_state(pbx: Pbx) -> SafeString:
    """Render what to think of a PBX's data as a short sentence."""
    match pbx.state:
        case PbxState.FRESH:
            return format_html(_("Fetched {ago}"), ago=ago(pbx.observed_at))
        case PbxState.STALE:
            return format_html(_("Stale: {ago}"), ago=ago(pbx.observed_at))
        case PbxState.BLOCKED if pbx.secret_lost_at is not None:
            return conditional_escape(_("Credentials must be entered again"))
        case PbxState.BLOCKED if pbx.credentials_rejected_at is not None:
            began = pbx.credentials_rejected_at
            return format_html(
                _("Log-in refused since {moment}"),
                moment=moments.time_element(began, moments.since(began)),
            )
        case PbxState.FAILING if pbx.failing_since is not None:
            return format_html(
                _("Not answering since {moment}"),
                moment=moments.time_element(pbx.failing_since, moments.since(pbx.failing_since)),
            )
        case state:
            return conditional_escape(state.label)


@register.simple_tag
def kind_badge(kind: str) -> SafeString:
    """Render the kind of a trunk; one that the API does not document is shown as it came."""
    if not kind:
        return _absent(_("not reported"))
    return format_html('<span class="badge {}">{}</span>', kind_class(kind), kind_label(kind))


@register.filter
def kind_label(kind: str) -> str:
    """Return the word for a kind of trunk."""
    if not kind:
        return _("Kind not reported")
    return str(TrunkKind(kind).label) if kind in TrunkKind.values else kind


@register.simple_tag
def kind_bar(kinds: Mapping[str, int]) -> SafeString:
    """Render numbers of trunks by kind as a bar: widths are shares, and a kind that exists is always seen."""
    present = {kind: n for kind, n in kinds.items() if n}
    known = [kind for kind in TrunkKind.values if kind in present]
    kinds_in_order = [*known, *sorted(present.keys() - set(known))]
    free = BAR_WIDTH - BAR_LEAST * len(kinds_in_order)
    total = sum(present.values())
    pieces, left = [], 0.0
    for kind in kinds_in_order:
        width = BAR_LEAST + free * present[kind] / total
        pieces.append((kind_class(kind), f"{left:.2f}", f"{width:.2f}"))
        left += width
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 6" preserveAspectRatio="none" role="img"><title>{}</title>{}</svg>',
        BAR_WIDTH,
        ", ".join(f"{kind_label(kind)} {present[kind]}" for kind in kinds_in_order),
        format_html_join("", '<rect class="{}" x="{}" width="{}" height="6"/>', pieces),
    )


@register.simple_tag
def copy_button(value: object, label: str = "") -> SafeString:
    """Render a button that copies a value; the label names what, for those who cannot see where it stands."""
    return format_html(
        '<button class="button quiet icon copy" type="button" data-copy="{}" data-copied="{}" '
        'data-not-copied="{}" title="{}" aria-label="{}">{}</button>',
        value,
        _("Copied"),
        _("Not copied: this browser does not allow it."),
        _("Copy"),
        label or _("Copy {value}").format(value=value),
        heroicon_outline("square-2-stack", size=16),
    )


@register.simple_tag
def trunk_value(trunk: Trunk, field: str) -> SafeString:
    """Render a reported field of a trunk: its value, or in words why there is none."""
    value = getattr(trunk, field)
    if value is None:
        return _absent(_("not reported") if trunk.applies(field) else _("not applicable"))
    if value == "":
        return _absent(_("not set"))
    return format_html('<span class="mono">{}</span>', value)


@register.filter
def kind_class(kind: str) -> str:
    """Return the CSS class of a kind of trunk."""
    return kind if kind in TrunkKind.values else "other"


def _absent(words: str) -> SafeString:
    return format_html('<span class="absent">{}</span>', words)
