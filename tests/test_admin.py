"""The admin shows rows, changes none of them and shows no secret; accounts get their roles there."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.builders import make_pbx, make_person, make_trunk
from tests.views.pages import text_of
from trunks.models import AuditEntry, ConnectionTest, Fetch, PersonSession, Role
from trunks.roles import RoleName

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def rows(administrator) -> dict[str, object]:
    """One row of each model that the admin shows."""
    pbx = make_pbx()
    test = ConnectionTest.objects.create(requested_by=administrator, base_url="https://pbx:8088")
    return {
        "pbx": pbx,
        "trunk": make_trunk(pbx, password_fingerprint="f" * 64),
        "fetch": Fetch.objects.create(pbx=pbx),
        "connectiontest": test,
    }


@pytest.mark.parametrize("model", ["pbx", "trunk", "fetch", "connectiontest"])
def test_rows_can_be_looked_at_and_not_changed(admin_client, rows, model):
    page = reverse(f"admin:trunks_{model}_change", args=[rows[model].pk])
    assert admin_client.get(reverse(f"admin:trunks_{model}_changelist")).status_code == 200
    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {}).status_code == 403
    assert admin_client.get(reverse(f"admin:trunks_{model}_add")).status_code == 403


def test_no_secret_is_shown(admin_client, rows):
    seen = "".join(
        admin_client.get(reverse(f"admin:trunks_{model}_change", args=[row.pk])).content.decode()
        for model, row in rows.items()
    )
    assert rows["pbx"].secret not in seen
    assert "f" * 64 not in seen


# Accounts and groups

# The form has a part for the sites that a person is limited to.
NO_LIMITS = {"site_limits-TOTAL_FORMS": "0", "site_limits-INITIAL_FORMS": "0"}


@pytest.fixture
def chief() -> User:
    """An administrator by role, who is no superuser."""
    return make_person("chief", RoleName.ADMINISTRATOR)


@pytest.fixture
def chief_client(chief: User) -> Client:
    """A browser in which that one is logged in."""
    client = Client()
    client.force_login(chief)
    return client


def account_page(user: User) -> str:
    return reverse("admin:auth_user_change", args=[user.pk])


def fields_of(user: User, **changes: str) -> dict[str, str]:
    return {"username": user.username, "is_active": "on", **NO_LIMITS, **changes}


@pytest.mark.parametrize("role", RoleName)
def test_an_administrator_gives_a_role(chief_client, viewer, role):
    assert chief_client.post(account_page(viewer), fields_of(viewer, role=role)).status_code == 302
    assert Role.objects.name_of(viewer) == role


def test_an_administrator_takes_a_role_away(chief_client):
    person = make_person("olga", RoleName.OPERATOR)
    assert chief_client.post(account_page(person), fields_of(person, role="")).status_code == 302
    assert Role.objects.name_of(person) is None


def test_saving_an_account_keeps_its_role(chief_client):
    person = make_person("olga", RoleName.OPERATOR)
    page = chief_client.get(account_page(person)).content.decode()
    assert '<option value="operator" selected>' in page
    chief_client.post(
        account_page(person), fields_of(person, role="operator", email="o@example.com")
    )
    assert Role.objects.name_of(person) == RoleName.OPERATOR


def test_a_new_account_has_its_role_at_once(chief_client):
    fields = {
        "username": "nina",
        "role": "auditor",
        **NO_LIMITS,
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }
    assert chief_client.post(reverse("admin:auth_user_add"), fields).status_code == 302
    assert Role.objects.name_of(User.objects.get(username="nina")) == RoleName.AUDITOR


def test_nobody_changes_the_own_role(chief, chief_client):
    answer = chief_client.post(account_page(chief), fields_of(chief, role="auditor"))
    assert "Your own role is for another administrator to change." in text_of(answer)
    assert Role.objects.name_of(chief) == RoleName.ADMINISTRATOR


def test_administrators_make_no_superusers(chief_client, viewer):
    chief_client.post(account_page(viewer), fields_of(viewer, role="", is_superuser="on"))
    assert not User.objects.get(pk=viewer.pk).is_superuser


def test_administrators_do_not_touch_superusers(chief_client, administrator):
    page = account_page(administrator)
    assert chief_client.get(page).status_code == 200
    assert chief_client.post(page, fields_of(administrator)).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[administrator.pk])
    assert chief_client.get(password).status_code == 403
    assert (
        chief_client.get(reverse("admin:auth_user_delete", args=[administrator.pk])).status_code
        == 403
    )


def test_a_superuser_may_do_everything_and_has_no_role(admin_client, viewer):
    fields = fields_of(viewer, role="auditor", is_superuser="on")
    assert "choose no role" in text_of(admin_client.post(account_page(viewer), fields))
    admin_client.post(account_page(viewer), fields_of(viewer, role="", is_superuser="on"))
    assert User.objects.get(pk=viewer.pk).is_staff


def test_the_list_of_people_names_their_roles_in_so_many_queries(
    chief_client, django_assert_max_num_queries
):
    for number in range(20):
        make_person(f"person {number}", RoleName.OPERATOR)
    with django_assert_max_num_queries(14):
        page = text_of(chief_client.get(reverse("admin:auth_user_changelist")))
    assert page.count("Operator") == 20


def test_nothing_of_a_password_is_shown(chief_client, viewer):
    page = text_of(chief_client.get(account_page(viewer)))
    assert "A password is set." in page
    assert "hash" not in page


def test_the_group_of_a_role_keeps_its_name_and_stays(admin_client):
    group = Group.objects.get(name="auditor")
    page = reverse("admin:auth_group_change", args=[group.pk])
    admin_client.post(page, {"name": "readers", "permissions": []})
    group.refresh_from_db()
    assert group.name == "auditor"
    assert admin_client.get(reverse("admin:auth_group_delete", args=[group.pk])).status_code == 403


def test_other_groups_are_given_beside_the_role(admin_client):
    person, group = make_person("olga", RoleName.OPERATOR), Group.objects.create(name="Night shift")
    admin_client.post(
        account_page(person), fields_of(person, role="operator", groups=str(group.pk))
    )
    assert set(person.groups.values_list("name", flat=True)) == {"operator", "Night shift"}


def test_the_queue_is_not_in_the_admin():
    assert not [
        model for model in admin.site._registry if model._meta.app_label == "django_tasks_database"
    ]


def test_sites_that_a_person_may_see_are_set_on_the_page_of_the_account(admin_client, viewer):
    make_pbx(site="Leeds")
    page = reverse("admin:auth_user_change", args=[viewer.pk])
    form = admin_client.get(page).context["adminform"].form
    rows = {"site_limits-TOTAL_FORMS": 1, "site_limits-INITIAL_FORMS": 0}
    typed = {
        name: value
        for name, value in form.initial.items()
        if isinstance(value, str | bool) and value
    }
    sent = {**typed, **rows, "date_joined_0": "2026-11-25", "date_joined_1": "08:00"}
    answer = admin_client.post(page, {**sent, "site_limits-0-site": "Leeds"})
    assert answer.status_code == 302, answer.context["errors"]
    assert [limit.site for limit in viewer.site_limits.all()] == ["Leeds"]


def test_a_limit_to_a_site_that_is_gone_is_still_shown(admin_client, viewer):
    viewer.site_limits.create(site="Nowhere")
    page = admin_client.get(reverse("admin:auth_user_change", args=[viewer.pk]))
    assert "Nowhere (no PBX is there now)" in page.content.decode()


# Sessions and second factors

SESSIONS = "admin:trunks_personsession_changelist"


def log_in(user: User) -> Client:
    client = Client()
    fields = {"username": user.get_username(), "password": PASSWORD}
    assert client.post(reverse("login"), fields).status_code == 302
    return client


def is_logged_in(client: Client) -> bool:
    return client.get(reverse("overview")).status_code == 200


def end_sessions(client: Client, *people: User):
    chosen = list(PersonSession.objects.filter(user__in=people).values_list("pk", flat=True))
    fields = {"action": "end_sessions", "_selected_action": chosen}
    return client.post(reverse(SESSIONS), fields, follow=True)


def test_an_administrator_ends_sessions(chief_client, viewer, administrator):
    theirs = [log_in(viewer), log_in(viewer), log_in(administrator)]
    answer = end_sessions(chief_client, viewer, administrator)
    assert "3 sessions were ended." in text_of(answer)
    assert not any(is_logged_in(client) for client in theirs)
    ended = AuditEntry.objects.filter(action="sessions-ended").order_by("sequence")
    assert {(one.actor_name, one.subject, one.facts["sessions"]) for one in ended} == {
        ("chief", "vic", 2),
        ("chief", "ada", 1),
    }


def test_an_administrator_does_not_end_the_session_at_hand(chief, chief_client):
    end_sessions(chief_client, chief)
    assert is_logged_in(chief_client)


@pytest.mark.parametrize("role", [RoleName.AUDITOR, RoleName.OPERATOR, None])
def test_nobody_else_ends_sessions_of_others(viewer, role):
    person = make_person("pat", role)
    person.is_staff = True
    person.save()
    person.user_permissions.add(Permission.objects.get(codename="view_personsession"))
    client = Client()
    client.force_login(person)
    theirs = log_in(viewer)
    end_sessions(client, viewer)
    assert is_logged_in(theirs)


def test_an_account_that_was_switched_off_is_still_logged_out_when_it_is_switched_on(
    chief_client, viewer
):
    theirs = log_in(viewer)
    chief_client.post(account_page(viewer), {**fields_of(viewer), "is_active": ""})
    chief_client.post(account_page(viewer), fields_of(viewer))
    assert User.objects.get(pk=viewer.pk).is_active
    assert not is_logged_in(theirs)


NEW_PASSWORD = {
    "usable_password": "true",
    **dict.fromkeys(("password1", "password2"), "another horse"),
}


def test_a_password_that_was_set_ends_the_sessions_of_its_account(chief_client, viewer):
    theirs = log_in(viewer)
    chief_client.post(reverse("admin:auth_user_password_change", args=[viewer.pk]), NEW_PASSWORD)
    assert not is_logged_in(theirs)
    assert not PersonSession.objects.filter(user=viewer).exists()


@pytest.mark.parametrize("whose", ["administrator", "viewer"])
def test_the_session_that_sets_a_password_stays_in_the_list(request, administrator, whose):
    mine = log_in(administrator)
    person = request.getfixturevalue(whose)
    mine.post(reverse("admin:auth_user_password_change", args=[person.pk]), NEW_PASSWORD)
    assert is_logged_in(mine)
    assert PersonSession.objects.get(user=administrator).session_key == mine.session.session_key


def test_administrators_take_no_second_factor_from_a_superuser(chief_client, administrator, viewer):
    for person, left in ((administrator, 1), (viewer, 0)):
        factor = Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
        page = reverse("admin:mfa_authenticator_delete", args=[factor.pk])
        chief_client.post(page, {"post": "yes"})
        assert Authenticator.objects.filter(user=person).count() == left
