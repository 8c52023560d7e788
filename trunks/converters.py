"""Parts of addresses that Django knows no converter for."""

from __future__ import annotations

from django.urls.converters import SlugConverter, StringConverter


class UnicodeSlugConverter(SlugConverter):
    """A slug in letters of any language."""

    regex = r"[-\w]+"


class TextConverter(StringConverter):
    """Any text but none: numbers are kept as their PBX wrote them, with slashes and even line ends."""

    regex = r"[\s\S]+"
