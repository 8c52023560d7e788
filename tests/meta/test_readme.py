"""The README and docs/ keep their promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
texts = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)


def settings_that_are_read() -> set[str]:
    text = (ROOT / "pbxdash" / "settings.py").read_text(encoding="utf-8")
    calls = re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z_]+)"', text)
    return {f"PBXDASH_{name}" for name in calls}


def test_the_table_of_settings_names_all_that_are_read_and_no_others():
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(PBXDASH_\w+)`", table, flags=re.MULTILINE))

    assert named == settings_that_are_read()


@texts
def test_links_lead_to_files_that_are_there(path):
    links = re.findall(r"\]\(([^):]+)\)", path.read_text(encoding="utf-8"))

    assert not [link for link in links if not (path.parent / link).exists()]


@texts
def test_every_command_that_is_named_exists(path):
    named = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text(encoding="utf-8")))

    assert named <= get_commands().keys()


def test_every_make_target_of_the_readme_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`?make ([a-z-]+)", readme))

    assert not {target for target in targets if f"\n{target}:" not in makefile}
