"""The rule of the search in plain Python, written apart from how databases are asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trunks.models import DodBinding, DodIssue, Pbx, Trunk, Trust
from trunks.models.pbx_state import stale_before
from trunks.search.language import Match, Question, Term, Wanted, literal
from trunks.search.numbers import NumberPlan, number_forms
from trunks.search.text import as_number, as_value

# The values of a row by the name of the field that they are found under.
Values = Mapping[str, Iterable[str | None]]


@dataclass(frozen=True)
class Row:
    """What a row is found by: values by field, which words alone find too; others that take their field's name."""

    values: Values
    named: Values = field(default_factory=dict)
    states: frozenset[str] = frozenset()


def answers(row: Row, question: Question) -> bool:
    """Tell whether a row answers the question."""
    return all(_holds(term, row) for term in question.terms)


def row_of_binding(binding: DodBinding, *, by_its_trunk: bool = True) -> Row:
    """Return what a binding is found by; on the page of its trunk only by what is its own."""
    trunk, target = binding.trunk, {"extension": "ext", "group": "group"}[binding.target_kind]
    plan = NumberPlan(trunk.pbx.country_code, trunk.pbx.national_prefix)
    own = {
        "number": [binding.number, *number_forms(binding.number, plan)],
        "name": [binding.name],
        target: [binding.target],
        "raw": [binding.raw],
    }
    shared = {**_values_of_trunk(trunk), "trunk": [trunk.name]} if by_its_trunk else {}
    named = {"target": [binding.target_kind], "issue": [_issue(binding)]}
    return Row(
        {**shared, **own},
        {**named, "kind": [trunk.kind]},
        frozenset({_issue(binding), *_states_of_trunk(trunk)} - {""}),
    )


def row_of_trunk(trunk: Trunk) -> Row:
    """Return what a trunk is found by, its bindings' fields included."""
    named: dict[str, list[str | None]] = {"kind": [trunk.kind]}
    states = _states_of_trunk(trunk)
    for binding in trunk.bindings.all():
        row = row_of_binding(binding)
        for name in {"number", "ext", "group"} & {*row.values}:
            named.setdefault(name, []).extend(row.values[name])
        named.setdefault("issue", []).append(_issue(binding))
        states |= {_issue(binding)} - {""}
    return Row({**_values_of_trunk(trunk), "name": [trunk.name]}, named, frozenset(states))


def row_of_pbx(pbx: Pbx) -> Row:
    """Return what a PBX is found by."""
    values: Values = {
        "name": [pbx.name, pbx.slug],
        "site": [pbx.site],
        "host": [pbx.base_url],
        "user": [pbx.username],
    }
    states = {
        "stale": pbx.is_stale,
        "disabled": not pbx.enabled,
        "blocked": pbx.login_is_stopped,
        "held": pbx.answer_held_at is not None,
        **_states_of_pbx(pbx),
    }
    return Row(values, {"state": [pbx.state.value]}, _those(states))


def _values_of_trunk(trunk: Trunk) -> dict[str, Iterable[str | None]]:
    return {
        "host": [trunk.host, trunk.domain, trunk.endpoint],
        "user": [trunk.username, trunk.authname, trunk.fromuser],
        "pbx": [trunk.pbx.name, trunk.pbx.slug],
        "site": [trunk.pbx.site],
    }


def _states_of_trunk(trunk: Trunk) -> set[str]:
    states = {
        "stale": trunk.observed_at < stale_before(),
        "removed": trunk.removed_at is not None,
        "present": trunk.removed_at is None,
        "bound": trunk.dod_count > 0,
        "unregistered": trunk.registration.lower() == "failure",
        **_states_of_pbx(trunk.pbx),
    }
    return set(_those(states))


def _states_of_pbx(pbx: Pbx) -> dict[str, bool]:
    return {"failing": pbx.failing_since is not None, "insecure": pbx.trust == Trust.PLAIN}


def _those(states: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_so in states.items() if is_so)


def _issue(binding: DodBinding) -> str:
    return "" if binding.issue == DodIssue.NONE else binding.issue


def _holds(term: Term, row: Row) -> bool:
    if term.field == "is":
        said = any(wanted.text in row.states for wanted in term.wanted)
    else:
        fields = [term.field] if term.field else list(row.values)
        found = {**row.named, **row.values}
        looked_at = [value for name in fields for value in found.get(name, ()) if value]
        said = any(_fits(wanted, value) for wanted in term.wanted for value in looked_at)
    return said is not term.negated


def _fits(wanted: Wanted, value: str) -> bool:
    written = as_value(value)
    forms = [form for form in (written, as_number(written)) if form]
    return any(
        _fits_text(spelling, form, wanted.match) for spelling in wanted.spellings for form in forms
    )


def _fits_text(spelling: str, form: str, match: Match) -> bool:
    if match is Match.CONTAINS:
        return spelling in form
    if match is Match.EXACT:
        return spelling == form
    pattern = "".join({"*": ".*", "?": "."}.get(c, re.escape(literal(c))) for c in spelling)
    return re.fullmatch(pattern, form, re.DOTALL) is not None
