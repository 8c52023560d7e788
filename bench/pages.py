"""How long the list takes as a page and as its fragment, over HTTP: log-in and rendering included."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from urllib.parse import urlencode

from bench import web
from bench.figures import figure, percentile
from bench.queries import QUERIES

ROUNDS = 5
# The server has two processes with two threads each; so many connections reach all of them.
_VISITORS_TO_WARM_UP = 8


def address(line: str) -> str:
    """Return the address of the list for a line."""
    return f"/dods/?{urlencode({'q': line})}"


def one_user(database: str, database_url: str, pbxs: int) -> None:
    """Ask the forty lines as the search box does, one after the other."""
    with web.running_site(database_url) as (port, _process):
        browser = visitor(port)
        lines = [query.line for query in QUERIES]
        times = ask_all(browser, lines, ROUNDS, is_fragment=True)
        whole = ask_all(browser, lines, 2, is_fragment=False)
    slowest = max(times, key=lambda line: statistics.median(times[line]))
    print(f"  slowest: {slowest}  {statistics.median(times[slowest]):.1f} ms")
    everything = together(times)
    figure(f"{database}_http_p50", percentile(everything, 50), "ms")
    figure(f"{database}_http_p95", percentile(everything, 95), "ms")
    figure(f"{database}_http_max", max(everything), "ms")
    figure(f"{database}_page_p95", percentile(together(whole), 95), "ms")


def visitor(port: int) -> web.Browser:
    """Return somebody who is logged in, at a server whose every thread has worked before."""
    web.add_account()
    browser = web.Browser(port)
    browser.log_in()
    for _ in range(_VISITORS_TO_WARM_UP):
        other = web.Browser(port)
        for query in QUERIES[:3]:
            other.get(address(query.line), Cookie=browser.cookie_header)
    return browser


def ask_all(
    browser: web.Browser, lines: Sequence[str], rounds: int, *, is_fragment: bool
) -> dict[str, list[float]]:
    """Return the times of each line in milliseconds; a round before is not counted."""
    times: dict[str, list[float]] = {line: [] for line in lines}
    for turn in range(rounds + 1):
        for line in lines:
            spent = browser.milliseconds(address(line), is_fragment=is_fragment)
            if turn:
                times[line].append(spent)
    return times


def together(times: dict[str, list[float]]) -> list[float]:
    """Return all times of all lines."""
    return [one for found in times.values() for one in found]
