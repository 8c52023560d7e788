"""The groups of the roles, their rights, and giving a role."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db.models import ProtectedError

from trunks.models import Role, reads_only
from trunks.roles import ROLES, RoleName
from trunks.services.roles import (
    NotAllowed,
    SuperuserHasNoRole,
    require,
    role_give,
    roles_bring_in_step,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def rights_of(name: str) -> set[str]:
    found = Permission.objects.filter(group__name=name)
    return {
        f"{label}.{code}"
        for label, code in found.values_list("content_type__app_label", "codename")
    }


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", RoleName)
def test_every_role_has_its_group_with_its_rights(role):
    assert rights_of(role) == set(ROLES[role])


def test_every_right_of_the_table_exists():
    names = {
        f"{label}.{code}"
        for label, code in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert {right for rights in ROLES.values() for right in rights} <= names


def test_bringing_in_step_twice_changes_nothing():
    before = list(Role.objects.values_list("pk", "group", "offered"))
    roles_bring_in_step()
    assert list(Role.objects.values_list("pk", "group", "offered")) == before
    assert Group.objects.count() == len(RoleName)


def test_what_an_administrator_took_away_stays_away():
    group = Group.objects.get(name="operator")
    group.permissions.remove(Permission.objects.get(codename="share_savedview"))
    call_command("migrate", verbosity=0)
    assert rights_of("operator") == {*ROLES[RoleName.OPERATOR]} - {"trunks.share_savedview"}


def test_what_an_administrator_added_stays():
    Group.objects.get(name="viewer").permissions.add(Permission.objects.get(codename="add_fetch"))
    call_command("migrate", verbosity=0)
    assert rights_of("viewer") == {"trunks.add_fetch"}


def test_a_right_that_is_new_arrives_with_the_next_migrate(monkeypatch):
    more = (*ROLES[RoleName.OPERATOR], "trunks.change_savedview")
    monkeypatch.setitem(ROLES, RoleName.OPERATOR, more)
    call_command("migrate", verbosity=0)
    assert rights_of("operator") == set(more)


def test_a_right_that_does_not_exist_yet_is_given_when_it_does(monkeypatch):
    monkeypatch.setitem(ROLES, RoleName.VIEWER, ("trunks.view_tomorrow",))
    roles_bring_in_step()
    assert rights_of("viewer") == set()
    type_id = Permission.objects.get(codename="add_fetch").content_type_id
    Permission.objects.create(codename="view_tomorrow", name="Tomorrow", content_type_id=type_id)
    roles_bring_in_step()
    assert rights_of("viewer") == {"trunks.view_tomorrow"}


def test_a_group_of_another_name_stays_the_group_of_its_role(viewer):
    role_give(user=viewer, role=RoleName.AUDITOR)
    Group.objects.filter(name="auditor").update(name="Revision")
    roles_bring_in_step()
    assert not Group.objects.filter(name="auditor")
    assert reads_only(viewer)


def test_the_group_of_a_role_cannot_be_deleted():
    with pytest.raises(ProtectedError):
        Group.objects.get(name="auditor").delete()


def test_a_person_has_one_role_and_keeps_other_groups(viewer):
    viewer.groups.add(Group.objects.create(name="Night shift"))
    role_give(user=viewer, role=RoleName.OPERATOR)
    role_give(user=viewer, role=RoleName.AUDITOR)
    assert set(viewer.groups.values_list("name", flat=True)) == {"Night shift", "auditor"}
    assert Role.objects.name_of(viewer) == RoleName.AUDITOR


def test_a_role_can_be_taken_away(viewer):
    role_give(user=viewer, role=RoleName.OPERATOR)
    role_give(user=viewer, role=None)
    assert Role.objects.name_of(viewer) is None
    assert not fresh(viewer).has_perm("trunks.add_fetch")


@pytest.mark.parametrize("role", [*RoleName, None])
def test_only_administrators_reach_the_admin(viewer, role):
    role_give(user=viewer, role=RoleName.ADMINISTRATOR)
    role_give(user=viewer, role=role)
    assert fresh(viewer).is_staff is (role == RoleName.ADMINISTRATOR)


def test_a_superuser_is_given_no_role(administrator):
    with pytest.raises(SuperuserHasNoRole):
        role_give(user=administrator, role=RoleName.AUDITOR)


def test_an_auditor_has_no_right_to_change_anything_whatever_else_the_person_is(viewer):
    viewer.groups.set(Group.objects.filter(name__in=["auditor", "operator", "administrator"]))
    person = fresh(viewer)
    assert not person.has_perm("trunks.add_fetch")
    assert person.has_perm("trunks.view_pbx")
    with pytest.raises(NotAllowed):
        require(person, "trunks.add_fetch")


def test_operators_may_fetch_and_change_no_pbx(viewer):
    role_give(user=viewer, role=RoleName.OPERATOR)
    person = fresh(viewer)
    require(person, "trunks.add_fetch")
    with pytest.raises(NotAllowed):
        require(person, "trunks.change_pbx")
