"""The question for the rows that have just this value in a field."""

from __future__ import annotations

from trunks.search.fields import DOD_FIELDS
from trunks.search.language import (
    LONGEST_QUESTION,
    Match,
    Question,
    Term,
    Wanted,
    read_question,
    write_term,
)
from trunks.search.text import as_number, as_value


def exactly(field: str, value: str) -> Question:
    """Ask for the bindings with this value in a field, a number in any of its forms.

    It is what the list of bindings asks for the same line; only what no line can say is asked without one.
    """
    line = write_term(field, value)
    if '"' not in value and len(line) <= LONGEST_QUESTION:
        question = read_question(line, DOD_FIELDS)
        if len(question.terms) == 1 and not question.problems:
            return question
    text = as_value(value)
    wanted = Wanted(text, as_number(text), Match.EXACT)
    return Question(line, (Term(field, (wanted,), typed=line),))
