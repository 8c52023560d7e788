"""How long the search itself takes: no HTTP, no template."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from urllib.parse import urlencode

from bench.figures import figure, percentile
from bench.queries import QUERIES, random_queries

ROUNDS = 5
# Of the random ones, so many of the slowest are asked again: was it the query, or the machine?
ASKED_AGAIN = 10


def ask(line: str) -> None:
    """Do for one line what the list does before it is shown: rows, capped count and facets."""
    from django.http import QueryDict

    from trunks.forms.facets import facets_of
    from trunks.forms.lists import DodListForm
    from trunks.models import DodBinding

    form = DodListForm(QueryDict(urlencode({"q": line})), path="/dods/")
    form.turn(DodBinding.objects.for_table())
    facets_of(form)


def fixed(database: str, database_url: str, pbxs: int) -> None:
    """Ask the forty lines, several rounds of them."""
    lines = [query.line for query in QUERIES]
    times = {line: [_milliseconds(line)] for line in lines}
    for line in lines:
        times[line] = []
    for _ in range(ROUNDS):
        for line in lines:
            times[line].append(_milliseconds(line))
    _tell(times)
    everything = [one for found in times.values() for one in found]
    figure(f"{database}_query_p50", percentile(everything, 50), "ms")
    figure(f"{database}_query_p95", percentile(everything, 95), "ms")
    figure(f"{database}_query_max", max(everything), "ms")


def at_random(database: str, database_url: str, pbxs: int) -> None:
    """Ask each of the random lines once, and the slowest of them again."""
    times = {line: _milliseconds(line) for line in random_queries(pbxs)}
    slowest = sorted(times, key=lambda line: -times[line])[:ASKED_AGAIN]
    again = {line: [_milliseconds(line) for _ in range(3)] for line in slowest}
    _tell({line: [times[line], *again[line]] for line in slowest})
    figure(f"{database}_random_p50", percentile(list(times.values()), 50), "ms")
    figure(f"{database}_random_p95", percentile(list(times.values()), 95), "ms")
    figure(f"{database}_random_max", max(times.values()), "ms")
    medians = [statistics.median(found) for found in again.values()]
    figure(f"{database}_random_max_again", max(medians), "ms")


def _milliseconds(line: str) -> float:
    began = time.perf_counter()
    ask(line)
    return (time.perf_counter() - began) * 1000


def _tell(times: dict[str, list[float]]) -> None:
    """Print the slowest lines with their times, for whoever asks why."""
    by_median: Iterable[str] = sorted(times, key=lambda line: -statistics.median(times[line]))
    for line in list(by_median)[:ASKED_AGAIN]:
        print(f"  {statistics.median(times[line]):8.1f} ms  {line}", flush=True)
