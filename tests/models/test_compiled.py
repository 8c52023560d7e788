"""Queries that are compiled once and asked again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from tests.builders import make_pbx, make_person, make_saved_view, make_trunk
from trunks.models import Pbx, SavedView, Trunk
from trunks.models.compiled import ask, ask_values

pytestmark = pytest.mark.django_db


def views_of(owner: int, other: int) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=owner) | Q(owner=other)).order_by("pk")


def last_trunks(pbx: int) -> QuerySet[Trunk]:
    return Trunk.objects.filter(pbx=pbx, port="-1").only("name").order_by("-name")[:2]


def test_the_same_query_is_asked_for_other_ids_each_time():
    people = [make_person(name) for name in ("ann", "bob", "cid")]
    views = [make_saved_view(person, person.username) for person in people]
    pairs = [(0, 1), (2, 0), (1, 1)]
    for one, other in pairs:
        found = list(ask(views_of, people[one].pk, people[other].pk))
        assert found == sorted({views[one], views[other]}, key=lambda view: view.pk)


def test_values_that_are_no_ids_stay_as_the_query_has_them():
    one, other = make_pbx("One"), make_pbx("Other")
    for pbx in (one, other):
        for name in "ABC":
            make_trunk(pbx, name, port="-1")
        make_trunk(pbx, "Z", port="5060")
    for pbx in (one, other, one):
        assert [trunk.name for trunk in ask(last_trunks, pbx.pk)] == ["C", "B"]


def test_what_a_query_defers_is_deferred():
    make_pbx()

    def without_notes() -> QuerySet[Pbx]:
        return Pbx.objects.defer("notes")

    (found,) = ask(without_notes)
    assert found.get_deferred_fields() == {"notes"}


def test_rows_of_an_id_that_there_is_not_are_none():
    def person(pk: int) -> QuerySet[User]:
        return User.objects.filter(pk=pk)

    assert list(ask(person, 404)) == []


def test_a_query_for_many_ids_is_asked_for_any_count_of_them():
    pbx = make_pbx()
    trunks = [make_trunk(pbx, name) for name in "ABC"]

    def trunks_of(*pks: int) -> QuerySet[Trunk]:
        return Trunk.objects.filter(pk__in=pks).order_by("-name")

    for pks in ([trunks[1].pk], [trunks[2].pk, trunks[0].pk], [trunks[0].pk]):
        assert [trunk.pk for trunk in ask(trunks_of, *pks)] == pks


def test_values_come_as_rows_of_their_columns():
    trunk = make_trunk(make_pbx(), "A")

    def names_of(*pks: int) -> QuerySet[Trunk, Any]:
        return Trunk.objects.filter(pk__in=pks).values_list("pk", "name")

    assert ask_values(names_of, trunk.pk, 404) == [(trunk.pk, "A")]
