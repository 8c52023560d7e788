"""How long the search itself takes: no HTTP, no template."""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple
from urllib.parse import urlencode

from bench.figures import figure, percentile
from bench.queries import QUERIES, random_queries

ROUNDS = 5
# Of the random ones, so many of the slowest are asked again: was it the query, or the machine?
ASKED_AGAIN = 10


class Spent(NamedTuple):
    """Milliseconds that passed, and those that this thread worked."""

    wall: float
    cpu: float


def ask(line: str) -> None:
    """Do for one line what the list does before it is shown: rows, capped count and facets."""
    from django.http import QueryDict

    from trunks.forms.facets import count_facets
    from trunks.forms.lists import DodListForm
    from trunks.models import UNLIMITED
    from trunks.models.binding_row import binding_rows

    form = DodListForm(QueryDict(urlencode({"q": line})), path="/dods/", sight=UNLIMITED)
    form.turn(binding_rows)
    count_facets(form)


def fixed(database: str, database_url: str, pbxs: int) -> None:
    """Ask the forty lines, several rounds of them; a round before is not counted."""
    lines = [query.line for query in QUERIES]
    times: dict[str, list[Spent]] = {line: [] for line in lines}
    for turn in range(ROUNDS + 1):
        for line in lines:
            spent = _spent(line)
            if turn:
                times[line].append(spent)
    _tell(times)
    everything = [one for found in times.values() for one in found]
    _figures(f"{database}_query", everything)


def at_random(database: str, database_url: str, pbxs: int) -> None:
    """Ask each of the random lines once, and the slowest of them again; before it, one line that is not counted."""
    ask("")
    times = {line: _spent(line) for line in random_queries(pbxs)}
    slowest = sorted(times, key=lambda line: -times[line].wall)[:ASKED_AGAIN]
    again = {line: [_spent(line) for _ in range(3)] for line in slowest}
    _tell(again)
    _figures(f"{database}_random", list(times.values()))
    figure(f"{database}_random_max_again", max(map(_median, again.values())), "ms")


def _spent(line: str) -> Spent:
    began, worked = time.perf_counter(), time.thread_time()
    ask(line)
    return Spent((time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000)


def _median(found: list[Spent]) -> float:
    return statistics.median(one.wall for one in found)


def _figures(name: str, times: list[Spent]) -> None:
    wall = [one.wall for one in times]
    for share in (50, 95):
        figure(f"{name}_p{share}", percentile(wall, share), "ms")
    figure(f"{name}_max", max(wall), "ms")
    # What is left of it where nothing else runs on the machine; of PostgreSQL only our own part.
    figure(f"{name}_cpu_p95", percentile([one.cpu for one in times], 95), "ms")


def _tell(times: dict[str, list[Spent]]) -> None:
    """Print the slowest lines, for whoever asks why."""
    for line in sorted(times, key=lambda line: -_median(times[line]))[:ASKED_AGAIN]:
        cpu = statistics.median(one.cpu for one in times[line])
        print(f"  {_median(times[line]):8.1f} ms, {cpu:6.1f} of it ours: {line}", flush=True)
