"""The made-up fleet in a database, written by the product itself: as fetches would have left it.

Nothing here writes a row of a binding or of the index: that is what `store` is for.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench.world import MadeUpPbx, build_world

if TYPE_CHECKING:
    from trunks.models import Fetch, Pbx

# When the fleet was read. The settings of the benchmark call it fresh, on whatever day it runs.
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
STALE = timedelta(days=3)
# In one transaction; the more, the fewer times the index is merged.
PBXS_AT_ONCE = 25


def stale_after() -> int:
    """Return for how many seconds data counts as fresh, so that what was fresh at the moment still is."""
    return int((datetime.now(UTC) - MOMENT + STALE / 2).total_seconds())


def load(pbxs: int) -> None:
    """Write the whole world into an empty database that is migrated."""
    from django.db import transaction

    began = time.perf_counter()
    waiting: list[MadeUpPbx] = []
    with _without_gin():
        for made_up in build_world(pbxs):
            waiting.append(made_up)
            if len(waiting) == PBXS_AT_ONCE or made_up.number == pbxs - 1:
                with transaction.atomic():
                    _write(waiting)
                waiting.clear()
                print(f"\r{made_up.number + 1} of {pbxs} PBXs …", end="", flush=True)
    _settle()
    print(f"\r{pbxs} PBXs loaded in {time.perf_counter() - began:.0f} s", flush=True)


def _write(made_up: list[MadeUpPbx]) -> None:
    from trunks.models import Fetch, Pbx

    pbxs = Pbx.objects.bulk_create(_pbx_of(one) for one in made_up)
    fetches = Fetch.objects.bulk_create(
        Fetch(
            pbx=pbx,
            state=Fetch.State.SUCCEEDED,
            requested_at=MOMENT,
            started_at=pbx.observed_at,
            finished_at=pbx.observed_at,
            seen=len(one.records),
        )
        for pbx, one in zip(pbxs, made_up, strict=True)
    )
    for fetch, one in zip(fetches, made_up, strict=True):
        _store(fetch, one)
        fetch.pbx.last_fetch = fetch
    Pbx.objects.bulk_update(pbxs, ["last_fetch"])


def _pbx_of(made_up: MadeUpPbx) -> Pbx:
    from django.utils.text import slugify

    from trunks.models import Pbx, Trust
    from trunks.search.sections import pbx_text
    from trunks.search.text import normalise

    read_at = MOMENT - (STALE if made_up.condition == "stale" else timedelta())
    pbx = Pbx(
        name=made_up.name,
        slug=slugify(normalise(made_up.name)),
        site=made_up.site,
        base_url=f"https://10.200.{made_up.number // 250}.{made_up.number % 250 + 1}:8088",
        username="api",
        trust=Trust.PLAIN if made_up.is_insecure else Trust.SYSTEM,
        enabled=made_up.condition != "disabled",
        country_code=made_up.country_code,
        national_prefix=made_up.national_prefix,
        search_name=normalise(made_up.name),
        observed_at=read_at + timedelta(seconds=made_up.number),
        failing_since=MOMENT if made_up.condition == "failing" else None,
    )
    pbx.search_text = pbx_text(pbx)
    return pbx


def _store(fetch: Fetch, made_up: MadeUpPbx) -> None:
    from trunks.models import Supplement
    from trunks.services.storing import store
    from trunks.services.supplements import SupplementAnswer, supplements_store

    pbx = fetch.pbx
    at = pbx.observed_at or MOMENT
    lists = (
        SupplementAnswer(Supplement.Kind.EXTENSIONS, made_up.extensions),
        SupplementAnswer(Supplement.Kind.GROUPS, made_up.groups),
    )
    # Before the trunks, so that their bindings are settled as they are written.
    supplements_store(pbx=pbx, answers=lists, at=at)
    store(fetch=fetch, records=made_up.records, observed_at=at, stored=[])
    if made_up.removed:
        kept = [one for one in made_up.records if one.remote_id not in made_up.removed]
        store(fetch=fetch, records=kept, observed_at=at)
    states = (SupplementAnswer(Supplement.Kind.REGISTRATION, made_up.registration),)
    supplements_store(pbx=pbx, answers=states, at=at)


@contextmanager
def _without_gin() -> Iterator[None]:
    """Make the index of PostgreSQL after the rows, as a restored backup does; row by row takes far longer."""
    from django.db import connection

    definitions: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '% USING gin %'"
            )
            definitions = cursor.fetchall()
        for name, _definition in definitions:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        if definitions:
            cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in definitions:
            cursor.execute(definition)


def _settle() -> None:
    """Do what the worker and the database do by themselves within a day."""
    from django.db import connection

    from trunks.services.search_merging import search_merge
    from trunks.services.search_texts import search_measure

    search_measure()
    search_merge(leaves_time=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def environment(database_url: str) -> dict[str, str]:
    """Return the settings of the site over the made-up fleet."""
    from bench import site

    return {
        **site.environment(database_url),
        "PBXDASH_STALE_AFTER": str(stale_after()),
        "PBXDASH_INSECURE_HTTP": "true",
        "PBXDASH_STATIC_ROOT": os.fspath(site.ROOT / "var" / "bench" / "static"),
    }


def main() -> None:
    """Fill the database that the settings name."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    # Nothing here goes in circles, and looking for it takes a tenth of the time.
    gc.disable()
    load(int(sys.argv[1]))


if __name__ == "__main__":
    main()
