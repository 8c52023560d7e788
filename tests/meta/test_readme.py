"""The README keeps its promises."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def settings_that_are_read() -> set[str]:
    text = (ROOT / "pbxdash" / "settings.py").read_text(encoding="utf-8")
    calls = re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z_]+)"', text)
    return {f"PBXDASH_{name}" for name in calls}


def test_every_setting_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert not {name for name in settings_that_are_read() if f"`{name}`" not in readme}


def test_every_setting_in_the_readme_is_read():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(PBXDASH_\w+)`", readme, flags=re.MULTILINE))

    assert named == settings_that_are_read()


def test_every_make_target_of_the_readme_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`?make ([a-z-]+)", readme))

    assert not {target for target in targets if f"\n{target}:" not in makefile}
