"""What the CSV files of a ZIP hold: the columns of exports, and what only evidence tells."""

from __future__ import annotations

from datetime import datetime

from trunks.models import Pbx, Trunk
from trunks.search.columns import DOD_COLUMNS, PBX_COLUMNS, TRUNK_COLUMNS
from trunks.services.evidence.coverage import Coverage
from trunks.services.export.audit_log import FIELDS
from trunks.services.export.fields import ExportField, Gap, Value, moment
from trunks.services.export.lists import DODS, PBXS, TRUNKS

# What history does not keep, or what is judged by the time that it is now.
_OF_NOW = {"registration", "state", "fetched", "seen"}


def _maybe(when: datetime | None) -> Value:
    return "" if when is None else moment(when)


_REMOVED_AT: ExportField[Trunk] = ExportField("removed_at", lambda trunk: _maybe(trunk.removed_at))
_SAME_SINCE: ExportField[Trunk] = ExportField(
    "same_since",
    lambda trunk: moment(trunk.same_since),  # type: ignore[attr-defined]  # as past rows have it
)
# Empty: as it is to this day.
_SAME_UNTIL: ExportField[Trunk] = ExportField(
    "same_until",
    lambda trunk: _maybe(trunk.same_until),  # type: ignore[attr-defined]
)

TRUNKS_NOW = (*TRUNKS.fields(TRUNK_COLUMNS), _REMOVED_AT)
TRUNKS_THEN = (
    *TRUNKS.fields(column for column in TRUNK_COLUMNS if column.key not in _OF_NOW),
    _SAME_SINCE,
    _SAME_UNTIL,
)
# Of both times, since versions keep the texts that bindings are read from.
BINDINGS = DODS.fields(DOD_COLUMNS)
PBXS_NOW = PBXS.fields(PBX_COLUMNS)


def _coverage(pbx: Pbx) -> Coverage:
    coverage: Coverage = pbx.coverage  # type: ignore[attr-defined]  # set for these columns
    return coverage


def _sighting(when: datetime | None) -> Value:
    return Gap.NEVER_FETCHED if when is None else moment(when)


PBXS_THEN: tuple[ExportField[Pbx], ...] = (
    ExportField("pbx_name", lambda pbx: pbx.name),
    ExportField("pbx", lambda pbx: pbx.slug),
    ExportField("site", lambda pbx: pbx.site),
    ExportField("known", lambda pbx: _coverage(pbx).known.value),
    ExportField("last_read_before", lambda pbx: _sighting(_coverage(pbx).before)),
    ExportField("first_read_after", lambda pbx: _sighting(_coverage(pbx).after)),
)

# What concerns some PBXs is no chain, and whose session it was says nothing without the rest of the log.
AUDIT = tuple(field for field in FIELDS if field.header not in {"session", "previous"})
