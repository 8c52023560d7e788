"""No page reads rows of PBXs without asking what the person may see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

TRUNKS = Path(__file__).resolve().parents[2] / "trunks"
# What answers requests; services and commands work for all, and admin.py is closed to whom is limited.
ASKED = ("views", "forms", "search", "templatetags")
_READ = re.compile(
    r"\b(?:Pbx|Trunk|DodBinding|Fetch|FetchRun|HeldAnswer|Supplement|TrunkVersion|LoginAttempt)"
    r"\.(?:objects|_default_manager)\b(?!\.in_sight\()[^\n]*"
)
_LOOSE = re.compile(r"(?:get_object_or_404|get_list_or_404)\((?:Pbx|Trunk|Fetch|FetchRun),[^\n]*")
# By file, with why it needs no limit.
ALLOWED = {
    # All rows of a list, among which `Finding` keeps to what is in sight; it hands over their ids.
    "forms/lists.py": 3,
    "forms/pbx_list.py": 1,
    "search/suggesting.py": 3,
    "search/values_in_sight.py": 3,
    # What a row shows, of rows that were found so.
    "usage.py": 1,
    "views/exports.py": 2,
    "views/pbxs.py": 2,
    "views/trunks.py": 1,
    # A held answer of a PBX at hand.
    "views/held.py": 1,
    # A name is one PBX's, whoever sees it.
    "forms/pbxs.py": 1,
    # Ids of the trunks that hold the condition, the limit among it; states, beside a condition that has it.
    "search/matching.py": 1,
    "search/conditions.py": 1,
    # How common pieces of text are, which decides only how rows are looked for.
    "search/commonness.py": 3,
    # The trunk of a shared link, whose maker's sight is asked when it is opened.
    "shared_trunk.py": 1,
    # The first PBXs for whom nothing is out of sight; whether any fetch waits at all, which is not shown.
    "shell.py": 2,
    # Whether any worker is at work.
    "runs.py": 1,
    # What the limit itself is worked out from.
    "sight.py": 1,
}


def read_without_sight() -> Iterator[tuple[str, str]]:
    pages = [path for place in ASKED for path in sorted((TRUNKS / place).rglob("*.py"))]
    for path in [*pages, *sorted(TRUNKS.glob("*.py"))]:
        if path.name not in {"admin.py", "site_limit_admin.py"}:
            text = path.read_text(encoding="utf-8")
            for pattern in (_READ, _LOOSE):
                for found in pattern.finditer(text):
                    yield path.relative_to(TRUNKS).as_posix(), found.group()


def test_every_read_of_a_page_takes_what_is_in_sight():
    """One more than these is either limited with `in_sight`, or named above with its reason."""
    found: dict[str, list[str]] = {}
    for name, read in read_without_sight():
        found.setdefault(name, []).append(read)
    assert {name: len(reads) for name, reads in found.items()} == ALLOWED, found
