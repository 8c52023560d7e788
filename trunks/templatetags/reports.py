"""How an audit report says its title, its counts and its moments. Nothing here reads from the database."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trunks import moments
from trunks.models import PbxState, Trunk
from trunks.search.sample import Count
from trunks.services.evidence.report import Report
from trunks.templatetags.lists import counted

register = template.Library()


@register.simple_tag
def report_title(report: Report) -> str:
    """Say what the report is of."""
    source = report.source
    places = [source.pbx.name] if source.pbx else []
    places += [source.site] if source.site else []
    if not places:
        return _("Audit report: all PBXs")
    return _("Audit report: %(places)s") % {"places": ", ".join(places)}


@register.simple_tag
def moment_and_zone(moment: datetime) -> SafeString:
    """Render date and time with their zone, since paper has no pointer."""
    words = f"{moments.exactly(moment)} {timezone.localtime(moment).tzname()}"
    return moments.time_element(moment, words)


@register.simple_tag
def state_label(state: str) -> str:
    """Return the word for a state of PBXs."""
    return str(PbxState(state).label)


@register.simple_tag
def gap_in_words(trunk: Trunk, field: str) -> SafeString:
    """Say why a trunk has no value in a field, without a sign that needs a pointer."""
    if getattr(trunk, field) == "":
        return _absent(_("not set"))
    return _absent(_("not reported") if trunk.applies(field) else _("not applicable"))


@register.simple_tag
def kind_gap() -> SafeString:
    """Say that the kind of a trunk was not reported."""
    return _absent(_("not reported"))


@register.simple_tag
def counted_trunks(count: Count) -> str:
    """Count trunks."""
    return _said(ngettext("%(n)s trunk", "%(n)s trunks", count.number), count)


@register.simple_tag
def counted_bindings(count: Count) -> str:
    """Count DOD bindings."""
    return _said(ngettext("%(n)s DOD binding", "%(n)s DOD bindings", count.number), count)


@register.simple_tag
def counted_doubtful(count: Count) -> str:
    """Count DOD bindings that cannot be read for sure."""
    sentence = ngettext(
        "%(n)s of them cannot be read for sure",
        "%(n)s of them cannot be read for sure",
        count.number,
    )
    return _said(sentence, count)


@register.simple_tag
def counted_removed(count: Count) -> str:
    """Count trunks that are gone."""
    sentence = ngettext(
        "%(n)s further trunk is gone from its PBX",
        "%(n)s further trunks are gone from their PBXs",
        count.number,
    )
    return _said(sentence, count)


@register.simple_tag
def counted_pbxs(count: Count) -> str:
    """Count PBXs."""
    return _said(ngettext("%(n)s PBX", "%(n)s PBXs", count.number), count)


def _said(sentence: str, count: Count) -> str:
    return sentence % {"n": counted(count)}


def _absent(words: str) -> SafeString:
    return format_html('<span class="report-absent">{}</span>', words)
