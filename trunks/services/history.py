"""Versions: what a trunk looked like between two moments, written only when it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields as fields_of
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from trunks.models import Fetch, Trunk, TrunkVersion
from trunks.models.compiled import ask_values
from trunks.services.row_updates import Plain, rows_add, rows_set
from trunks.yeastar import TrunkRecord

_KEPT = tuple(field.name for field in fields_of(TrunkRecord))
_values_kept = attrgetter(*_KEPT)
# Made once, since an answer has a digest for each of its trunks.
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def version_fields(record: TrunkRecord) -> dict[str, str | None]:
    """Return what a version keeps: all that was reported, with the fingerprint for the password.

    Bindings are not kept apart, since the raw DOD texts are.
    """
    return dict(zip(_KEPT, _values_kept(record), strict=True))


def digest_of(fields: dict[str, str | None]) -> str:
    """Return a digest (64 hex digits) that is equal for equal fields."""
    return hashlib.sha256(_CANONICAL.encode(fields).encode()).hexdigest()


def versions_close(*, trunks: Sequence[int], at: datetime) -> None:
    """End the open version of each of these trunks, by their ids: they changed or are gone."""
    if trunks:
        still_open = [pk for (pk,) in ask_values(_open_versions, *trunks)]
        rows_set(TrunkVersion, still_open, {"valid_to": at})


def _open_versions(*trunks: int) -> QuerySet[TrunkVersion, Any]:
    return TrunkVersion.objects.filter(trunk__in=trunks, valid_to=None).order_by().values_list("pk")


def versions_open(
    *, trunks: Iterable[tuple[Trunk, dict[str, str | None]]], fetch: Fetch, at: datetime
) -> None:
    """Begin a version of each trunk with the fields that the fetch saw."""
    rows: list[dict[str, Plain]] = [
        {
            "trunk_id": trunk.pk,
            "valid_from": at,
            "fields": json.dumps(fields),
            "digest": trunk.digest,
            "fetch_id": fetch.pk,
        }
        for trunk, fields in trunks
    ]
    rows_add(TrunkVersion, rows)
