"""Imports go one way, as the design says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TRUNKS = Path(__file__).resolve().parents[2] / "trunks"

# Place, and what nothing in it may import.
FORBIDDEN = {
    "views": ("requests", "urllib3", "trunks.yeastar", "trunks.simulator"),
    "forms": ("requests", "trunks.yeastar", "trunks.services", "trunks.views"),
    "models": ("requests", "trunks.yeastar", "trunks.services", "trunks.search", "trunks.views"),
    "search": ("requests", "trunks.yeastar", "trunks.services", "trunks.views"),
    "services": ("requests", "trunks.views", "trunks.forms", "django.http", "trunks.simulator"),
    "yeastar": ("django", "trunks.models", "trunks.services", "trunks.keyring", "pbxdash"),
    "simulator": ("django", "trunks.models", "trunks.services", "trunks.yeastar", "pbxdash"),
}


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("place", sorted(FORBIDDEN))
def test_a_place_imports_nothing_that_stands_above_or_outside_it(place: str):
    wrong = [
        f"{path.relative_to(TRUNKS)} imports {name}"
        for path in (TRUNKS / place).rglob("*.py")
        for name in imported_by(path)
        for forbidden in FORBIDDEN[place]
        if name == forbidden or name.startswith(forbidden + ".")
    ]

    assert not wrong


def test_every_place_exists():
    assert all((TRUNKS / place).is_dir() for place in FORBIDDEN)
