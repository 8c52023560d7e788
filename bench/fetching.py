"""How long fetching takes: `make bench-fetch`. Prints a line `figure <name> <value> <unit>` for each.

Each part runs in a process of its own over a fresh database, with the simulated fleet in another process.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import subprocess
import sys
import tempfile
import time

from bench import site
from bench.figures import figure, peak_megabytes

WIDTH = 32
LATENCY = 0.2
FLEET = 200


def bound(calls: int) -> float:
    """Return the seconds that latency and pool width allow: 200 PBXs in 32 threads are seven rounds."""
    return math.ceil(FLEET / WIDTH) * calls * LATENCY


def timed_run() -> float:
    """Fetch every PBX and return the wall seconds; raise when one failed."""
    from trunks.models import FetchRun, Pbx
    from trunks.services.pool import FetchPool
    from trunks.services.runs import run_start

    began = time.perf_counter()
    run = run_start(pbxs=Pbx.objects.all(), scope=FetchRun.Scope.ALL, wake=False)
    with FetchPool(WIDTH) as pool:
        pool.work_off()
    seconds = time.perf_counter() - began
    progress = run.progress()
    if progress.succeeded != progress.total:
        raise SystemExit(f"{progress.failed} of {progress.total} failed: no figure")
    return seconds


def latency_bound(database_url: str) -> None:
    """Runs over 200 PBXs of 200 ms: tokens cold (log-in and question), and warm (the question alone)."""
    from django.core.cache import cache

    site.add_pbxs(FLEET)
    with site.fleet(count=FLEET, latency=LATENCY):
        timed_run()  # The first store, and what each PBX does not offer.
        cache.clear()
        cold = timed_run()
        warm = min(timed_run() for _ in range(3))
    figure("run_cold", cold, "s")
    figure("run_cold_over_bound", cold / bound(2), "x")
    figure("run_warm", warm, "s")
    figure("run_warm_over_bound", warm / bound(1), "x")


def latency_with_supplements(database_url: str) -> None:
    """The same, warm, over PBXs that also tell how their trunks are doing: two questions each."""
    from trunks.models import Pbx

    site.add_pbxs(FLEET)
    Pbx.objects.update(reads_extensions=False)
    with site.fleet(count=FLEET, latency=LATENCY, supplements=True):
        timed_run()
        timed_run()
        warm = min(timed_run() for _ in range(3))
    figure("run_warm_registration", warm, "s")
    figure("run_warm_registration_over_bound", warm / bound(2), "x")


def store(database_url: str) -> None:
    """The processor time of one PBX with 64 trunks and 5,000 bindings, first and unchanged."""
    from trunks.models import Pbx
    from trunks.services.fetching import fetch_now

    site.add_pbxs(1)
    with site.fleet(count=1, trunks=64, bindings=5000):
        pbx = Pbx.objects.get()
        spent = []
        for _ in range(6):
            began = time.process_time()
            fetch = fetch_now(pbx=pbx)
            spent.append((time.process_time() - began) * 1000)
            if fetch.state != "succeeded":
                raise SystemExit(f"failed: {fetch.reason}")
    figure("first_store_cpu", spent[0], "ms")
    figure("unchanged_cpu", sorted(spent[1:])[2], "ms")


def worker_run(database_url: str, *, name: str, workers: int) -> None:
    """A run over 1,000 PBXs with 1,000 bindings each, 20 of them unreachable, by real worker processes."""
    from trunks.models import FetchRun, Pbx
    from trunks.services.runs import run_start

    site.add_pbxs(1000, unreachable=20)
    with site.fleet(count=1000, trunks=16, bindings=1000):
        command = [sys.executable, "manage.py", "worker", "--threads", str(WIDTH)]
        processes = [
            subprocess.Popen(command, cwd=site.ROOT, env=site.environment(database_url))  # noqa: S603
            for _ in range(workers)
        ]
        try:
            for visit in ("first", "unchanged"):
                began = time.perf_counter()
                run = run_start(
                    pbxs=Pbx.objects.all(), scope=FetchRun.Scope.ALL, insists=True, wake=False
                )
                while not (progress := run.progress()).is_over:
                    time.sleep(0.25)
                figure(f"run_1000_{name}_{visit}", time.perf_counter() - began, "s")
                if (progress.succeeded, progress.failed) != (980, 20):
                    raise SystemExit(f"unexpected: {progress.counts}")
            peaks = [peak_megabytes(process.pid) for process in processes]
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
    if name == "sqlite":
        figure("worker_peak", max(peaks), "MB")
    else:
        figure(f"worker_peak_{name}", max(peaks), "MB")


def main() -> None:
    """Run one part, or all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?")
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    if options.part:
        site.use(options.database)
        run_part(options.part, options.database)
        return
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}")
    for part in ("latency", "registration", "store", "sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            in_own_process(part, f"sqlite:///{folder}/bench.sqlite3")
    from bench.postgresql import server

    for part in ("postgresql_1", "postgresql_4"):
        with server() as database_url:
            if not database_url:
                print(f"{part}: no PostgreSQL programs here")
                continue
            in_own_process(part, database_url)


def in_own_process(part: str, database_url: str) -> None:
    """Run one part where nothing of the others is left."""
    command = [sys.executable, "-m", "bench.fetching", part, "--database", database_url]
    subprocess.run(command, cwd=site.ROOT, env=site.environment(database_url), check=True)  # noqa: S603


def run_part(part: str, database_url: str) -> None:
    """Run the part with this name."""
    if part == "latency":
        latency_bound(database_url)
    elif part == "registration":
        latency_with_supplements(database_url)
    elif part == "store":
        store(database_url)
    else:
        workers = part.partition("_")[2]
        worker_run(database_url, name=part, workers=int(workers or 1))


if __name__ == "__main__":
    main()
