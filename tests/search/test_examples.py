"""The examples of the help panel."""

from __future__ import annotations

import pytest

from trunks.search.examples import ExamplePbx, examples, fields_help
from trunks.search.known_values import FIELDS_OF_LISTS
from trunks.search.language import read_question

PBXS = [
    None,
    ExamplePbx(name="Leeds branch", slug="leeds", site=""),
    ExamplePbx(name="X", slug="x", site='Site "East" 2'),
    ExamplePbx(name="**", slug="stars", site=""),
    ExamplePbx(name="sip:x", slug="sip", site='"'),
]


@pytest.mark.parametrize("pbx", PBXS, ids=str)
@pytest.mark.parametrize("list_name", FIELDS_OF_LISTS)
def test_every_example_can_be_read_in_its_list(list_name, pbx):
    fields = FIELDS_OF_LISTS[list_name]
    lines = [example.line for example in examples(fields, pbx)]
    lines += [example.line for field in fields_help(fields, pbx) for example in field.examples]
    problems = [read_question(line, fields).problems for line in lines]
    assert not any(problems)


def test_examples_are_about_a_pbx_that_there_is():
    pbx = ExamplePbx(name="Leeds branch", slug="leeds", site="North England")
    lines = [example.line for example in examples(FIELDS_OF_LISTS["pbxs"], pbx)]
    assert lines[0] == "North"
    assert 'site:="North England"' in lines
    assert "pbx:leeds" in [example.line for example in examples(FIELDS_OF_LISTS["dods"], pbx)]


def test_a_field_with_a_list_of_values_shows_them_all():
    kinds = next(field for field in fields_help(FIELDS_OF_LISTS["trunks"]) if "kind" in field.names)
    assert [example.line for example in kinds.examples] == [
        "kind:register",
        "kind:peer",
        "kind:account",
    ]
