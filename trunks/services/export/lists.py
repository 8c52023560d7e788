"""The lists that can be exported, and what stands behind the columns of each.

Codes are exported as they are stored ("peer", "ambiguous"), so that files of all languages are alike.
"""

from __future__ import annotations

from collections.abc import Callable

from trunks.models import DodIssue, Pbx, Trunk
from trunks.models.binding_row import BindingRow
from trunks.services.export.fields import ExportedList, ExportField, Gap, Value, moment


def _of_trunk(field: str) -> Callable[[Trunk], Value]:
    """Return a field as the PBX reported it, or why there is none."""

    def value(trunk: Trunk) -> Value:
        reported: str | None = getattr(trunk, field)
        if reported is not None:
            return reported
        return Gap.NOT_REPORTED if trunk.applies(field) else Gap.NOT_APPLICABLE

    return value


def _dod_count(trunk: Trunk) -> Value:
    return trunk.dod_count if trunk.dod_count or trunk.dods_reported else Gap.NOT_REPORTED  # type: ignore[attr-defined]  # an annotation of for_table()


def _registration_as_of(trunk: Trunk) -> Value:
    told = trunk.registration_told
    if not trunk.registration or told is None or told.observed_at is None:
        return Gap.NOT_REPORTED
    return moment(told.observed_at)


_TRUNK_PBX: ExportField[Trunk] = ExportField("pbx", lambda trunk: trunk.pbx.slug, 20)
_TRUNK_AS_OF: ExportField[Trunk] = ExportField("as_of", lambda trunk: moment(trunk.observed_at), 26)
TRUNKS: ExportedList[Trunk] = ExportedList(
    name="trunks",
    of_columns={
        "name": (
            ExportField("name", lambda trunk: trunk.name, 28),
            ExportField("trunk_id", lambda trunk: trunk.remote_id, 10),
        ),
        "pbx": (ExportField("pbx_name", lambda trunk: trunk.pbx.name, 24), _TRUNK_PBX),
        "kind": (ExportField("kind", lambda trunk: trunk.kind or Gap.NOT_REPORTED, 12),),
        "host": (
            ExportField("host", _of_trunk("host"), 28),
            ExportField("port", _of_trunk("port"), 8),
        ),
        "account": (ExportField("username", _of_trunk("username"), 20),),
        "dods": (ExportField("dod_count", _dod_count, 12),),
        "registration": (
            ExportField("registration", lambda trunk: trunk.registration or Gap.NOT_REPORTED, 16),
            ExportField("registration_as_of", _registration_as_of, 26),
        ),
        "fetched": (_TRUNK_AS_OF,),
        "state": (ExportField("state", lambda trunk: trunk.state.value, 12),),
        "site": (ExportField("site", lambda trunk: trunk.pbx.site, 20),),
        "domain": (ExportField("domain", _of_trunk("domain"), 28),),
        "authname": (ExportField("authname", _of_trunk("authname"), 20),),
        "fromuser": (ExportField("fromuser", _of_trunk("fromuser"), 20),),
        "seen": (ExportField("first_seen", lambda trunk: moment(trunk.first_seen), 26),),
    },
    always=(_TRUNK_PBX, _TRUNK_AS_OF),
    pbx_id=lambda trunk: trunk.pbx_id,
)


def _of_binding(field: str) -> Callable[[BindingRow], Value]:
    """Return a part of a piece of a DOD text; of what is no number-name-target there are none."""

    def value(binding: BindingRow) -> Value:
        read: str = getattr(binding, field)
        return Gap.NOT_READABLE if not read and binding.issue == DodIssue.MALFORMED else read

    return value


# The names of extensions, which the page adds to their numbers, are left out: each export would hold those of
# every PBX at once.
_DOD_PBX: ExportField[BindingRow] = ExportField("pbx", lambda binding: binding.trunk__pbx__slug, 20)
_DOD_AS_OF: ExportField[BindingRow] = ExportField(
    "as_of", lambda binding: moment(binding.trunk__observed_at), 26
)
DODS: ExportedList[BindingRow] = ExportedList(
    name="dods",
    of_columns={
        "number": (ExportField("number", _of_binding("number"), 20),),
        "name": (ExportField("name", _of_binding("name"), 24),),
        "bound": (ExportField("target_kind", lambda binding: binding.target_kind, 12),),
        "target": (ExportField("target", _of_binding("target"), 16),),
        "trunk": (
            ExportField("trunk", lambda binding: binding.trunk__name, 28),
            ExportField("trunk_id", lambda binding: binding.trunk__remote_id, 10),
        ),
        "pbx": (ExportField("pbx_name", lambda binding: binding.trunk__pbx__name, 24), _DOD_PBX),
        "site": (ExportField("site", lambda binding: binding.trunk__pbx__site, 20),),
        "fetched": (_DOD_AS_OF,),
        "issue": (ExportField("issue", lambda binding: binding.issue, 12),),
    },
    always=(_DOD_PBX, _DOD_AS_OF, ExportField("raw", lambda binding: binding.raw, 36)),
    pbx_id=lambda binding: binding.trunk__pbx_id,
)


def _pbx_as_of(pbx: Pbx) -> Value:
    return Gap.NEVER_FETCHED if pbx.observed_at is None else moment(pbx.observed_at)


def _trunk_count(pbx: Pbx) -> Value:
    count: int = pbx.trunk_count  # type: ignore[attr-defined]  # an annotation of for_table()
    return Gap.NEVER_FETCHED if pbx.observed_at is None and not count else count


_PBX: ExportField[Pbx] = ExportField("pbx", lambda pbx: pbx.slug, 20)
_PBX_AS_OF: ExportField[Pbx] = ExportField("as_of", _pbx_as_of, 26)
PBXS: ExportedList[Pbx] = ExportedList(
    name="pbxs",
    of_columns={
        "name": (ExportField("pbx_name", lambda pbx: pbx.name, 28), _PBX),
        "state": (ExportField("state", lambda pbx: pbx.state.value, 12),),
        "fetched": (_PBX_AS_OF,),
        "trunks": (ExportField("trunk_count", _trunk_count, 12),),
        "site": (ExportField("site", lambda pbx: pbx.site, 20),),
        "address": (ExportField("address", lambda pbx: pbx.base_url, 32),),
        "trust": (ExportField("trust", lambda pbx: pbx.trust, 10),),
    },
    always=(_PBX, _PBX_AS_OF),
    pbx_id=lambda pbx: pbx.pk,
)
