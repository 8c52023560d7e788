"""How a person likes a list."""

from __future__ import annotations

import pytest

from trunks.models import Density, ListName, ListPreference
from trunks.services.list_preferences import list_preference_keep

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_the_last_choice_counts(viewer):
    for cols, density in (("name,host", Density.COMPACT), ("name", Density.COMFORTABLE)):
        list_preference_keep(user=viewer, list_name=ListName.TRUNKS, cols=cols, density=density)
    assert ListPreference.objects.of(viewer, "trunks") == ("name", "comfortable")
    assert ListPreference.objects.count() == 1


def test_each_person_and_list_has_a_choice_of_its_own(viewer, administrator):
    list_preference_keep(
        user=viewer, list_name=ListName.TRUNKS, cols="name", density=Density.COMPACT
    )
    assert ListPreference.objects.of(viewer, "dods") is None
    assert ListPreference.objects.of(administrator, "trunks") is None


def test_to_choose_the_usual_takes_the_choice_back(viewer):
    for density in (Density.COMPACT, Density.COMFORTABLE):
        list_preference_keep(user=viewer, list_name=ListName.DODS, cols="", density=density)
    assert ListPreference.objects.of(viewer, "dods") is None
