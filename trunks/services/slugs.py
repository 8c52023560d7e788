"""Slugs: what a row is called in addresses, readable and taken only once."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from trunks.search.text import normalise


def free_slug(
    name: str,
    *,
    among: QuerySet[Any],
    fallback: str,
    reserved: Collection[str] = (),
    allow_unicode: bool = False,
) -> str:
    """Return a slug for a name that none of these rows has; a name that leaves nothing becomes the fallback."""
    longest = among.model._meta.get_field("slug").max_length or 0  # noqa: SLF001  documented
    readable = slugify(normalise(name), allow_unicode=allow_unicode)
    stem = readable[: longest - 6].strip("-_") or fallback
    taken = {*among.filter(slug__startswith=stem).values_list("slug", flat=True), *reserved}
    if stem not in taken:
        return stem
    return next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)
