"""The same questions to our list, to Django admin's changelist and to Datasette's table page: page against page.

Whole pages of each, with the settings that they are shipped with.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from bench import database, datasette, pages, web
from bench.figures import figure, percentile
from bench.queries import QUERIES

# What a peer cannot be asked at all is not asked of us either.
ASKED = tuple(query for query in QUERIES if query.words)
ROUNDS = 5
PEER_ROUNDS = 2


@dataclass(slots=True)
class Answers:
    """The times of a peer in milliseconds; an answer that is an error counts with the time it took."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)

    def ask(self, browser: web.Browser, path: str, words: str, *, mark: bytes) -> None:
        """Ask once, and keep what became of it; a page with rows has the mark."""
        began = time.perf_counter()
        try:
            status, page = browser.get(path)
        except (OSError, http.client.HTTPException):
            browser.hang_up()
            status, page = 0, b""
        self.times.append((time.perf_counter() - began) * 1000)
        if status != http.client.OK:
            self.errors.append(words)
        elif mark in page:
            self.found.add(words)


def compare(_database: str, database_url: str, pbxs: int) -> None:
    """Ask whole pages of each, one after the other, with nothing else running."""
    with web.running_site(database_url, settings="bench.peer_settings") as (port, _process):
        browser = pages.visitor(port)
        lines = [query.line for query in ASKED]
        ours = pages.together(pages.ask_all(browser, lines, ROUNDS, is_fragment=False))
        admin = _admin(browser)
    tables = _datasette(pbxs)
    print(f"  {len(ASKED)} lines; an error counts with the time it took, {web.TIMEOUT} s at most")
    _tell("ours_page", Answers(ours))
    _tell("admin_http", admin)
    _tell("datasette_http", tables)
    # Lines that the admin finds rows for and Datasette none: a trigram knows no word of one or two
    # characters, so these pages are quick and empty.
    blind = len(admin.found - tables.found)
    figure("datasette_http_blind", blind, "lines")
    for name, theirs in (("admin", admin), ("datasette", tables)):
        ratio = percentile(theirs.times, 95) / percentile(ours, 95)
        figure(f"{name}_over_ours_p95", ratio, "x")


def _admin(browser: web.Browser) -> Answers:
    answers = Answers()
    browser.get("/peer/trunks/dodbinding/")
    for _ in range(PEER_ROUNDS):
        for query in ASKED:
            path = f"/peer/trunks/dodbinding/?{urlencode({'q': query.words})}"
            answers.ask(browser, path, query.words, mark=b'id="result_list"')
    return answers


def _datasette(pbxs: int) -> Answers:
    answers = Answers()
    with datasette.running(database.sqlite_file(pbxs)) as (port, table):
        browser = web.Browser(port)
        browser.get(table)
        for _ in range(PEER_ROUNDS):
            for query in ASKED:
                path = f"{quote(table)}?{urlencode({'_search': query.words})}"
                answers.ask(browser, path, query.words, mark=b'class="rows-and-columns"')
    return answers


def _tell(name: str, answers: Answers) -> None:
    figure(f"{name}_p50", percentile(answers.times, 50), "ms")
    figure(f"{name}_p95", percentile(answers.times, 95), "ms")
    figure(f"{name}_errors", len(answers.errors), "pages")
