"""The page that shows a SIP password once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.builders import make_pbx, make_trunk
from tests.views.pages import text_of
from trunks.models import Trunk
from trunks.services.revealing import RevealFailed, RevealRefused
from trunks.views import reveal as views
from trunks.yeastar import SipPassword

pytestmark = pytest.mark.django_db
ASKED = {"reason": "ticket 4711", "password": "correct horse battery"}


@pytest.fixture
def trunk(settings) -> Trunk:
    settings.PBXDASH_REVEAL = True
    return make_trunk(make_pbx("Leeds"), "Brightline", password_fingerprint="f" * 64)


@pytest.fixture
def told(monkeypatch):
    """Let the PBX answer with this, or fail like this."""

    def tell(answer: object) -> None:
        def reveal(**_asked: object) -> object:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(views, "sip_password_reveal", reveal)

    return tell


def url_of(trunk: Trunk) -> str:
    return reverse("reveal", args=[trunk.pbx.slug, trunk.remote_id])


def test_the_page_asks_for_a_reason_and_the_own_password(admin_client, trunk):
    page = text_of(admin_client.get(url_of(trunk)))
    assert "shown once, for 30 seconds" in page
    assert "Your own password" in page


def test_the_value_is_shown_and_the_browser_leaves_by_itself(admin_client, trunk, told):
    told(SipPassword("s3cret<&>"))
    answer = admin_client.post(url_of(trunk), ASKED)
    assert "s3cret<&>" in text_of(answer)
    assert answer.headers["Refresh"] == f"30; url={trunk.get_absolute_url()}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_value_is_not_in_the_context_which_django_logs_at_debug_level(
    admin_client, trunk, told, caplog
):
    caplog.set_level("DEBUG", logger="django.template")
    told(SipPassword("s3cret-in-the-context"))
    admin_client.post(url_of(trunk), ASKED)
    assert "Failed lookup" in caplog.text
    assert "s3cret-in-the-context" not in caplog.text


def test_no_password_is_said_in_words(admin_client, trunk, told):
    told(None)
    assert "has no password for this trunk" in text_of(admin_client.post(url_of(trunk), ASKED))


@pytest.mark.parametrize(
    ("refused", "status", "sentence"),
    [
        (RevealRefused("wrong-password"), 200, "This is not your password."),
        (RevealRefused("too-often"), 429, "too often within an hour"),
        (RevealRefused("busy"), 503, "Try again in a moment"),
        (RevealFailed("refused"), 200, "The PBX refused the connection."),
    ],
)
def test_a_refusal_says_why_keeps_the_reason_and_drops_the_password(
    admin_client, trunk, told, refused, status, sentence
):
    told(refused)
    answer = admin_client.post(url_of(trunk), ASKED)
    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert 'value="ticket 4711"' in answer.content.decode()
    assert ASKED["password"] not in answer.content.decode()


@pytest.mark.parametrize("missing", ["reason", "password"])
def test_both_are_needed(admin_client, trunk, told, missing):
    told(RuntimeError("must not be asked"))
    answer = admin_client.post(url_of(trunk), {**ASKED, missing: ""})
    assert answer.status_code == 200
    assert answer.context["reveal_form"].errors.keys() == {missing}


def test_there_is_no_such_page_where_the_site_does_not_allow_it(admin_client, trunk, settings):
    settings.PBXDASH_REVEAL = False
    assert admin_client.get(url_of(trunk)).status_code == 404


def test_nor_for_a_trunk_without_a_password(admin_client, trunk):
    peer = make_trunk(trunk.pbx, "Peer", kind="peer")
    assert admin_client.get(url_of(peer)).status_code == 404


def test_without_the_right_it_is_refused_and_the_link_not_drawn(
    viewer_client, admin_client: Client, trunk
):
    assert viewer_client.get(url_of(trunk)).status_code == 403
    assert url_of(trunk) not in viewer_client.get(trunk.get_absolute_url()).content.decode()
    assert url_of(trunk) in admin_client.get(trunk.get_absolute_url()).content.decode()
