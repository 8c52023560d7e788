"""The rule of the search in plain Python, written apart from how databases are asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from trunks.search.language import Match, Question, Term, Wanted, literal
from trunks.search.text import as_number, as_value

# The values of a row by the name of the field that they are found under.
Values = Mapping[str, Iterable[str]]


def answers(values: Values, question: Question, *, states: Iterable[str] = ()) -> bool:
    """Tell whether a row with these values answers the question."""
    return all(_holds(term, values, frozenset(states)) for term in question.terms)


def _holds(term: Term, values: Values, states: frozenset[str]) -> bool:
    if term.field == "is":
        said = any(wanted.text in states for wanted in term.wanted)
    else:
        of_field = values.get(term.field, ())
        everything = [value for each in values.values() for value in each]
        looked_at = of_field if term.field else everything
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
