"""What the terms of a question mean for rows: a condition in SQL on the row alone.

Conditions name the table in full, and bring the trunk, the PBX or the bindings of a row in by themselves, so that
they hold in any query over these rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import connection
from django.utils import timezone

from trunks.models import Registration, TargetKind, Trust
from trunks.models.pbx_state import stale_before
from trunks.search.clues import clue_of
from trunks.search.fields import ISSUE
from trunks.search.grams import label_gram
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS, Clue, index
from trunks.search.language import Match, Term, Wanted, literal
from trunks.search.sections import (
    BINDING_SECTIONS,
    OWN_BINDING_SECTIONS,
    PBX_SECTIONS,
    TRUNK_SECTIONS,
    section_of,
)

ISSUES = frozenset(value for value, _label in ISSUE.values)
_TARGETS = {"ext": TargetKind.EXTENSION.value, "group": TargetKind.GROUP.value}
_OF_BINDINGS = {"number", "ext", "group", "issue", "target"}
_ANYTHING = "[^\n]*"
_ONE = "[^\n]"


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition and the values for its places."""

    text: str
    params: tuple[object, ...] = ()


ALWAYS = Sql("1 = 1")
NEVER = Sql("1 = 0")


class Rows(Enum):
    """The rows of a list: their table, and the sections of the text they are found by."""

    BINDINGS = ("trunks_dodbinding", BINDING_SECTIONS, BINDING_GRAMS)
    BINDINGS_OF_ONE_TRUNK = ("trunks_dodbinding", OWN_BINDING_SECTIONS)
    TRUNKS = ("trunks_trunk", TRUNK_SECTIONS, TRUNK_GRAMS)
    PBXS = ("trunks_pbx", PBX_SECTIONS)

    def __init__(self, table: str, sections: Sequence[str], grams: str = "") -> None:
        self.table = table
        self.sections = sections
        # Without an index there are too few rows to need one.
        self.grams = grams

    @property
    def are_bindings(self) -> bool:
        """Tell whether these are DOD bindings, of many trunks or of one."""
        return self is not Rows.TRUNKS and self is not Rows.PBXS


def conditions(terms: Sequence[Term], rows: Rows) -> Sql:
    """Return the condition that all terms hold; the index narrows it where it can."""
    clues = [found for term in terms if (found := clue(term, rows))]
    said = [condition(term, rows) for term in terms]
    return every([_narrowed(rows, clues), *said] if rows.grams and clues else said)


def condition(term: Term, rows: Rows) -> Sql:
    """Return the condition that a term holds."""
    said = any_of(_holds(term.field, wanted, rows) for wanted in term.wanted)
    return Sql(f"NOT ({said.text})", said.params) if term.negated else said


def clue(term: Term, rows: Rows) -> Clue:
    """Return what the index of these rows can narrow a term by; empty when it cannot."""
    is_of_bindings = term.field in _OF_BINDINGS or term.field == "is"
    if term.negated or (is_of_bindings and not rows.are_bindings):
        return ()
    return clue_of(term)


def every(parts: Iterable[Sql]) -> Sql:
    """Return the condition that all of these hold."""
    return _joined(" AND ", list(parts)) or ALWAYS


