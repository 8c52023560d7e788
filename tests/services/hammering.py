"""A process of its own that fetches and tests PBXs from several threads, as hard as it can.

    python -m tests.services.hammering <seconds> <threads> <PBX id> …

Its database is the one of PBXDASH_DATABASE_URL. Prints how many attempts it made.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import django


def hammer(seconds: float, threads: int, pbx_ids: list[int]) -> int:
    """Fetch the PBXs in turn from all threads until the time is up; return how often."""
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(lambda start: _fetch_until(end, pbx_ids, start), range(threads)))


def _fetch_until(end: float, pbx_ids: list[int], start: int) -> int:
    from django.db import OperationalError, connection

    from trunks.models import Pbx
    from trunks.services.connecting import client_for
    from trunks.yeastar import PbxError

    done = 0
    try:
        for pbx_id in islice(cycle(pbx_ids), start, None):
            done += 1
            # Below the rows of fetches, which let only one at a time through to a PBX.
            try:
                pbx = Pbx.objects.get(pk=pbx_id)
                with client_for(pbx) as client:
                    client.trunks()
            except (PbxError, OperationalError):
                time.sleep(0.005)
            # Each tries once at least, however slow the machine.
            if time.monotonic() > end:
                break
    finally:
        connection.close()
    return done


if __name__ == "__main__":
    django.setup()
    made = hammer(float(sys.argv[1]), int(sys.argv[2]), [int(one) for one in sys.argv[3:]])
    sys.stdout.write(str(made))
