"""Trunks and DOD bindings as they were at a moment, from the versions that history keeps.

A version keeps the raw DOD texts, so that bindings are read from these. Lists of extensions and groups have no
history: what they would have settled stays as the text alone tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from trunks import yeastar
from trunks.models import DodIssue, TargetKind, Trunk, TrunkVersion
from trunks.models.binding_row import BindingRow
from trunks.models.dod import SHORT_TARGETS
from trunks.yeastar import DodRecord, read_bindings

_FIELDS = (
    *("name", "kind", "host", "port", "domain", "username", "authname", "fromuser"),
    *("extensions_dod", "groups_dod"),
)


@dataclass(frozen=True, slots=True)
class PastBinding:
    """A DOD binding as it was; tables ask it for what they ask a row. A row of its own takes too long."""

    trunk: Trunk
    target_kind: str
    number: str
    name: str
    target: str
    raw: str
    issue: str

    @property
    def target_label(self) -> str:
        """Whether an extension or a group was bound, in one word."""
        return str(SHORT_TARGETS[TargetKind(self.target_kind)])

    @property
    def row(self) -> BindingRow:
        """It as files have the bindings of today."""
        trunk, pbx = self.trunk, self.trunk.pbx
        return BindingRow(
            pk=0,
            target_kind=self.target_kind,
            number=self.number,
            name=self.name,
            target=self.target,
            raw=self.raw,
            issue=self.issue,
            trunk_id=trunk.pk,
            trunk__name=trunk.name,
            trunk__remote_id=trunk.remote_id,
            trunk__observed_at=trunk.observed_at,
            trunk__pbx_id=pbx.pk,
            trunk__pbx__slug=pbx.slug,
            trunk__pbx__name=pbx.name,
            trunk__pbx__site=pbx.site,
        )

    @property
    def get_issue_display(self) -> str:
        """What is uncertain about it, in words."""
        return str(DodIssue(self.issue).label)


@dataclass(frozen=True, slots=True)
class PastTrunk:
    """A trunk as it was, in a row that is never saved.

    `same_since` and `same_until` of the trunk are the moments when it was first and last seen so.
    """

    trunk: Trunk
    pieces: tuple[DodRecord, ...]

    def bindings(self) -> Iterator[PastBinding]:
        """Read its bindings."""
        for piece in self.pieces:
            yield PastBinding(
                self.trunk,
                str(piece.target_kind),
                piece.number,
                piece.name,
                piece.target,
                piece.raw,
                str(piece.issue),
            )


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
    pieces = (
        *read_bindings(trunk.extensions_dod, yeastar.TargetKind.EXTENSION),
        *read_bindings(trunk.groups_dod, yeastar.TargetKind.GROUP),
    )
    trunk.dod_count = len(pieces)
    # What tables and files ask a row for, as annotations have it.
    trunk.dods_reported = trunk.reports_dods  # type: ignore[attr-defined]
    trunk.same_since, trunk.same_until = version.valid_from, version.valid_to  # type: ignore[attr-defined]
    return PastTrunk(trunk, pieces)
