"""Connection tests against simulated PBXs over real sockets."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.utils import timezone

from tests.builders import make_bad_login, make_pbx
from trunks.models import ConnectionTest, LoginAttempt, Pbx
from trunks.services import connection_tests
from trunks.services.connection_tests import (
    ConnectionTestCrashed,
    connection_test_perform,
    connection_test_request,
    saved_connection_test_request,
)
from trunks.simulator import WORLDS, SimulatedPbx, api_password, make_certificate
from trunks.simulator.faults import AnswerHtml

pytestmark = pytest.mark.django_db

WRONG = "f" * 32
FOUR_WRONG = ["a" * 32, "b" * 32, "c" * 32, "d" * 32]


@pytest.fixture(scope="module")
def certificate():
    """The self-signed certificate of the secure PBX."""
    return make_certificate()


@pytest.fixture
def secure(certificate):
    """A running PBX with HTTPS and a certificate of its own."""
    with SimulatedPbx(WORLDS["office"], tls=certificate) as simulated:
        yield simulated


def settings_for(device, *, trust="plain", pin="", **changes):
    return {
        "base_url": device.base_url,
        "api_path": "api/v2.0.0",
        "username": device.username,
        "trust": trust,
        "pinned_fingerprint": pin,
        "connect_timeout": 3,
        "deadline": 10,
        **changes,
    }


@pytest.fixture
def tried(administrator):
    """Ask for a test, let the worker do it, and return its end."""

    def ask_and_perform(device, *, password_md5=None, **settings) -> ConnectionTest:
        md5 = password_md5 or api_password(device.password)
        test = connection_test_request(
            requested_by=administrator, password_md5=md5, **settings_for(device, **settings)
        )
        connection_test_perform(test.pk)
        test.refresh_from_db()
        return test

    return ask_and_perform


def test_the_device_introduces_itself(tried, device):
    test = tried(device)
    assert test.state == "succeeded"
    assert test.device["name"].startswith("Yeastar")
    assert test.device["serial_number"]


def test_it_logs_out_again(tried, device):
    tried(device)
    assert [request.endpoint.rsplit("/", 1)[-1] for request in device.requests] == [
        "login",
        "query",
        "logout",
    ]


def test_nothing_of_the_pbx_is_saved(tried, device):
    tried(device)
    assert not Pbx.objects.exists()


def test_the_secret_waits_sealed_and_is_erased_at_the_end(administrator, device):
    md5 = api_password(device.password)
    test = connection_test_request(
        requested_by=administrator, password_md5=md5, **settings_for(device)
    )
    assert test.read_secret() == md5
    assert md5 not in serializers.serialize("json", ConnectionTest.objects.all())
    connection_test_perform(test.pk)
    assert ConnectionTest.objects.get().secret == ""


def test_asking_wakes_a_worker_and_calls_nobody(administrator, device):
    from django_tasks_db.models import DBTaskResult

    test = connection_test_request(
        requested_by=administrator, password_md5=WRONG, **settings_for(device)
    )
    woken = DBTaskResult.objects.get()
    assert (woken.task_path.rsplit(".", 1)[-1], woken.args_kwargs["args"]) == (
        "run_connection_test",
        [test.pk],
    )
    assert WRONG not in json.dumps(woken.args_kwargs)
    assert not device.requests


def test_a_wrong_password_is_said_and_logged_in_with_once(tried, device):
    test = tried(device, password_md5=WRONG)
    assert (test.state, test.reason, test.errno) == ("failed", "credentials-rejected", "20003")
    assert device.failed_logins == 1


def test_the_fourth_bad_log_in_never_reaches_the_pbx(tried, device):
    reasons = [tried(device, password_md5=md5).reason for md5 in FOUR_WRONG]
    assert reasons == ["credentials-rejected"] * 3 + ["login-held"]
    assert device.failed_logins == 3


def test_the_same_wrong_password_is_tried_once(tried, device):
    reasons = [tried(device, password_md5=WRONG).reason for _ in range(3)]
    assert reasons == ["credentials-rejected", "login-held", "login-held"]
    assert device.failed_logins == 1


def test_a_held_log_in_says_until_when(tried, device):
    for md5 in FOUR_WRONG[:3]:
        tried(device, password_md5=md5)
    first = LoginAttempt.objects.order_by("pk")[0].ends_at
    assert tried(device).detail == (first + timedelta(minutes=10)).isoformat(timespec="seconds")


def test_bad_log_ins_of_fetches_count_too(tried, device):
    for name in ("Leeds", "York", "Hull"):
        make_bad_login(device.base_url, pbx=make_pbx(name, base_url=device.base_url))
    assert tried(device).reason == "login-held"


def test_bad_log_ins_are_forgotten_after_ten_minutes(tried, device):
    for md5 in FOUR_WRONG[:3]:
        tried(device, password_md5=md5)
    LoginAttempt.objects.update(ends_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert tried(device).state == "succeeded"


def test_bad_log_ins_elsewhere_do_not_count(tried, device):
    with SimulatedPbx(WORLDS["office"]) as other:
        for md5 in FOUR_WRONG[:3]:
            tried(other, password_md5=md5)
    assert tried(device).state == "succeeded"


def test_no_log_in_while_the_pbx_locks_us_out(tried, device):
    seen = timezone.now() - timedelta(minutes=6)
    make_bad_login(device.base_url, outcome="locked-out", ends_at=seen)
    assert tried(device).reason == "login-held"
    assert not device.requests


def test_a_lock_out_seen_by_a_test_holds_the_next_one(tried, device):
    for _ in range(5):
        device._sessions._count_failure("127.0.0.1")
    assert tried(device).reason == "locked-out"
    assert tried(device).reason == "login-held"


def test_saved_credentials_that_were_refused_are_not_tried_again(administrator, device):
    pbx = make_pbx(base_url=device.base_url, trust="plain", credentials_rejected_at=timezone.now())
    test = saved_connection_test_request(
        requested_by=administrator, pbx=pbx, **settings_for(device)
    )
    assert (test.state, test.reason) == ("failed", "login-held")


def test_the_saved_secret_can_be_tested(administrator, pbx, device):
    test = saved_connection_test_request(
        requested_by=administrator, pbx=pbx, **settings_for(device)
    )
    connection_test_perform(test.pk)
    assert ConnectionTest.objects.get().state == "succeeded"


def test_the_saved_secret_goes_nowhere_else(administrator, pbx, device):
    elsewhere = settings_for(device, base_url="http://192.0.2.1:8088")
    with pytest.raises(ValueError, match="may not follow"):
        saved_connection_test_request(requested_by=administrator, pbx=pbx, **elsewhere)


def test_a_self_signed_certificate_is_shown_and_gets_no_password(tried, secure, certificate):
    test = tried(secure, trust="system")
    assert test.reason == "certificate-untrusted"
    assert test.certificate["sha256"] == certificate.sha256
    assert not secure.requests


def test_without_a_pin_the_certificate_is_shown_and_gets_no_password(tried, secure, certificate):
    test = tried(secure, trust="pinned")
    assert (test.state, test.certificate["sha256"]) == ("failed", certificate.sha256)
    assert test.certificate["not_after"] > test.certificate["not_before"]
    assert not secure.requests


def test_the_pinned_certificate_is_accepted(tried, secure, certificate):
    assert tried(secure, trust="pinned", pin=certificate.sha256).state == "succeeded"


def test_a_changed_certificate_is_refused_and_shown(tried, secure, certificate):
    test = tried(secure, trust="pinned", pin="a" * 64)
    assert test.reason == "certificate-changed"
    assert test.certificate["sha256"] == certificate.sha256
    assert not secure.requests


def test_a_pbx_that_is_off_is_said(tried, device):
    device.stop()
    assert tried(device).reason == "refused"


def test_a_web_page_instead_of_an_api_is_said(tried, device):
    device.fault = AnswerHtml()
    assert tried(device).reason == "not-an-api"


def test_settings_that_contradict_each_other_are_said(tried, device):
    assert tried(device, trust="system").reason == "bad-settings"


def test_a_lost_key_is_said(administrator, device, settings):
    test = connection_test_request(
        requested_by=administrator, password_md5=WRONG, **settings_for(device)
    )
    settings.PBXDASH_KEYS = ""
    connection_test_perform(test.pk)
    test.refresh_from_db()
    assert (test.reason, test.secret) == ("secret-unavailable", "")


def test_a_mistake_of_ours_ends_the_test_and_shows_nothing_of_it(
    administrator, device, monkeypatch
):
    def break_down(test):
        raise RuntimeError(f"with {test.read_secret()} inside")

    monkeypatch.setattr(connection_tests, "client_for", break_down)
    test = connection_test_request(
        requested_by=administrator, password_md5=WRONG, **settings_for(device)
    )
    with pytest.raises(ConnectionTestCrashed, match=r"^RuntimeError$") as crash:
        connection_test_perform(test.pk)
    assert crash.value.__context__ is None
    test.refresh_from_db()
    assert (test.state, test.reason, test.detail) == ("failed", "internal", "RuntimeError")


def test_a_test_is_performed_once(tried, device):
    test = tried(device)
    connection_test_perform(test.pk)
    assert device.logins == 1


def test_a_test_that_lost_its_worker_loses_its_secret_too(tried, administrator, device):
    lost = connection_test_request(
        requested_by=administrator, password_md5=WRONG, **settings_for(device)
    )
    ConnectionTest.objects.update(
        requested_at=timezone.now() - timedelta(minutes=16), state="running"
    )
    tried(device)
    lost.refresh_from_db()
    assert (lost.state, lost.reason, lost.secret) == ("failed", "interrupted", "")


def test_results_of_yesterday_are_forgotten(tried, device):
    old = tried(device)
    ConnectionTest.objects.update(requested_at=timezone.now() - timedelta(days=1, minutes=1))
    assert tried(device).pk != old.pk
    assert ConnectionTest.objects.count() == 1
