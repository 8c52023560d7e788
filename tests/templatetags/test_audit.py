"""What is said of the details of an audit entry."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from trunks.models import AuditEntry
from trunks.templatetags.audit import LABELS, told

# The names under which details are put together before they are recorded, and what records them.
GATHERED = {"details", "asked", "named"}
RECORDING = {"audit_record", "_recorded", "begin"}
# Of these, shared links hand details on one by one.
ONE_BY_ONE = {"label", "shows", "bindings", "usernames", "passphrase", "ends", "visitor"}
SOURCES = sorted((Path(settings.BASE_DIR) / "trunks" / "services").rglob("*.py"))


def recorded(source: Path) -> set[str]:
    """The names of the details that a module records."""
    return {
        key.value
        for node in ast.walk(ast.parse(source.read_text()))
        for value in _gathered(node)
        if isinstance(value, ast.Dict)
        for key in value.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _gathered(node: ast.AST) -> Iterator[ast.AST | None]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in RECORDING:
            yield from [*node.args, *(one.value for one in node.keywords)]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield node.value if name in GATHERED else None


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_detail_that_is_recorded_has_a_label(source: Path):
    assert recorded(source) - set(LABELS) == set()


def test_details_of_shared_links_have_labels():
    assert ONE_BY_ONE - set(LABELS) == set()


def test_what_has_no_label_is_shown_by_its_name_and_what_is_empty_not_at_all():
    entry = AuditEntry(details='{"trunk": "15", "new": ["a", "b"], "site": ""}')

    assert told(entry) == [("trunk id", "15"), ("new", "a, b")]
