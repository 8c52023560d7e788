"""What each reading endpoint answers about a world; field names and shapes as documented."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from .refusals import NO_SUCH_TRUNK, PARAMETER_EMPTY, RefusedError
from .worlds import Extension, SimulatedTrunk, World
from .worlds.records import DOCUMENTED_FIELDS

Answer = dict[str, object]

ALL = "all"


def requested_ids(value: object) -> list[str]:
    """Read the `id` parameter: one id, a comma list or `all`.

    The parameter table says Integer and every example sends a string, so both are accepted. Only
    the half-width comma separates.

    Raises: RefusedError with 10004 when there is no id in it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RefusedError(PARAMETER_EMPTY)
    ids = [piece.strip() for piece in str(value).split(",")]
    if not any(ids):
        raise RefusedError(PARAMETER_EMPTY)
    return [piece for piece in ids if piece]


def trunk_details(
    world: World, ids: Sequence[str], unknown_in_list: Literal["skip", "refuse"]
) -> Answer:
    """Answer `trunk/query_siptrunk` (siptrunk-query); trunks come in the PBX's own order."""
    if ids == [ALL]:
        return {"trunks": [_detail(trunk) for trunk in world.trunks]}
    found = [trunk for trunk in world.trunks if trunk.id in ids]
    missing = set(ids) - {trunk.id for trunk in found}
    if not found or (missing and unknown_in_list == "refuse"):
        raise RefusedError(NO_SUCH_TRUNK)
    return {"trunks": [_detail(trunk) for trunk in found]}


def trunk_list(world: World) -> Answer:
    """Answer `trunk/list` (trunklist-query): SIP trunks, then all others."""
    rows = [
        {"trunkname": trunk.name, "id": trunk.id, "type": "SIP", "status": trunk.status}
        for trunk in world.trunks
    ]
    rows += [
        {"trunkname": other.name, "id": other.id, "type": other.type, "status": other.status}
        | _present(port=other.port)
        for other in world.other_trunks
    ]
    return {"trunklist": rows}


def extension_list(world: World) -> Answer:
    """Answer `extension/list` (extension-list)."""
    return {"extlist": [_extension(extension) for extension in world.extensions]}


def extension_groups(world: World, ids: Sequence[str]) -> Answer:
    """Answer `extensiongroup/query`; an unknown id is left out, as its errno is not documented."""
    return {
        "extgroupinfos": [
            {"id": group.id, "name": group.name, "members": ",".join(group.members)}
            for group in world.groups
            if ids == [ALL] or group.id in ids
        ]
    }


def device_info(world: World, *, running_for: float) -> Answer:
    """Answer `deviceinfo/query` (deviceinfo-query) with its own ideas of time and counts."""
    device = world.device
    zone = timezone(timedelta(hours=device.utc_offset))
    now = datetime.now(UTC).astimezone(zone)
    return {
        "deviceinfo": {
            "devicename": device.name,
            "sn": device.serial,
            "hardwarever": device.hardware,
            "firmwarever": device.firmware,
            "systemtime": f"{now:%Y-%m-%d %H:%M:%S} UTC{device.utc_offset:+d}",
            "uptime": _hours_minutes_seconds(device.uptime_at_start + int(running_for)),
            "extensionstatus": f"{device.extensions_in_use}/{device.extension_limit}",
        }
    }


def _detail(trunk: SimulatedTrunk) -> dict[str, str]:
    fields: Iterable[str] = DOCUMENTED_FIELDS[trunk.kind]
    return {
        "id": trunk.id,
        "trunkname": trunk.name,
        "trunktype": trunk.kind,
        **{field: getattr(trunk, field) for field in fields},
        "extensionsdod": trunk.extensionsdod,
        "extensionsgroupdod": trunk.extensionsgroupdod,
    }


def _extension(extension: Extension) -> dict[str, str]:
    return {
        "number": extension.number,
        "status": extension.status,
        "type": extension.type,
        "username": extension.username,
    } | _present(port=extension.port, agentid=extension.agentid)


def _present(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _hours_minutes_seconds(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"
