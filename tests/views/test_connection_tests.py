""" "Test connection" from the form, with htmx and without."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core import serializers
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.builders import make_bad_login, make_pbx
from tests.views.test_pbxs import MARKER, TYPED
from trunks.models import ConnectionTest, Pbx
from trunks.services.connection_tests import connection_test_perform
from trunks.simulator import WORLDS, SimulatedPbx, make_certificate
from trunks.yeastar import password_digest

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
CERTIFICATE = {
    "sha256": "ab" * 32,
    "subject": "CN=<pbx>",
    "issuer": "CN=<pbx>",
    "not_before": "2024-01-01T00:00:00+00:00",
    "not_after": "2034-01-01T00:00:00+00:00",
}
ASK = "/connection-tests/"


def ended(user, **fields) -> ConnectionTest:
    values = {
        "base_url": "https://192.168.5.150:8088",
        "username": "api",
        "state": "failed",
        "reason": "certificate-untrusted",
        "certificate": CERTIFICATE,
        **fields,
    }
    return ConnectionTest.objects.create(requested_by=user, **values)


def page_of(test: ConnectionTest) -> str:
    return reverse("connection-test", args=[test.pk])


def test_asking_with_htmx_answers_a_fragment_that_polls(admin_client):
    response = admin_client.post(ASK, TYPED, headers=HTMX)
    test = ConnectionTest.objects.get()
    assertContains(response, f'hx-get="{page_of(test)}" hx-trigger="load delay:1s"')
    assertNotContains(response, "<html")


def test_asking_saves_no_pbx_and_keeps_the_password_from_sight(admin_client):
    response = admin_client.post(ASK, TYPED, headers=HTMX)
    seen = response.content.decode() + serializers.serialize("json", ConnectionTest.objects.all())
    assert not Pbx.objects.exists()
    assert MARKER not in seen
    assert password_digest(MARKER) not in seen


def test_asking_without_javascript_answers_the_form_with_all_that_was_typed(admin_client):
    response = admin_client.post(ASK, {**TYPED, "name": "", "site": "London & York"})
    assertContains(response, 'value="London &amp; York"')
    assertContains(response, "Check the result")
    assertContains(response, "Password typed a moment ago is kept until")
    assertNotContains(response, MARKER)


def test_bad_input_with_htmx_answers_the_form_in_place_of_the_form(admin_client):
    response = admin_client.post(ASK, {**TYPED, "address": "nonsense here"}, headers=HTMX)
    assert response.headers["HX-Retarget"] == "#pbx-form"
    assertContains(response, "is not the name or IP address")
    assertContains(response, 'value="nonsense here"')
    assert response.context["held_token"]
    assert not ConnectionTest.objects.exists()


def test_asking_from_an_edit_uses_the_saved_password(admin_client):
    make_pbx("Branch")
    admin_client.post(ASK, {**TYPED, "pbx": "branch", "password": ""}, headers=HTMX)
    assert ConnectionTest.objects.get().read_secret() == "5f4dcc3b5aa765d61d8327deb882cf99"


def test_asking_from_an_edit_with_another_address_wants_the_password(admin_client):
    make_pbx("Branch")
    changed = {**TYPED, "pbx": "branch", "password": "", "address": "192.168.5.66"}
    assertContains(admin_client.post(ASK, changed, headers=HTMX), "Type it again")
    assert not ConnectionTest.objects.exists()


def test_a_lost_key_is_one_sentence(admin_client, settings):
    settings.PBXDASH_KEYS = ""
    assertContains(admin_client.post(ASK, TYPED, headers=HTMX), "cannot be encrypted")
    assert not ConnectionTest.objects.exists()


def test_who_is_not_logged_in_is_sent_to_the_log_in():
    assert Client().post(ASK, TYPED).headers["Location"].startswith("/login/")


def test_a_viewer_may_not_test(viewer_client):
    assert viewer_client.post(ASK, TYPED).status_code == 403


def test_permission_to_add_is_not_permission_to_try_a_saved_password(viewer, viewer_client):
    make_pbx("Branch")
    viewer.user_permissions.add(Permission.objects.get(codename="add_pbx"))
    assert viewer_client.post(ASK, {**TYPED, "pbx": "branch"}).status_code == 403
    assert viewer_client.post(ASK, TYPED).status_code == 200


def test_only_the_person_who_asked_sees_the_result(administrator, viewer_client):
    test = ended(administrator)
    assert viewer_client.get(page_of(test)).status_code == 404
    assert viewer_client.post(page_of(test), TYPED).status_code == 404


def test_polling_stops_when_it_is_over(admin_client, administrator):
    response = admin_client.get(page_of(ended(administrator)), headers=HTMX)
    assertNotContains(response, "hx-trigger")
    assertContains(response, 'hx-swap-oob="innerHTML:#announce"')


def test_a_test_that_nobody_takes_says_so(admin_client, administrator):
    test = ended(administrator, state="queued", reason="", certificate={}, deadline=0)
    ConnectionTest.objects.update(requested_at="2024-01-01T00:00:00Z")
    assertContains(admin_client.get(page_of(test), headers=HTMX), "No worker has answered yet.")


def test_looking_writes_nothing(admin_client, administrator, django_assert_num_queries):
    test = ended(administrator, state="queued", reason="", certificate={})
    with django_assert_num_queries(3) as queries:  # session, user, test
        admin_client.get(page_of(test), headers=HTMX)
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_a_history_restore_gets_the_whole_page(admin_client, administrator):
    restore = {**HTMX, "HX-History-Restore-Request": "true"}
    assertContains(admin_client.get(page_of(ended(administrator)), headers=restore), "<html")


def test_a_success_names_the_device(admin_client, administrator):
    device = {
        "name": "Yeastar S100",
        "firmware": "30.15.0.5",
        "serial_number": "369A",
        "hardware": "",
    }
    test = ended(administrator, state="succeeded", reason="", certificate={}, device=device)
    response = admin_client.get(page_of(test), headers=HTMX)
    for words in ("It works", "Yeastar S100", "30.15.0.5", "369A"):
        assertContains(response, words)


def test_a_refused_password_says_how_many_tries_are_left(admin_client, administrator):
    test = ended(
        administrator, reason="credentials-rejected", certificate={}, finished_at=timezone.now()
    )
    make_bad_login(test.base_url, tested_by=administrator)
    response = admin_client.get(page_of(test), headers=HTMX)
    assertContains(response, "2 more log-ins with a wrong password are tried from here")


def test_a_self_signed_certificate_is_shown_for_a_person_to_judge(admin_client, administrator):
    response = admin_client.get(page_of(ended(administrator)), headers=HTMX)
    for words in (
        "AB:<wbr>AB",
        "CN=&lt;pbx&gt;",
        "itself (self-signed)",
        "2034",
        "Trust this certificate",
    ):
        assertContains(response, words)


def test_trusting_the_certificate_swaps_the_trust_fields_alone(admin_client, administrator):
    typed = {**TYPED, "pin": "yes"}
    response = admin_client.post(page_of(ended(administrator)), typed, headers=HTMX)
    assertContains(response, f'value="{"ab" * 32}"')
    assertContains(response, 'value="pinned" checked')
    assertContains(response, "is pinned in the form, which is not saved yet")
    assertNotContains(response, 'name="address"')


def test_trusting_without_javascript_keeps_what_was_typed(admin_client, administrator):
    response = admin_client.post(page_of(ended(administrator)), {**TYPED, "pin": "yes"})
    assertContains(response, 'value="Headquarters"')
    assertContains(response, f'value="{"ab" * 32}"')
    assertContains(response, "Password typed a moment ago is kept until")
    assert not Pbx.objects.exists()


def test_from_an_unknown_certificate_to_a_saved_pbx_without_javascript(admin_client):
    with SimulatedPbx(WORLDS["office"], tls=make_certificate(), password=MARKER) as device:
        typed = {
            **TYPED,
            "trust": "pinned",
            "address": device.base_url,
            "username": device.username,
        }
        held = admin_client.post(ASK, typed).context["held_token"]
        first = ConnectionTest.objects.latest("pk")
        connection_test_perform(first.pk)
        typed |= {"password": "", "held_password": held}
        admin_client.post(page_of(first), {**typed, "pin": "yes"})
        typed["pinned_fingerprint"] = device.certificate_sha256
        admin_client.post(ASK, typed)
        second = ConnectionTest.objects.latest("pk")
        connection_test_perform(second.pk)
        assertContains(admin_client.post(page_of(second), typed), "It works")
        admin_client.post(reverse("pbx-add"), typed)
    pbx = Pbx.objects.get()
    assert (pbx.trust, pbx.pinned_fingerprint) == ("pinned", device.certificate_sha256)
    assert pbx.read_secret() == password_digest(MARKER)


def test_a_nul_in_the_pbx_of_a_form_is_one_that_there_is_not(admin_client):
    assert admin_client.post(ASK, {**TYPED, "pbx": "headquarters\0"}).status_code == 404
