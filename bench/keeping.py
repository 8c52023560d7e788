"""How long it takes to keep the index in step: one PBX's answer landed, as a fetch lands it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import replace

from bench.figures import figure
from bench.world import BINDINGS_A_TRUNK, build_pbx
from trunks.yeastar import TrunkRecord

ROUNDS = 7


def in_step(database: str, database_url: str, pbxs: int) -> None:
    """Change all bindings of a PBX, then five in trunks of their own, then none; another PBX each round."""
    times: dict[int, list[float]] = {1000: [], 5: [], 0: []}
    for number in _ordinary(pbxs)[:ROUNDS]:
        first = build_pbx(number).records
        every = tuple(_edited(record, BINDINGS_A_TRUNK) for record in first)
        few = tuple(
            _edited(record, 1) if place < 5 else _again(record)
            for place, record in enumerate(first)
        )
        times[1000].append(_landed(number, every))
        _landed(number, map(_again, first))
        times[5].append(_landed(number, few))
        _landed(number, map(_again, first))
        times[0].append(_landed(number, map(_again, first)))
    for changed, found in times.items():
        figure(f"replace_{changed}_{database}", statistics.median(found), "ms")


def _ordinary(pbxs: int) -> list[int]:
    """Return the numbers of PBXs that answer and have all of their trunks, spread over all of them."""
    numbers = [number for number in range(pbxs) if build_pbx(number).condition == "fresh"]
    numbers = [number for number in numbers if number % 10 != 9]
    return numbers[:: max(1, len(numbers) // ROUNDS)]


def _landed(number: int, records: Iterable[TrunkRecord]) -> float:
    """Land an answer of a PBX, and return the milliseconds that its transaction took."""
    from django.utils import timezone

    from trunks.models import Fetch, Pbx
    from trunks.services.landing import land
    from trunks.services.reading import Reading

    pbx = Pbx.objects.get(name=build_pbx(number).name)
    fetch = Fetch.objects.create(
        pbx=pbx, state=Fetch.State.RUNNING, started_at=timezone.now(), lease_until=timezone.now()
    )
    reading = Reading(tuple(records), timezone.now())
    began = time.perf_counter()
    land(fetch, reading)
    spent = (time.perf_counter() - began) * 1000
    fetch.refresh_from_db()
    if fetch.state != Fetch.State.SUCCEEDED:
        raise SystemExit(f"the fetch {fetch.state}: {fetch.reason} {fetch.detail}")
    return spent


def _again(record: TrunkRecord) -> TrunkRecord:
    """Return the record as it comes off the line: its bindings not read yet."""
    return replace(record)


def _edited(record: TrunkRecord, bindings: int) -> TrunkRecord:
    """Return a trunk with a digit more in the numbers of so many bindings."""
    extensions = (record.extensions_dod or "").split(",")
    groups = (record.groups_dod or "").rstrip(",").split(",")
    pieces = [*extensions, *groups]
    pieces[:bindings] = [f"{piece[:1]}1{piece[1:]}" for piece in pieces[:bindings]]
    return replace(
        record,
        extensions_dod=",".join(pieces[: len(extensions)]),
        groups_dod=",".join(pieces[len(extensions) :]) + ",",
    )
