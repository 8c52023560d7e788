"""Icons, each drawn once: the package makes an icon anew each time, which takes longer than all around it."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from heroicons.templatetags import heroicons

register = template.Library()

# The pages have a few dozen, in two or three sizes.
_KEPT = 256


@register.simple_tag
@lru_cache(maxsize=_KEPT)
def heroicon_mini(name: str, *, size: int = 20, **attrs: object) -> SafeString:
    """Render an icon that is filled, for use within a line."""
    return SafeString(heroicons.heroicon_mini(name, size=size, **attrs))


@register.simple_tag
@lru_cache(maxsize=_KEPT)
def heroicon_outline(name: str, *, size: int = 24, **attrs: object) -> SafeString:
    """Render an icon in outline."""
    return SafeString(heroicons.heroicon_outline(name, size=size, **attrs))
