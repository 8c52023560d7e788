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
        before = web.peak_of_all(process.pid)
        began = time.perf_counter()
        seconds, size = browser.first_byte(ROUTE)
        spent = time.perf_counter() - began
        peak = web.peak_of_all(process.pid)
    print(f"  {size / 1e6:.0f} MB of CSV; the server held {before:.0f} MB before")
    word = "export" if database == "sqlite" else f"export_{database}"
    figure(f"{word}_first_byte", seconds, "s")
    figure(f"{word}_whole", spent, "s")
    figure(f"{word}_peak", peak, "MB")
