"""No template breaks the content policy, steps around escaping, or speaks one language only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"), key=str)
FORBIDDEN = {
    "style attribute": r"\sstyle\s*=",
    "style element": r"<style\b",
    "event attribute": r"<[^>]*\son[a-z]+\s*=",
    "script in line": r"<script\b(?![^>]*\ssrc=)",
    "hx-on": r"\shx-on",
    "evaluated values": r"""hx-(?:vals|headers)\s*=\s*["']\s*(?:js|javascript):""",
    "evaluated trigger": r"""hx-trigger\s*=\s*["'][^"']*\[""",
    "script address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|\bautoescape\s+off\b",
    "link to nowhere": r"""href\s*=\s*["']#["']""",
}
LONGEST = 70
# The names of the product, of kinds of files and of languages are the same in every language.
UNTRANSLATED = {"pbxdash", "EN", "中文", "demo", "CSV", "JSON"}


def words_outside_markup(source: str) -> list[str]:
    """Return the words that no tag marks for translation."""
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", " ", source, flags=re.DOTALL)
    source = re.sub(r"{%\s*blocktrans.*?endblocktrans(?:late)?\s*%}", " ", source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.DOTALL)
    source = re.sub(r"<kbd.*?</kbd>", " ", source, flags=re.DOTALL)
    shown = re.findall(r"""\s(?:aria-label|title|placeholder|alt)="([^"]+)\"""", source)
    text = re.sub(r"<[^>]*>", " ", source)
    words = re.findall(r"&\w+;|([^\W\d_]{2,})", " ".join([text, *shown]))
    return [word for word in words if word and word not in UNTRANSLATED]


@pytest.fixture(params=TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def source(request) -> str:
    return str(request.param.read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_template_has_none_of(source, what):
    assert not re.search(FORBIDDEN[what], source, flags=re.IGNORECASE)


def test_every_word_of_a_template_is_marked_for_translation(source):
    assert words_outside_markup(source) == []


def test_template_fits_a_screen(source):
    assert len(source.splitlines()) <= LONGEST


def test_lint_finds_a_word_that_is_not_marked():
    assert words_outside_markup('<p title="Copy">Trunks</p>') == ["Trunks", "Copy"]


def test_style_sheet_stays_small():
    sheet = Path(settings.BASE_DIR) / "static" / "css" / "pbxdash.css"
    assert sheet.stat().st_size < 30 * 1024
