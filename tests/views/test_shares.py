"""Shared links for people with an account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.builders import make_pbx, make_person, make_share, make_trunk
from tests.views.pages import text_of
from trunks.models import AuditEntry, Share, Trunk
from trunks.roles import RoleName

pytestmark = pytest.mark.django_db

WISH = {
    "label": "Carrier",
    "shows": "live",
    "with_bindings": "on",
    "lasts": "168",
    "passphrase": "",
    "agreed": "on",
}


@pytest.fixture
def trunk() -> Trunk:
    return make_trunk(make_pbx("Leeds"), "SIP-A", remote_id="a/b")


@pytest.fixture
def operator() -> User:
    return make_person("olga", RoleName.OPERATOR)


@pytest.fixture
def operator_client(operator: User) -> Any:
    return logged_in(operator)


def logged_in(person: User) -> Any:
    client = Client()
    client.force_login(person)
    return client


def link_in(response) -> str:
    (link,) = set(re.findall(r"http://testserver(/s/pbxs_[\w-]{43}/)", response.content.decode()))
    return str(link)


NEW = "/shares/new/leeds/a/b/"


def test_a_link_is_made_on_the_page_of_its_trunk(client, operator_client, trunk):
    page = operator_client.get(trunk.get_absolute_url()).content.decode()
    assert f'href="{NEW}"' in page
    form = text_of(operator_client.get(NEW))
    assert "Whoever has the link sees, without logging in:" in form
    made = operator_client.post(NEW, WISH)

    assert "Copy it now: it is shown only once" in text_of(made)
    assert "Host sip.itsp.example" in text_of(client.get(link_in(made)))


def test_the_link_is_in_no_other_page(operator_client, trunk):
    token = link_in(operator_client.post(NEW, WISH))[3:-1]
    for url in ("/shares/", f"/shares/{Share.objects.get().pk}/revoke/", NEW):
        assert token not in operator_client.get(url).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("agreed", "", "Without this no link is made."),
        ("label", " ", "Say whom the link is for."),
        ("passphrase", "short", "Use at least 8 characters."),
        ("lasts", "999999", "Select a valid choice."),
        ("shows", "secrets", "Select a valid choice."),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_made(
    operator_client, trunk, field, value, said
):
    answer = operator_client.post(NEW, {**WISH, field: value})
    assert said in text_of(answer)
    assert not Share.objects.exists()


def test_a_link_is_what_was_asked_for(operator_client, trunk):
    wish = {**WISH, "shows": "pinned", "with_usernames": "on", "lasts": "1"}
    operator_client.post(NEW, {**wish, "passphrase": "open sesame"})
    share = Share.objects.get()

    assert (share.is_pinned, share.with_usernames, share.label) == (True, True, "Carrier")
    assert share.ends_at - share.made_at == timedelta(hours=1)
    assert share.passphrase


def test_a_trunk_that_is_not_there_cannot_be_shared(operator_client):
    assert operator_client.get("/shares/new/leeds/%00/").status_code == 404
    assert operator_client.get(NEW).status_code == 404


@pytest.mark.parametrize("role", [RoleName.VIEWER, RoleName.AUDITOR])
def test_who_may_not_share_gets_no_button(trunk, role):
    client = logged_in(make_person("pat", role))
    assert NEW not in client.get(trunk.get_absolute_url()).content.decode()
    assert client.get(NEW).status_code == 403


def test_operators_see_their_own_links_and_auditors_and_administrators_all(trunk, operator):
    other = make_person("omar", RoleName.OPERATOR)
    make_share(trunk, operator, "mine")
    make_share(trunk, other, "theirs")
    seen = {}
    for person in (
        operator,
        make_person("aude", RoleName.AUDITOR),
        make_person("adam", RoleName.ADMINISTRATOR),
    ):
        text = text_of(logged_in(person).get("/shares/")).replace("Revoke all of mine", "")
        seen[person.username] = ("mine" in text, "theirs" in text, text.count("Revoke"))

    assert seen == {"olga": (True, False, 1), "aude": (True, True, 0), "adam": (True, True, 2)}


def test_open_links_are_listed_and_on_demand_those_that_are_over(operator_client, trunk, operator):
    make_share(trunk, operator, "still open")
    ended, _ = make_share(trunk, operator, "long ended")
    Share.objects.filter(pk=ended.pk).update(ends_at=timezone.now())
    assert "long ended" not in text_of(operator_client.get("/shares/"))
    everything = text_of(operator_client.get("/shares/?show=all"))
    assert "long ended ended" in everything
    assert "still open open" in everything


def test_the_list_says_how_often_and_when_a_link_was_opened(operator_client, trunk, operator):
    share, _ = make_share(trunk, operator)
    assert "never" in text_of(operator_client.get("/shares/"))
    Share.objects.filter(pk=share.pk).update(
        opens=2, program_opens=1, last_opened_at=timezone.now()
    )
    assert "2 times and 1 time by a program, last just now" in text_of(
        operator_client.get("/shares/")
    )


def test_a_link_whose_maker_may_share_no_longer_is_said_to_be_closed(admin_client, trunk, operator):
    make_share(trunk, operator)
    User.objects.filter(pk=operator.pk).update(is_active=False)
    assert "its maker may not share any more" in text_of(admin_client.get("/shares/?show=all"))


def test_a_link_is_revoked_after_a_question(client, operator_client, trunk, operator):
    share, token = make_share(trunk, operator)
    url = f"/shares/{share.pk}/revoke/"
    assert "Revoke the link for Carrier?" in text_of(operator_client.get(url))
    assert client.get(f"/s/{token}/").status_code == 200
    answer = operator_client.post(url, follow=True)

    assert "The link for “Carrier” was revoked." in text_of(answer)
    assert client.get(f"/s/{token}/").status_code == 404


def test_links_of_others_are_not_there_for_operators(operator_client, trunk):
    share, _ = make_share(trunk, make_person("omar", RoleName.OPERATOR))
    url = f"/shares/{share.pk}/revoke/"
    assert operator_client.get(url).status_code == operator_client.post(url).status_code == 404


def test_auditors_see_the_question_of_no_link(trunk, operator):
    share, _ = make_share(trunk, operator)
    auditor = logged_in(make_person("aude", RoleName.AUDITOR))
    url = f"/shares/{share.pk}/revoke/"
    assert auditor.get(url).status_code == auditor.post(url).status_code == 403
    share.refresh_from_db()
    assert share.revoked_at is None


def test_more_links_cost_no_more_queries(
    operator_client, trunk, operator, django_assert_max_num_queries
):
    for number in range(12):
        make_share(trunk, operator, f"for {number}")
    with django_assert_max_num_queries(15):
        operator_client.get("/shares/")


def test_the_ordinary_address_of_a_trunk_is_shared_too(client, viewer, trunk):
    """A colleague logs in, and lands where the link leads."""
    address = f"{trunk.get_absolute_url()}?q=5503301&sort=-number"
    login = client.get(address, follow=True)
    (way, _status) = login.redirect_chain[-1]
    landed = client.post(way, {"username": "vic", "password": "correct horse battery"}, follow=True)

    assert landed.redirect_chain[-1][0] == address
    assert "SIP-A" in text_of(landed)


def lasting() -> set[str]:
    return set(Share.objects.lasting().values_list("label", flat=True))


def test_all_links_to_a_trunk_are_revoked_after_a_question(admin_client, trunk, operator):
    other = make_trunk(trunk.pbx, "SIP-B")
    for person, label in ((operator, "one"), (make_person("omar", RoleName.OPERATOR), "two")):
        make_share(trunk, person, label)
    kept, _ = make_share(other, operator, "kept")
    share = Share.objects.get(label="one")
    url = "/shares/revoke/trunk/leeds/a/b/"
    assert url in admin_client.get(f"/shares/{share.pk}/revoke/").content.decode()
    asked = text_of(admin_client.get(url))
    assert "2 links open nothing from now on" in asked
    assert "kept" not in asked
    assert lasting() == {"one", "two", "kept"}
    said = text_of(admin_client.post(url, follow=True))

    assert "2 links were revoked." in said
    assert lasting() == {kept.label}
    revoked = AuditEntry.objects.filter(action="share-revoked")
    assert {entry.facts["label"] for entry in revoked} == {"one", "two"}
    assert "No link is open." in text_of(admin_client.get(url))
    assert "0 links were revoked." in text_of(admin_client.post(url, follow=True))


def test_all_links_of_a_person_are_revoked_also_those_that_sleep(admin_client, trunk, operator):
    make_share(trunk, operator, "one")
    make_share(make_trunk(trunk.pbx, "SIP-B"), operator, "two")
    make_share(trunk, make_person("omar", RoleName.OPERATOR), "theirs")
    User.objects.filter(pk=operator.pk).update(is_active=False)
    admin_client.post(f"/shares/revoke/person/{operator.pk}/")
    assert lasting() == {"theirs"}


def test_operators_revoke_all_of_their_own_and_none_of_others(operator_client, trunk, operator):
    other = make_person("omar", RoleName.OPERATOR)
    make_share(trunk, operator, "mine")
    make_share(trunk, other, "theirs")
    own = f"/shares/revoke/person/{operator.pk}/"
    assert own in operator_client.get("/shares/").content.decode()
    assert operator_client.post(f"/shares/revoke/person/{other.pk}/").status_code == 404
    operator_client.post("/shares/revoke/trunk/leeds/a/b/")
    assert lasting() == {"theirs"}


@pytest.mark.parametrize("url", ["person/99999999999999999999999/", "trunk/leeds/%00/"])
def test_what_nobody_has_is_not_found(admin_client, url):
    assert admin_client.get(f"/shares/revoke/{url}").status_code == 404
    assert admin_client.post(f"/shares/revoke/{url}").status_code == 404


def test_auditors_revoke_nothing_at_once(trunk, operator):
    make_share(trunk, operator)
    auditor = logged_in(make_person("aude", RoleName.AUDITOR))
    for url in (f"person/{operator.pk}/", "trunk/leeds/a/b/"):
        assert auditor.get(f"/shares/revoke/{url}").status_code == 403
        assert auditor.post(f"/shares/revoke/{url}").status_code == 403
    assert lasting()
