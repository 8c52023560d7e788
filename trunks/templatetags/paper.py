"""What a sheet says of itself, since on paper nobody sees who is logged in, or for how long the page was open."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trunks import moments

register = template.Library()


@register.simple_tag
def printed_by(person: User | AnonymousUser) -> SafeString:
    """Render who prints, and the moment, which `paper.js` sets anew when it comes to that."""
    now = timezone.localtime()
    moment = moments.time_element(now, f"{moments.exactly(now)} {now.tzname()}")
    return format_html(_("Printed by {name}, {moment}"), name=person.get_username(), moment=moment)
