"""How soon the export of everything begins, and what it holds in memory."""

from __future__ import annotations

import time

from bench import pages, web
from bench.figures import figure

ROUTE = "/dods/export.csv"


def export(database: str, database_url: str, pbxs: int) -> None:
    """Download all DOD bindings as CSV."""
    from django.urls import Resolver404, resolve

    try:
        resolve(ROUTE)
    except Resolver404:
        print(f"export: there is no {ROUTE} yet, so no figure")
        return
    with web.running_site(database_url) as (port, process):
        browser = pages.visitor(port)
        with web.Watched(process.pid) as before:
            time.sleep(1)
        with web.Watched(process.pid) as held:
            began = time.perf_counter()
            seconds, size = browser.first_byte(ROUTE)
            spent = time.perf_counter() - began
        with_files = web.peak_of_all(process.pid)
    print(
        f"  {size / 1e6:.0f} MB of CSV; a process of the server held {before.peak:.0f} MB before,"
    )
    print(
        f"  and {with_files:.0f} MB at the most with what the system keeps of the database's file"
    )
    word = "export" if database == "sqlite" else f"export_{database}"
    figure(f"{word}_first_byte", seconds, "s")
    figure(f"{word}_whole", spent, "s")
    figure(f"{word}_peak", held.peak, "MB")
