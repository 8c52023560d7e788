"""The names of extensions beside their numbers, taken out of the lists that PBXs told."""

from __future__ import annotations

import pytest

from tests.builders import make_pbx, make_supplement
from trunks.services.directory import extension_names

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_each_name_is_that_of_the_extension_on_its_own_pbx():
    one, other = make_pbx("One"), make_pbx("Other")
    make_supplement(one, "extensions", {"1000": "Ann", "1001": "Łukasz 王"})
    make_supplement(other, "extensions", {"1000": "Bob"})
    asked = [(one.pk, "1000"), (one.pk, "1001"), (other.pk, "1000"), (other.pk, "1001")]
    assert extension_names(asked) == {
        (one.pk, "1000"): "Ann",
        (one.pk, "1001"): "Łukasz 王",
        (other.pk, "1000"): "Bob",
    }


def test_an_extension_that_is_a_number_is_no_place_in_the_list():
    pbx = make_pbx()
    make_supplement(pbx, "extensions", {"5": "Five", "0": "Zero", "007": "Bond"})
    asked = [(pbx.pk, number) for number in ("0", "1", "5", "7", "007")]
    assert extension_names(asked) == {
        (pbx.pk, "0"): "Zero",
        (pbx.pk, "5"): "Five",
        (pbx.pk, "007"): "Bond",
    }


@pytest.mark.parametrize("number", ['"', 'a"b', "", "10 01", "$", "1.2", "[0]", "王", "\\"])
def test_what_is_no_extension_number_has_no_name_and_breaks_nothing(number: str):
    pbx = make_pbx()
    make_supplement(pbx, "extensions", {"1000": "Ann"})
    assert extension_names([(pbx.pk, number)]) == {}


def test_a_pbx_whose_lists_are_not_wanted_names_nobody():
    pbx = make_pbx(reads_extensions=False)
    make_supplement(pbx, "extensions", {"1000": "Ann"})
    assert extension_names([(pbx.pk, "1000")]) == {}


def test_a_list_that_was_never_read_names_nobody():
    pbx = make_pbx()
    make_supplement(pbx, "extensions", None)
    assert extension_names([(pbx.pk, "1000")]) == {}
