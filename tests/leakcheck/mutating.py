"""Taking one line of the code away for a test: its source is changed and compiled anew where it stood."""

from __future__ import annotations

import importlib
import inspect
import sys
import textwrap
from types import FunctionType, ModuleType

import pytest


def mutate(patch: pytest.MonkeyPatch, place: str, old: str, new: str) -> None:
    """Replace a text in the function or class that `package.module:name` means, everywhere it is known by that name.

    Fails when the text is not there any more: then the redaction has moved, and the table has to follow.
    """
    module_name, _, path = place.partition(":")
    owner: object = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    found = inspect.unwrap(getattr(owner, name))
    changed = _changed(found, old, new)
    before = getattr(owner, name)
    if not isinstance(owner, ModuleType):
        is_property = isinstance(inspect.getattr_static(owner, name), property)
        assert not is_property, "a property is not mutated here"
        patch.setattr(owner, name, changed)
        return
    for module in [*sys.modules.values()]:
        known_as = getattr(module, "__dict__", {})
        if module.__name__.startswith(("trunks", "pbxdash")) and known_as.get(name) is before:
            patch.setattr(module, name, changed)


def _changed(found: object, old: str, new: str) -> object:
    assert isinstance(found, FunctionType)
    source = textwrap.dedent(inspect.getsource(found))
    assert old in source, f"{found.__qualname__} has no {old!r} any more"
    while not source.startswith("def "):  # its decorators
        source = source.partition("\n")[2]
    made: dict[str, object] = {}
    if "__class__" in found.__code__.co_freevars:
        inner = textwrap.indent(source.replace(old, new), "        ")
        source = f"def outer(__class__):\n    if True:\n{inner}\n    return {found.__name__}\n"
        exec(source, found.__globals__, made)  # noqa: S102
        outer = made["outer"]
        assert isinstance(outer, FunctionType)
        cell = found.__closure__[0].cell_contents if found.__closure__ else None
        return outer(cell)
    exec(source.replace(old, new), found.__globals__, made)  # noqa: S102
    return made[found.__name__]
