"""Where people see that the credentials of a PBX must be entered again, and what lifts it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.builders import make_pbx
from tests.keys import NEW
from trunks.models import Pbx
from trunks.services.key_checks import secrets_examine

pytestmark = pytest.mark.django_db

WORDS = "Credentials must be entered again"


@pytest.fixture
def pbx(settings) -> Pbx:
    """A PBX whose key is lost."""
    pbx = make_pbx("Leeds", observed_at=None)
    settings.PBXDASH_KEYS = NEW
    secrets_examine()
    return pbx


@pytest.mark.parametrize("name", ["overview", "pbxs", "pbx"])
def test_list_page_and_overview_say_so(viewer_client: Client, pbx: Pbx, name: str):
    address = reverse(name, args=[pbx.slug] if name == "pbx" else [])
    assert WORDS in viewer_client.get(address).content.decode()


def test_the_page_leads_to_the_form_only_who_may_edit(
    viewer_client: Client, admin_client: Client, pbx: Pbx
):
    link = f'href="{reverse("pbx-edit", args=[pbx.slug])}">Enter the API password again'
    assert link in admin_client.get(pbx.get_absolute_url()).content.decode()
    page = viewer_client.get(pbx.get_absolute_url()).content.decode()
    assert link not in page
    assert "Ask an administrator to type the API password again" in page


def test_the_list_finds_it_among_those_whose_log_in_is_stopped(viewer_client: Client, pbx: Pbx):
    make_pbx("Oslo")
    page = viewer_client.get(
        reverse("pbxs"), {"q": "is:blocked"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Leeds" in page
    assert pbx.get_absolute_url() in page
    assert "/pbxs/oslo/" not in page


def test_entering_the_password_again_lifts_it(admin_client: Client, pbx: Pbx):
    form = {
        "name": pbx.name,
        "address": pbx.base_url,
        "api_path": pbx.api_path,
        "username": pbx.username,
        "trust": pbx.trust,
        "password": "typed again",
        "connect_timeout": 3,
        "deadline": 20,
    }
    answer = admin_client.post(reverse("pbx-edit", args=[pbx.slug]), form, follow=True)
    assert answer.redirect_chain
    assert WORDS not in answer.content.decode()
    assert Pbx.objects.get().secret_lost_at is None
