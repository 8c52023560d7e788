"""Parts of addresses that Django knows no converter for."""

from __future__ import annotations

from django.urls.converters import SlugConverter


class UnicodeSlugConverter(SlugConverter):
    """A slug in letters of any language."""

    regex = r"[-\w]+"
