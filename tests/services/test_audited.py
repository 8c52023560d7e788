"""What is recorded of all that people do, and what is not."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.builders import make_held_answer, make_pbx, make_person, make_trunk
from tests.services.test_pbxs import MD5, NEW_MD5, settings_of
from trunks.models import AuditEntry, FetchRun
from trunks.roles import RoleName
from trunks.services.export.audit import ExportAudit
from trunks.services.fetching import fetch_request
from trunks.services.holding import held_apply, held_discard
from trunks.services.pbxs import pbx_add, pbx_delete, pbx_set_enabled, pbx_update
from trunks.services.roles import role_give
from trunks.services.runs import run_cancel, run_start

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PASSWORD = "correct horse battery"


def newest() -> AuditEntry:
    return AuditEntry.objects.newest_first()[0]


def told(entry: AuditEntry) -> tuple[object, ...]:
    return entry.action, entry.actor_name, entry.pbx_slug, entry.facts


def test_a_log_in_is_recorded_with_its_address_and_session(client: Client, viewer: User):
    client.post(
        reverse("login"), {"username": "vic", "password": PASSWORD}, REMOTE_ADDR="192.0.2.9"
    )

    entry = newest()
    assert (entry.action, entry.actor_name, entry.address) == ("log-in", "vic", "192.0.2.9")
    assert entry.facts == {"how": ["password"]}
    assert len(entry.session) == 16


def test_a_failed_log_in_keeps_the_name_and_no_password(client: Client, viewer: User):
    client.post(reverse("login"), {"username": "vic", "password": "wrong horse"})

    entry = newest()
    assert (entry.action, entry.actor_name, entry.subject) == ("log-in-failed", "", "vic")
    assert "wrong" not in str(vars(entry))


def test_a_log_out_is_recorded_in_the_session_of_its_log_in(client: Client, viewer: User):
    client.post(reverse("login"), {"username": "vic", "password": PASSWORD})
    came = newest()
    client.post(reverse("logout"))

    assert (newest().action, newest().session) == ("log-out", came.session)


def test_an_added_pbx_is_recorded(administrator: User):
    pbx = pbx_add(password_md5=MD5, by=administrator, **settings_of())

    assert told(newest()) == ("pbx-added", "ada", pbx.slug, {"site": pbx.site})


def test_a_changed_pbx_is_recorded_by_the_names_of_its_fields(administrator: User):
    pbx = pbx_add(password_md5=MD5, **settings_of())
    pbx_update(pbx=pbx, password_md5=NEW_MD5, by=administrator, **settings_of(notes="hush-hush"))

    entry = newest()
    assert told(entry) == ("pbx-changed", "ada", pbx.slug, {"fields": ["notes", "password"]})
    assert not {"hush", MD5, NEW_MD5} & set(entry.details.split('"'))


def test_a_pbx_saved_as_it_was_leaves_no_entry():
    pbx = pbx_add(password_md5=MD5, **settings_of())
    pbx_update(pbx=pbx, password_md5=None, **settings_of())

    assert newest().action == "pbx-added"


def test_disabling_enabling_and_deleting_a_pbx_are_recorded(administrator: User):
    pbx = make_pbx("Leeds")
    pbx_set_enabled(pbx=pbx, enabled=False, by=administrator)
    assert told(newest()) == ("pbx-disabled", "ada", "leeds", {})
    pbx_set_enabled(pbx=pbx, enabled=True, by=administrator)
    assert told(newest()) == ("pbx-enabled", "ada", "leeds", {})
    pbx_delete(pbx=pbx, by=administrator)
    assert told(newest()) == ("pbx-deleted", "ada", "leeds", {})
    assert newest().pbx_id is not None


def test_everybody_who_asks_for_a_fetch_is_recorded_also_when_it_is_under_way(administrator: User):
    operator = make_person("olga", RoleName.OPERATOR)
    pbx = make_pbx("Leeds")
    fetch = fetch_request(pbx=pbx, requested_by=operator)
    fetch_request(pbx=pbx, remote_ids=["15"], requested_by=administrator)

    one, other = AuditEntry.objects.newest_first()[:2]
    asked = {"fetch": fetch.pk, "scope": fetch.scope}
    assert told(other) == ("fetch-asked", "olga", "leeds", asked)
    assert told(one) == ("fetch-asked", "ada", "leeds", {**asked, "scope": "15"})


def test_a_run_is_recorded_with_what_was_chosen_and_its_end_by_hand(administrator: User):
    pbxs = [make_pbx("Leeds"), make_pbx("York")]
    run = run_start(pbxs=pbxs, scope=FetchRun.Scope.CHOSEN, requested_by=administrator)
    asked = {"run": run.pk, "scope": "chosen", "count": 2, "pbxs": ["leeds", "york"]}
    assert told(newest()) == ("run-asked", "ada", "", asked)

    run_cancel(run=run, cancelled_by=administrator)
    assert told(newest()) == ("run-cancelled", "ada", "", {"run": run.pk, "given_up": 2})


@pytest.mark.parametrize(
    ("act", "action"), [(held_apply, "held-applied"), (held_discard, "held-given-up")]
)
def test_a_word_on_a_held_answer_is_recorded(administrator: User, act, action):
    pbx = make_pbx("Leeds")
    make_trunk(pbx)
    held = make_held_answer(pbx, reported=0)
    act(held=held, **{"applied_by" if act is held_apply else "discarded_by": administrator})

    assert (newest().action, newest().pbx_slug, newest().actor_name) == (action, "leeds", "ada")


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_an_export_is_recorded_before_it_begins_and_with_its_rows_at_its_end(
    viewer_client: Client, extension: str
):
    pbx = make_pbx()
    for name in ("Alpha 1", "Alpha 2", "Beta"):
        make_trunk(pbx, name)
    response = viewer_client.get(reverse("export", args=["trunks", extension]), {"q": "alpha"})
    begun = newest()
    assert begun.action == "export"
    assert begun.facts == {"list": "trunks", "format": extension, "query": "alpha"}

    response.getvalue()
    assert newest().facts == {"begun": begun.sequence, "rows": 2, "ended": "whole"}
    assert (newest().actor_name, newest().place) == ("vic", "web")


def test_an_export_that_was_not_read_to_its_end_is_recorded_as_broken_off(viewer: User):
    audit = ExportAudit.begin(by=viewer, details={"list": "trunks"})
    audit.ended_by(iter([b"much"])).close()

    assert newest().facts["ended"] == "broken off"


def test_accounts_made_changed_disabled_and_deleted_are_recorded():
    person = User.objects.create_user("pat", password=PASSWORD)
    assert (newest().action, newest().subject) == ("user-made", "pat")

    person.email = "pat@example.com"
    person.set_password("another horse battery")
    person.save()
    assert (newest().action, newest().facts) == ("user-changed", {"fields": ["email", "password"]})

    person.is_active = False
    person.save()
    assert newest().action == "user-disabled"
    person.delete()
    assert (newest().action, newest().subject) == ("user-deleted", "pat")


def test_a_log_in_is_no_change_of_an_account(client: Client, viewer: User):
    client.post(reverse("login"), {"username": "vic", "password": PASSWORD})

    assert not AuditEntry.objects.filter(action="user-changed").exists()


def test_roles_given_and_taken_are_recorded_from_both_sides(viewer: User):
    group = Group.objects.create(name="people of Leeds")
    viewer.groups.add(group)
    assert (newest().subject, newest().facts) == ("vic", {"added": ["people of Leeds"]})
    group.user_set.remove(viewer)
    assert (newest().subject, newest().facts) == ("vic", {"removed": ["people of Leeds"]})
    viewer.groups.set([group])
    viewer.groups.clear()
    assert (newest().action, newest().facts) == ("roles-changed", {"removed": ["people of Leeds"]})


def test_nothing_is_told_of_roles_that_were_not_held_before(viewer: User):
    role_give(user=viewer, role=RoleName.VIEWER)
    before = newest().sequence
    role_give(user=viewer, role=RoleName.OPERATOR)

    told_of = AuditEntry.objects.after(before).filter(action="roles-changed")
    assert [entry.facts for entry in told_of] == [{"removed": ["viewer"]}, {"added": ["operator"]}]


def test_nothing_is_told_of_rights_that_were_not_held_before(viewer: User):
    right, group = Permission.objects.get(codename="add_fetch"), Group.objects.create(name="G")
    before = newest().sequence
    viewer.user_permissions.remove(right)
    right.group_set.remove(group)
    group.permissions.remove(right)
    group.user_set.remove(viewer)

    assert not AuditEntry.objects.after(before).exists()


def test_rights_of_a_person_and_of_a_group_are_recorded(viewer: User):
    right, group = Permission.objects.get(codename="add_fetch"), Group.objects.create(name="G")
    viewer.user_permissions.add(right)
    assert (newest().action, newest().facts) == ("roles-changed", {"rights_added": ["add_fetch"]})
    group.permissions.set([right])
    assert (newest().action, newest().subject) == ("group-changed", "G")
    right.group_set.remove(group)
    assert newest().facts == {"rights_removed": ["add_fetch"]}


def test_who_changes_an_account_in_the_admin_is_recorded(admin_client: Client, viewer: User):
    group = Group.objects.create(name="people of Leeds")
    admin_client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "of York"})

    entry = newest()
    assert (entry.action, entry.actor_name, entry.subject) == ("group-changed", "ada", "of York")


def test_sessions_that_a_person_ends_are_recorded(client: Client, viewer: User):
    log_in = {"username": "vic", "password": PASSWORD}
    Client().post(reverse("login"), log_in)
    client.post(reverse("login"), log_in)
    client.post(reverse("sessions-end"), {"session": "others"})

    assert told(newest()) == ("sessions-ended", "vic", "", {"sessions": 1})
    assert newest().subject == "vic"


def test_where_no_session_was_ended_nothing_is_recorded(client: Client, viewer: User):
    client.post(reverse("login"), {"username": "vic", "password": PASSWORD})
    client.post(reverse("sessions-end"), {"session": "others"})

    assert newest().action == "log-in"


def test_second_factors_added_and_removed_are_recorded(viewer: User):
    for kind, word in (
        ("totp", "app"),
        ("webauthn", "passkey"),
        ("recovery_codes", "recovery codes"),
    ):
        factor = Authenticator.objects.create(user=viewer, type=kind, data={"secret": "hidden"})
        assert (newest().action, newest().subject) == ("factor-changed", "vic")
        assert newest().facts == {"what": "added", "factor": word}
        factor.record_usage()
        assert newest().facts["what"] == "added"
        factor.delete()
        assert newest().facts == {"what": "removed", "factor": word}
        assert "hidden" not in str(vars(newest()))


def test_second_factors_that_go_with_their_account_are_not_recorded(viewer: User):
    Authenticator.objects.create(user=viewer, type="totp", data={"secret": "x"})
    viewer.delete()

    assert [one.action for one in AuditEntry.objects.newest_first()[:2]] == [
        "user-deleted",
        "factor-changed",
    ]
    assert not AuditEntry.objects.filter(details__contains="removed", subject="vic").exists()
