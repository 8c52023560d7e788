"""Columns come back from the one text that the database writes them into."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunks.search.sql import Sql, as_text, read_columns

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

# What both databases take, with what parts rows and values in JSON.
WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from(['"', "\\", "\n", "]", "[", ","]),
    max_size=8,
)


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(WORDS, st.integers(-(2**53), 2**53), st.none() | WORDS), max_size=4))
def test_columns_are_read_as_they_are(rows: list[tuple[str, int, str | None]]):
    row = "SELECT CAST(%s AS text) AS a, CAST(%s AS bigint) AS b, CAST(%s AS text) AS c"
    made = " UNION ALL ".join([f"{row} WHERE 1 = 0", *(row for _ in rows)])
    params = ("", 0, "", *(value for values in rows for value in values))
    said = Sql(f"SELECT {as_text(['a', 'b', 'c'])} FROM ({made}) AS made", params)  # noqa: S608
    columns = [[values[at] for values in rows] for at in range(3)]
    assert read_columns(said, 3, beside="1 + 1") == (columns, 2)
