"""Rules for single values, each with its own sentence."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FINGERPRINT_DIGITS = 64


def read_fingerprint(text: str) -> str:
    """Return a SHA-256 fingerprint as 64 lower-case hex digits, however it was grouped.

    Raises:
        ValidationError: it is something else; the sentence says what was found.
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    bare = re.sub(r"[\s:.\-]+", "", re.sub(r"^sha-?256(\s+fingerprint)?\s*[:=/]?", "", folded))
    if not bare:
        return ""
    if not re.fullmatch(r"[0-9a-f]+", bare):
        raise ValidationError(
            _("A fingerprint has only the digits 0–9 and the letters a–f."), code="fingerprint"
        )
    if len(bare) != FINGERPRINT_DIGITS:
        raise ValidationError(
            _(
                "A SHA-256 fingerprint has 64 digits and letters; this one has %(count)d. "
                "(40 would be SHA-1, which is not used here.)"
            ),
            code="fingerprint",
            params={"count": len(bare)},
        )
    return bare


def read_api_path(text: str) -> str:
    """Return an API path without slashes around it.

    Raises:
        ValidationError: it is not a plain path.
    """
    path = unicodedata.normalize("NFKC", text).strip().strip("/")
    parts = path.split("/")
    if not all(re.fullmatch(r"[A-Za-z0-9._~-]+", part) and part.strip(".") for part in parts):
        raise ValidationError(
            _("An API path is words between slashes, such as api/v2.0.0."), code="api_path"
        )
    return path
