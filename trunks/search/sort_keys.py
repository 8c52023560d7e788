"""What DOD bindings are sorted by: stored beside what is shown, so that an index has every order ready."""

from __future__ import annotations

from typing import Protocol

from trunks.models.dod import SEVERITIES, DodBinding, DodIssue
from trunks.search.text import digits_of, normalise

# Extensions have one to seven digits (help.yeastar.com, S-Series, extensions); odd ones may have more.
LONGEST_EXTENSION = 20


class Sortable(Protocol):
    """What is shown of a binding: a row, or a record of one."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def issue(self) -> str: ...


def sort_keys(binding: Sortable) -> dict[str, str | int]:
    """Return the fields that lists are sorted by; change `sections.RULE` with any change here."""
    target = normalise(binding.target)
    return {
        "digits": digits_of(binding.number),
        "search_name": normalise(binding.name),
        # As a number: 999 is before 1000.
        "search_target": target.zfill(LONGEST_EXTENSION) if target.isdecimal() else target,
        "severity": SEVERITIES.index(DodIssue(binding.issue)),
    }


def write_sort_keys(binding: DodBinding) -> None:
    """Set the fields that lists are sorted by from those that are shown."""
    for field, value in sort_keys(binding).items():
        setattr(binding, field, value)
