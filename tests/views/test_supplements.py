"""What was read beside the trunks, on the pages: registration, device, names of extensions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_supplement, make_trunk
from tests.views.pages import names_in, text_of
from trunks.models import Trunk

pytestmark = pytest.mark.django_db
TRUNKS, DODS = reverse("trunks"), reverse("dods")
DEVICE = {"name": "Yeastar S50", "firmware": "30.15.0.38", "hardware": "", "serial_number": "3692"}


@pytest.fixture
def pbx():
    return make_pbx("Leeds")


def page_of(client, row):
    return client.get(row.get_absolute_url())


@pytest.mark.parametrize(
    ("word", "tone", "label"),
    [
        ("registered", "ok", "Registered"),
        ("Registered", "ok", "Registered"),
        ("Registered (Unmonitored)", "ok", "Registered, unmonitored"),
        ("registering", "warn", "Registering"),
        ("Failure", "bad", "Registration failed"),
        ("disable", "", "Registration disabled"),
        ("unknown", "", "Registration unknown"),
        ("<Power Off>", "", "&lt;Power Off&gt;"),
    ],
)
@pytest.mark.parametrize("place", ["list", "page"])
def test_a_registration_is_shown_by_its_word(viewer_client, pbx, word, tone, label, place):
    make_supplement(pbx, "registration", {})
    trunk = make_trunk(pbx, registration=word)
    answer = viewer_client.get(TRUNKS) if place == "list" else page_of(viewer_client, trunk)
    page = answer.content.decode()
    assert f'<span class="badge {tone}" title="As of ' in page
    assert f">{label}</span>" in page


def test_a_registration_of_a_pbx_that_does_not_answer_is_not_coloured(viewer_client):
    pbx = make_pbx(failing_since=timezone.now())
    make_trunk(pbx, registration="registered")
    assert 'class="badge ok"' not in viewer_client.get(TRUNKS).content.decode()


def test_the_page_tells_of_when_a_registration_is(viewer_client, pbx):
    make_supplement(pbx, "registration", {}, at=timezone.now() - timedelta(minutes=5))
    trunk = make_trunk(pbx, registration="registered")
    assert "Registration Registered 5 min ago" in text_of(page_of(viewer_client, trunk))


@pytest.mark.parametrize(
    ("supplement", "why"),
    [
        (None, "The PBX was not asked yet."),
        ({"reason": "timeout"}, "The PBX did not answer in time."),
        ({"reason": "errno", "errno": "10003"}, "The PBX does not know this question"),
        ({"data": {"9": "registered"}}, "The PBX told it of other trunks, not of this one."),
    ],
)
def test_an_unreported_registration_says_why(viewer_client, pbx, supplement, why):
    if supplement is not None:
        make_supplement(pbx, "registration", **supplement)
    trunk = make_trunk(pbx)
    assert f"Registration not reported {why}" in text_of(page_of(viewer_client, trunk))


def test_trunks_are_sorted_by_registration_worst_first(viewer_client, pbx):
    words = ("", "registered", "Strange", "unknown", "FAILURE", "registering")
    for word in words:
        make_trunk(pbx, word or "none", registration=word)
    assert names_in(viewer_client.get(f"{TRUNKS}?sort=registration")) == [
        "FAILURE",
        "registering",
        "Strange",
        "unknown",
        "registered",
        "none",
    ]


def test_trunks_that_fail_to_register_can_be_picked_out(viewer_client, pbx):
    make_trunk(pbx, "bad", registration="Failure")
    make_trunk(pbx, "good", registration="registered")
    make_trunk(pbx, "silent")
    assert names_in(viewer_client.get(f"{TRUNKS}?q=is:unregistered")) == ["bad"]
    assert names_in(viewer_client.get(f"{TRUNKS}?q=-is:unregistered")) == ["good", "silent"]


def test_more_trunks_with_registrations_cost_no_more_queries(
    viewer_client, django_assert_num_queries
):
    def make_rows(count):
        for number in range(count):
            pbx = make_pbx(f"P{count}-{number}")
            make_supplement(pbx, "registration", {})
            make_trunk(pbx, registration="registered")

    make_rows(2)
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(TRUNKS)
    make_rows(20)
    with django_assert_num_queries(len(few)):
        viewer_client.get(TRUNKS)


def test_the_device_is_shown_with_what_it_did_not_report(viewer_client, pbx):
    make_supplement(pbx, "device", DEVICE)
    text = text_of(page_of(viewer_client, pbx))
    assert (
        "Device Name and model Yeastar S50 Firmware 30.15.0.38 Hardware not reported "
        "Serial number 3692"
    ) in text


def test_a_device_that_was_never_told_is_not_reported(viewer_client, pbx):
    assert "Device not reported" in text_of(page_of(viewer_client, pbx))


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("registration", None, "Registration states Not read yet."),
        ("registration", {"data": {}}, "Registration states Read just now"),
        (
            "registration",
            {"reason": "errno", "errno": "10003"},
            "The PBX did not know the question just now. It is asked again after a day",
        ),
        (
            "registration",
            {"reason": "timeout"},
            "Failed just now: The PBX did not answer in time. It is asked again after a quarter",
        ),
        ("extensions", None, "Extensions Not read: no binding needed it so far."),
        ("extensions", {"data": {"1": "", "2": ""}}, "Extensions 2 read just now"),
        ("extensions", {}, "Extensions Not read since the settings were edited."),
        (
            "groups",
            {"data": ["a"], "reason": "bad-list"},
            "The list has a form that is not documented. What was read just now still",
        ),
    ],
)
def test_the_page_of_a_pbx_says_what_was_read(viewer_client, pbx, kind, fields, words):
    if fields is not None:
        make_supplement(pbx, kind, **fields)
    assert words in text_of(page_of(viewer_client, pbx))


def test_lists_that_are_switched_off_are_said_to_be(viewer_client):
    text = text_of(page_of(viewer_client, make_pbx(reads_extensions=False)))
    assert text.count("Not read: switched off for this PBX.") == 2


@pytest.mark.parametrize("place", ["list", "page"])
def test_the_name_of_an_extension_stands_beside_its_number(viewer_client, pbx, place):
    make_supplement(pbx, "extensions", {"1000": "Reception <1>", "1001": "1001"})
    trunk = make_trunk(pbx, extensions_dod="x")
    make_binding(trunk)
    make_binding(trunk, target="1001")
    make_binding(trunk, target="1000", target_kind="group")
    answer = viewer_client.get(DODS) if place == "list" else page_of(viewer_client, trunk)
    page = answer.content.decode()
    assert page.count("Reception &lt;1&gt;") == 1
    assert '<span class="sub">1001</span>' not in page


def test_more_names_of_extensions_cost_no_more_queries(viewer_client, django_assert_num_queries):
    def make_rows(count):
        for number in range(count):
            pbx = make_pbx(f"P{count}-{number}")
            make_supplement(pbx, "extensions", {"1000": "Ann"})
            make_binding(make_trunk(pbx))

    make_rows(2)
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(DODS)
    make_rows(20)
    with django_assert_num_queries(len(few)):
        viewer_client.get(DODS)


def test_a_row_for_a_page_needs_no_query_for_its_registration(pbx, django_assert_num_queries):
    make_supplement(pbx, "registration", {})
    make_trunk(pbx)
    for rows in (Trunk.objects.for_table(), Trunk.objects.for_page()):
        row = rows.get()
        with django_assert_num_queries(0):
            assert row.registration_told is not None
