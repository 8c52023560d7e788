"""How the registration of a trunk looks. Reads only what came with the trunk."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trunks import moments
from trunks.failures import explain
from trunks.models import Registration, Trunk, TrunkState
from trunks.templatetags.gaps import absent

register = template.Library()

TONES = {
    Registration.FAILURE: "bad",
    Registration.REGISTERING: "warn",
    Registration.UNMONITORED: "ok",
    Registration.REGISTERED: "ok",
}


@register.simple_tag
def registration_badge(trunk: Trunk) -> SafeString:
    """Render the registration as the PBX last told it, with the moment for the pointer.

    Only while the PBX answers is it coloured: an old "registered" in green would be a promise.
    """
    if not trunk.registration:
        return absent(_("not reported"))
    word = Registration.of(trunk.registration)
    told = trunk.registration_told
    is_current = trunk.state in {TrunkState.FRESH, TrunkState.STALE}
    return format_html(
        '<span class="badge {}" title="{}">{}</span>',
        TONES.get(word, "") if word and is_current else "",
        _("As of {moment}").format(moment=moments.exactly(told.observed_at))
        if told and told.observed_at
        else "",
        word.label if word else trunk.registration,
    )


@register.simple_tag
def registration_note(trunk: Trunk) -> str:
    """Say in a sentence why no registration is reported; "" where there is nothing to say."""
    told = trunk.registration_told
    if trunk.registration:
        return ""
    if told and told.reason:
        return explain(told.reason, errno=told.errno).happened
    if told is None or told.observed_at is None:
        return _("The PBX was not asked yet.")
    return _("The PBX told it of other trunks, not of this one.")
