"""What failures have in common: the form of an explanation, and what is often the thing to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
# What happened, what it means, what to do; %(detail)s and %(errno)s stand for safe words only.
Sentences = tuple[Words, Words, Words]

SETTINGS = _("Check address, port and API path of this PBX in its settings.")
LATER = _("Try again; if it stays like this, check the PBX and the network between.")
API_PAGE = _("On the PBX, look at Settings > PBX > General > API.")
REPORT = _("Check that the firmware is 30.13.0.30 or newer, and report this to us.")
