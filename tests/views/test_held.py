"""An answer that is held back: what the pages say of it, and a person's word on it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.builders import make_held_answer, make_pbx, make_trunk
from tests.views.pages import text_of
from trunks.models import HeldAnswer, Pbx, PbxState

pytestmark = pytest.mark.django_db


@pytest.fixture
def pbx() -> Pbx:
    """A PBX with 24 trunks."""
    pbx = make_pbx("Leeds")
    for number in range(1, 25):
        make_trunk(pbx, f"SIP-{number:02}", remote_id=str(number))
    return pbx


@pytest.fixture
def held(pbx: Pbx) -> HeldAnswer:
    """An empty answer of it, held back."""
    return make_held_answer(pbx)


def page_of(client, pbx: Pbx) -> str:
    return text_of(client.get(reverse("pbx", args=[pbx.slug])))


def say(client, held: HeldAnswer, answer: str, **more: object):
    url = reverse("pbx-held", args=[held.pbx.slug])
    return client.post(url, {"held": held.pk, "answer": answer, **more}, follow=True)


def test_page_says_what_the_pbx_reports_now_and_what_was_kept(admin_client, pbx, held):
    page = page_of(admin_client, pbx)
    assert "The PBX now reports 0 of 24 trunks" in page
    assert "It answered so just now." in page
    assert "the last good data, of" in page
    assert "A second equal answer is applied by itself" in page


def test_page_names_the_first_twenty_trunks_that_would_go_and_counts_the_others(
    admin_client, pbx, held
):
    page = page_of(admin_client, pbx)
    assert "24 trunks would be marked as removed: SIP-01 SIP-02" in page
    assert "SIP-20 and 4 more" in page


def test_only_trunks_that_the_answer_lost_are_named(admin_client, pbx):
    make_held_answer(pbx, kept=[str(number) for number in range(1, 10)])
    page = page_of(admin_client, pbx)
    assert "The PBX now reports 9 of 24 trunks" in page
    assert "15 trunks would be marked as removed: SIP-10 SIP-11" in page


def test_an_answer_with_other_trunks_instead_says_how_many_are_missing(admin_client, pbx):
    make_held_answer(pbx, reported=24)
    assert "The PBX now reports 24 trunks and not 24 of the 24 known ones" in page_of(
        admin_client, pbx
    )


def test_page_without_a_held_answer_has_no_card(admin_client, pbx):
    assertNotContains(admin_client.get(pbx.get_absolute_url()), "held-answer")


def test_applying_marks_the_lost_trunks_as_removed(admin_client, pbx, held):
    response = say(admin_client, held, "apply")
    assertRedirects(response, pbx.get_absolute_url())
    assertContains(response, "The answer was applied: 24 trunks are marked as removed.")
    assert not pbx.trunks.present().exists()
    assertNotContains(response, "held-answer")


def test_giving_it_up_keeps_the_trunks(admin_client, pbx, held):
    response = say(admin_client, held, "discard")
    assertContains(response, "The last good data was kept")
    assert pbx.trunks.present().count() == 24
    pbx.refresh_from_db()
    assert pbx.state is PbxState.FRESH


@pytest.mark.parametrize("answer", ["apply", "discard"])
def test_an_answer_that_followed_meanwhile_is_left_alone(admin_client, pbx, held, answer):
    HeldAnswer.objects.filter(pk=held.pk).delete()
    newer = make_held_answer(pbx, kept=["1"])
    response = say(admin_client, held, answer)
    assertContains(response, "Nothing was done: the answer you looked at is no longer held back.")
    assert HeldAnswer.objects.filter(pk=newer.pk).exists()
    assert pbx.trunks.present().count() == 24


def test_the_answer_of_another_pbx_cannot_be_applied_here(admin_client, pbx, held):
    make_pbx("Lisbon")
    admin_client.post(reverse("pbx-held", args=["lisbon"]), {"held": held.pk, "answer": "apply"})
    assert pbx.trunks.present().count() == 24


@pytest.mark.parametrize(
    "posted", [{"answer": "burn"}, {"held": "x"}, {"held": "1\0"}, {"held": ""}]
)
def test_nonsense_is_refused(admin_client, pbx, held, posted):
    values = {"held": held.pk, "answer": "apply", **posted}
    response = admin_client.post(reverse("pbx-held", args=["leeds"]), values)
    assert response.status_code == 400
    assert pbx.trunks.present().count() == 24


def test_a_viewer_sees_it_and_may_not_decide(viewer_client, pbx, held):
    response = viewer_client.get(pbx.get_absolute_url())
    assertContains(response, "Whoever may fetch can apply it")
    assertNotContains(response, reverse("pbx-held", args=["leeds"]))
    assert say(viewer_client, held, "apply").status_code == 403
    assert pbx.trunks.present().count() == 24


def test_who_may_fetch_may_decide(viewer, viewer_client, pbx, held):
    viewer.user_permissions.add(Permission.objects.get(codename="add_fetch"))
    assert say(viewer_client, held, "apply").status_code == 200
    assert not pbx.trunks.present().exists()


def test_looking_never_decides(admin_client, pbx, held):
    assert admin_client.get(reverse("pbx-held", args=["leeds"])).status_code == 405


def test_overview_says_it_in_the_row(admin_client, pbx, held):
    assert "The PBX now reports 0 of 24 trunks" in text_of(admin_client.get(reverse("overview")))


def test_page_of_a_trunk_says_it_without_calling_it_a_failure(admin_client, pbx, held):
    page = text_of(admin_client.get(reverse("trunk", args=["leeds", "1"])))
    assert "The PBX now reports 0 of 24 trunks" in page
    assert "That answer is held back: you are looking at the details of" in page
    assert "The last fetch failed" not in page


def test_page_of_a_trunk_says_nothing_of_an_answer_that_was_given_up(admin_client, pbx, held):
    say(admin_client, held, "discard")
    page = text_of(admin_client.get(reverse("trunk", args=["leeds", "1"])))
    assert "The PBX now reports" not in page
    assert "The last fetch failed" not in page


def test_queries_do_not_grow_with_the_trunks_that_would_go(admin_client, pbx, held):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            admin_client.get(pbx.get_absolute_url())
        return len(found)

    many = queries()
    pbx.trunks.filter(name__gt="SIP-02").update(removed_at=timezone.now())
    assert queries() == many
