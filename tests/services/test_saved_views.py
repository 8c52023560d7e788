"""Adding, changing and deleting saved views, and who may do that."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from tests.builders import make_saved_view
from trunks.models import ListName, SavedView
from trunks.services import saved_views
from trunks.services.roles import NotAllowed
from trunks.services.saved_views import (
    NameTaken,
    saved_view_add,
    saved_view_change,
    saved_view_delete,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def owner() -> User:
    """A person who may share."""
    user = User.objects.create_user("olga")
    user.user_permissions.add(Permission.objects.get(codename="share_savedview"))
    return user


@pytest.fixture
def shared(owner: User) -> SavedView:
    return make_saved_view(owner, is_shared=True)


def add(owner: User, name: str = "Leeds", **fields) -> SavedView:
    values = {"list_name": ListName.TRUNKS, "query": "q=leeds", **fields}
    return saved_view_add(owner=owner, name=name, **values)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Stale trunks, Zürich", "stale-trunks-zurich"),
        ("厦门 中继", "厦门-中继"),
        ("Ｌｅｅｄｓ", "leeds"),
        ("☎ ☎", "view"),
        ("x" * 80, "x" * 74),
    ],
)
def test_a_name_becomes_a_readable_address(viewer, name, slug):
    view = add(viewer, name)
    assert view.slug == slug
    assert SavedView.objects.get(slug=slug).name == name


def test_people_may_use_the_same_name_and_get_addresses_of_their_own(viewer, owner):
    assert [add(person).slug for person in (viewer, owner)] == ["leeds", "leeds-2"]


@pytest.mark.parametrize("name", ["Leeds", "LEEDS", "ｌｅｅｄｓ"])
def test_a_person_cannot_use_a_name_twice_however_it_is_written(viewer, name):
    add(viewer)
    with pytest.raises(NameTaken):
        add(viewer, name)


def test_an_address_that_somebody_else_just_took_is_no_taken_name(viewer, owner, monkeypatch):
    add(owner)
    offered = iter(["leeds", "leeds-2"])
    monkeypatch.setattr(saved_views, "free_slug", lambda *_, **__: next(offered))
    assert add(viewer).slug == "leeds-2"


def test_anybody_may_save_a_private_view_and_not_share_it(viewer):
    assert not add(viewer).is_shared
    with pytest.raises(NotAllowed):
        add(viewer, "For all", is_shared=True)
    assert SavedView.objects.count() == 1


def test_sharing_is_a_permission(owner):
    assert add(owner, is_shared=True).is_shared


def test_a_new_name_leaves_the_address(owner, shared):
    saved_view_change(view=shared, by=owner, name="Manchester")
    shared.refresh_from_db()
    assert (shared.name, shared.search_name, shared.slug) == ("Manchester", "manchester", "leeds")


def test_a_view_may_be_renamed_to_its_own_name_in_another_case(owner, shared):
    assert saved_view_change(view=shared, by=owner, name="LEEDS").name == "LEEDS"


def test_a_view_cannot_take_the_name_of_another(owner, shared):
    make_saved_view(owner, "Manchester")
    with pytest.raises(NameTaken):
        saved_view_change(view=shared, by=owner, name="manchester")


def test_its_question_can_be_replaced(owner, shared):
    before = shared.updated_at
    saved_view_change(view=shared, by=owner, query="q=york")
    shared.refresh_from_db()
    assert shared.query == "q=york"
    assert shared.updated_at > before


@pytest.mark.parametrize("change", [{"name": "Mine"}, {"query": ""}])
def test_only_the_owner_changes_a_view(administrator, viewer, shared, change):
    for person in (administrator, viewer):
        with pytest.raises(NotAllowed):
            saved_view_change(view=shared, by=person, **change)


def test_an_administrator_may_withdraw_what_others_share(administrator, shared):
    assert not saved_view_change(view=shared, by=administrator, is_shared=False).is_shared


def test_nobody_else_may_withdraw_or_share(viewer, administrator, owner, shared):
    with pytest.raises(NotAllowed):
        saved_view_change(view=shared, by=viewer, is_shared=False)
    private = make_saved_view(owner, "Private")
    for person in (administrator, viewer):
        with pytest.raises(NotAllowed):
            saved_view_change(view=private, by=person, is_shared=True)


def test_who_may_share_no_longer_may_still_withdraw_and_rename(viewer):
    view = make_saved_view(viewer, is_shared=True)
    renamed = saved_view_change(view=view, by=viewer, name="Old", is_shared=True)
    assert renamed.name == "Old"
    assert not saved_view_change(view=view, by=viewer, is_shared=False).is_shared
    with pytest.raises(NotAllowed):
        saved_view_change(view=view, by=viewer, is_shared=True)


def test_a_view_that_is_gone_stays_gone(owner, shared):
    SavedView.objects.all().delete()
    saved_view_change(view=shared, by=owner, name="Back")
    saved_view_delete(view=shared, by=owner)
    assert not SavedView.objects.exists()


def test_owners_delete_theirs_and_administrators_what_is_shared(owner, administrator, shared):
    private = make_saved_view(owner, "Private")
    with pytest.raises(NotAllowed):
        saved_view_delete(view=private, by=administrator)
    saved_view_delete(view=private, by=owner)
    saved_view_delete(view=shared, by=administrator)
    assert not SavedView.objects.exists()


def test_others_delete_nothing(viewer, shared):
    with pytest.raises(NotAllowed):
        saved_view_delete(view=shared, by=viewer)
    assert SavedView.objects.exists()