def any_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that one of these holds."""
    return _joined(" OR ", list(parts)) or NEVER


def state_condition(state: str, rows: Rows) -> Sql:
    """Return the condition that `is:` a state; one that rows of this kind do not have never holds."""
    if state in ISSUES:
        return _issue(state, rows)
    if rows is Rows.PBXS:
        return _pbx_state(state)
    if state in {"failing", "insecure"}:
        return _of_its_trunk(_of_its_pbx(_pbx_state(state)), rows)
    plain: dict[str, Sql] = {
        "stale": Sql("trunks_trunk.observed_at < %s", (_moment(stale_before()),)),
        "removed": Sql("trunks_trunk.removed_at IS NOT NULL"),
        "bound": Sql("trunks_trunk.dod_count > 0"),
        "unregistered": Sql(
            "LOWER(trunks_trunk.registration) = %s", (Registration.FAILURE.value.lower(),)
        ),
    }
    return _of_its_trunk(plain.get(state, NEVER), rows)


def _joined(word: str, parts: list[Sql]) -> Sql | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.params))


def _holds(field: str, wanted: Wanted, rows: Rows) -> Sql:
    if field == "is":
        return state_condition(wanted.text, rows)
    if field == "kind":
        return _of_its_trunk(Sql("LOWER(trunks_trunk.kind) = %s", (wanted.text,)), rows)
    if field == "issue":
        return _issue(wanted.text, rows)
    if rows is Rows.TRUNKS and field in _OF_BINDINGS:
        said = _holds(field, wanted, Rows.BINDINGS)
        return _some_binding(said, clue(Term(field, (wanted,)), Rows.BINDINGS))
    if field == "target":
        return Sql("trunks_dodbinding.target_kind = %s", (wanted.text,))
    if field in _TARGETS:
        kind = Sql("trunks_dodbinding.target_kind = %s", (_TARGETS[field],))
        return every([kind, _fits("target", wanted, rows)])
    return _fits(field, wanted, rows)


def _issue(issue: str, rows: Rows) -> Sql:
    said = Sql("trunks_dodbinding.issue = %s", (issue,))
    return said if rows.are_bindings else _some_binding(said, ((label_gram(issue),),))


def _narrowed(rows: Rows, clues: Sequence[Clue]) -> Sql:
    query, values = index().narrow(rows.grams, clues)
    return Sql(f"{rows.table}.id IN ({query})", tuple(values))


def _some_binding(said: Sql, found: Clue = ()) -> Sql:
    if found:
        narrowed = every([_narrowed(Rows.BINDINGS, [found]), said])
        return Sql(
            "trunks_trunk.id IN (SELECT trunks_dodbinding.trunk_id FROM trunks_dodbinding"  # noqa: S608
            f" WHERE {narrowed.text})",
            narrowed.params,
        )
    return Sql(
        "EXISTS (SELECT 1 FROM trunks_dodbinding"  # noqa: S608
        f" WHERE trunks_dodbinding.trunk_id = trunks_trunk.id AND ({said.text}))",
        said.params,
    )


def _of_its_trunk(said: Sql, rows: Rows) -> Sql:
    if not rows.are_bindings:
        return said
    return Sql(
        "EXISTS (SELECT 1 FROM trunks_trunk"  # noqa: S608
        f" WHERE trunks_trunk.id = trunks_dodbinding.trunk_id AND ({said.text}))",
        said.params,
    )


def _of_its_pbx(said: Sql) -> Sql:
    return Sql(
        "EXISTS (SELECT 1 FROM trunks_pbx"  # noqa: S608
        f" WHERE trunks_pbx.id = trunks_trunk.pbx_id AND ({said.text}))",
        said.params,
    )


def _pbx_state(state: str) -> Sql:
    plain: dict[str, Sql] = {
        "stale": Sql(
            "trunks_pbx.observed_at IS NULL OR trunks_pbx.observed_at < %s",
            (_moment(stale_before()),),
        ),
        "failing": Sql("trunks_pbx.failing_since IS NOT NULL"),
        "insecure": Sql("trunks_pbx.trust = %s", (Trust.PLAIN.value,)),
        "disabled": Sql("NOT trunks_pbx.enabled"),
        "blocked": Sql(
            "trunks_pbx.credentials_rejected_at IS NOT NULL OR trunks_pbx.login_blocked_until > %s",
            (_moment(timezone.now()),),
        ),
        "held": Sql("trunks_pbx.answer_held_at IS NOT NULL"),
    }
    # A null in a comparison would make the opposite unknown too.
    said = plain.get(state, NEVER)
    return Sql(f"COALESCE({said.text}, {_FALSE[connection.vendor]})", said.params)


# The same functions under the names that the databases have for them.
_FIND = {"sqlite": "instr", "postgresql": "strpos"}
_FITS = {"sqlite": "REGEXP", "postgresql": "~"}
_FALSE = {"sqlite": "0", "postgresql": "FALSE"}


def _moment(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value)  # type: ignore[arg-type]


def _fits(field: str, wanted: Wanted, rows: Rows) -> Sql:
    """Return the condition that one of the spellings fits a value of a section, or of any."""
    if field and field not in rows.sections:
        return NEVER
    text = _text(field, rows)
    return any_of(_fits_text(text, spelling, wanted.match) for spelling in wanted.spellings)


def _text(field: str, rows: Rows) -> Sql:
    column = f"{rows.table}.search_text"
    find = _FIND[connection.vendor]
    if rows is Rows.BINDINGS_OF_ONE_TRUNK and not field:
        # What all of them share would find all or none.
        shared = section_of(BINDING_SECTIONS, "trunk")
        return Sql(f"substr({column}, 1, {find}({column}, %s))", (shared.begin,))
    if not field:
        return Sql(column)
    section = section_of(BINDING_SECTIONS if rows.are_bindings else rows.sections, field)
    begin, end = f"{find}({column}, %s)", f"{find}({column}, %s)"
    marks = (section.begin, section.end, section.begin)
    return Sql(f"substr({column}, {begin}, {end} - {begin})", marks)


def _fits_text(text: Sql, spelling: str, match: Match) -> Sql:
    plain = _plain(spelling, match)
    if plain is None:
        pattern = "\n" + "".join(map(_as_pattern, spelling)) + "\n"
        return Sql(f"{text.text} {_FITS[connection.vendor]} %s", (*text.params, pattern))
    return Sql(f"{_FIND[connection.vendor]}({text.text}, %s) > 0", (*text.params, plain))


def _plain(spelling: str, match: Match) -> str | None:
    """Return the piece of text that stands where a spelling fits; None when it takes a pattern to tell."""
    if match is Match.CONTAINS:
        return spelling
    if match is Match.EXACT:
        return f"\n{spelling}\n"
    bare = spelling.strip("*")
    if "*" in bare or "?" in bare:
        return None
    start = "" if spelling.startswith("*") else "\n"
    end = "" if spelling.endswith("*") else "\n"
    return start + "".join(map(literal, bare)) + end


def _as_pattern(char: str) -> str:
    if char in "*?":
        return _ANYTHING if char == "*" else _ONE
    return re.escape(literal(char))
