"""How long people wait who all type at once, one user and many alike over HTTP."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping

from bench import pages, site, web
from bench.figures import figure, percentile
from bench.world import SEED, build_pbx

PEOPLE = 32
SECONDS = 60.0
WORDS = 500


def typing_together(database: str, database_url: str, pbxs: int) -> None:
    """Let 32 people type for a minute, each logged in; then as fast as the page can ask."""
    word = "typing" if database == "sqlite" else f"typing_{database}"
    with web.running_site(database_url) as (port, _process):
        pages.visitor(port)
        cookies = [_logged_in(port) for _ in range(PEOPLE)]
        for name, every_key in ((word, False), (f"{word}_every_key", True)):
            asked = {
                "port": port,
                "cookies": cookies,
                "words": _words(pbxs),
                "seconds": SECONDS,
                "every_key": every_key,
            }
            _figures(name, asked)


def _figures(name: str, asked: Mapping[str, object]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.typists"],
        input=json.dumps(asked).encode(),
        stdout=subprocess.PIPE,
        cwd=site.ROOT,
        check=True,
    )
    result = json.loads(done.stdout)
    times, errors = result["times"], result["errors"]
    for error in errors[:5]:
        print(f"  error: {error}")
    figure(f"{name}_requests", len(times) / SECONDS, "1/s")
    figure(f"{name}_p50", percentile(times, 50), "ms")
    figure(f"{name}_p95", percentile(times, 95), "ms")
    figure(f"{name}_max", max(times), "ms")
    figure(f"{name}_errors", len(errors), "requests")


def _logged_in(port: int) -> str:
    browser = web.Browser(port)
    browser.log_in()
    return browser.cookie_header


def _words(pbxs: int) -> list[str]:
    """Return what people look for: numbers, names, extensions, trunks."""
    chance = random.Random(f"{SEED}/typing")  # noqa: S311
    found: list[str] = []
    while len(found) < WORDS:
        trunk = chance.choice(build_pbx(chance.randrange(pbxs)).records)
        piece = chance.choice(trunk.bindings)
        found += [word for word in (piece.number, piece.name, piece.target, trunk.name) if word]
    return found
