"""Addresses of lists: what of them is kept, and in which form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.forms.list_address import column_keys, read_list_address


def query_of(text: str) -> str:
    address = read_list_address(text)
    assert address
    return address.query


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/trunks/", ""),
        ("/trunks/?page=7&after=abc&view=leeds", ""),
        ("/trunks/?density=compact&cols=name,host&sort=-dods&q=leeds", None),
        ("/trunks/?cols=name%2Chost&q=+leeds+&sort=-dods&density=compact&kind=peer", None),
        ("/trunks/?density=comfortable&q=", ""),
        ("/trunks/?sort=%27&cols=%3Cb%3E,,name,name&density=huge", "cols=name"),
        ("/dods/?q=%00%E7%94%B5%E4%BF%A1%00", "q=%E7%94%B5%E4%BF%A1"),
        ("/pbxs/?q=a&q=site%3A%22Head+office%22", "q=site%3A%22Head+office%22"),
        ("/pbxs/?sort=-%0d%0aX", ""),
    ],
)
def test_what_is_kept_has_one_form_however_it_was_written(address, query):
    expected = "q=leeds&sort=-dods&cols=name,host&density=compact" if query is None else query
    assert query_of(address) == expected


@pytest.mark.parametrize(
    "address",
    ["", "trunks", "/", "/runs/", "/trunks/1", "https://evil.example/trunks/", "//trunks/", "//["],
)
def test_other_pages_are_no_lists(address):
    assert read_list_address(address) is None


@given(st.text())
def test_no_query_is_an_error_and_what_is_kept_reads_as_itself(text):
    kept = query_of(f"/trunks/?{text.partition('#')[0]}")
    assert query_of(f"/trunks/?{kept}") == kept


def test_a_list_laid_out_in_another_way_keeps_question_order_and_view():
    address = read_list_address("/dods/?q=leeds&sort=name&cols=number&density=compact&view=mine")
    assert address
    assert address.url(cols="number,name", density="compact") == (
        "/dods/?q=leeds&sort=name&cols=number,name&density=compact&view=mine"
    )
    assert address.url(cols="", density="") == "/dods/?q=leeds&sort=name&view=mine"


def test_keys_of_columns_are_joined_once_each():
    assert column_keys(["name", "host", "name", "", "A B", "x" * 31, "dods"]) == "name,host,dods"
