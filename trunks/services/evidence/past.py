"""Trunks and DOD bindings as they were at a moment, from the versions that history keeps.

A version keeps the raw DOD texts, so that bindings are read from these. Lists of extensions and groups have no
history: what they would have settled stays as the text alone tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from trunks.models import DodBinding, Trunk, TrunkVersion
from trunks.yeastar import TargetKind, read_bindings

_FIELDS = (
    *("name", "kind", "host", "port", "domain", "username", "authname", "fromuser"),
    *("extensions_dod", "groups_dod"),
)


@dataclass(frozen=True, slots=True)
class PastTrunk:
    """A trunk with its bindings as they were, in rows that are never saved.

    `same_since` and `same_until` of the trunk are the moments when it was first and last seen so.
    """

    trunk: Trunk
    bindings: tuple[DodBinding, ...]


def past_batches(
    batches: Iterable[list[Trunk]], *, as_of: datetime, seen: Mapping[int, datetime | None]
) -> Iterator[list[PastTrunk]]:
    """Pass on what the trunks were; those that were not there, or are not known of then, are left out.

    `seen` tells when each PBX was last seen whole by that moment.
    """
    for trunks in batches:
        versions = TrunkVersion.objects.as_of(as_of).of_trunks([trunk.pk for trunk in trunks])
        by_trunk = {version.trunk_id: version for version in versions}
        yield [
            _past(trunk, version, seen.get(trunk.pbx_id))
            for trunk in trunks
            if (version := by_trunk.get(trunk.pk))
        ]


def _past(now: Trunk, version: TrunkVersion, seen_at: datetime | None) -> PastTrunk:
    """Read a version; the PBX of the row is the one of today, for settings have no history."""
    trunk = Trunk(
        pk=now.pk,
        pbx=now.pbx,
        remote_id=now.remote_id,
        first_seen=now.first_seen,
        # Whatever was known before was still so when the PBX was last seen.
        observed_at=max(version.valid_from, seen_at) if seen_at else version.valid_from,
        **{name: version.fields.get(name) for name in _FIELDS},
    )
    bindings = tuple(_bindings(trunk))
    trunk.dod_count = len(bindings)
    # What tables and files ask a row for, as annotations have it.
    trunk.dods_reported = trunk.reports_dods  # type: ignore[attr-defined]
    trunk.same_since, trunk.same_until = version.valid_from, version.valid_to  # type: ignore[attr-defined]
    return PastTrunk(trunk, bindings)


def _bindings(trunk: Trunk) -> Iterator[DodBinding]:
    for text, kind in (
        (trunk.extensions_dod, TargetKind.EXTENSION),
        (trunk.groups_dod, TargetKind.GROUP),
    ):
        for piece in read_bindings(text, kind):
            yield DodBinding(
                trunk=trunk,
                target_kind=str(kind),
                position=piece.position,
                number=piece.number,
                name=piece.name,
                target=piece.target,
                raw=piece.raw,
                issue=str(piece.issue),
            )
