"""The list of PBXs, and the forms that add, edit and delete one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import names_in
from trunks.models import Fetch, Pbx
from trunks.services.tokens import token_keep, token_key
from trunks.yeastar import password_digest

pytestmark = pytest.mark.django_db


MARKER = "marker-pass-7391"


TYPED = {
    "name": "Headquarters",
    "site": "London",
    "address": "192.168.5.150:8088",
    "username": "api",
    "password": MARKER,
    "trust": "system",
    "pinned_fingerprint": "",
    "api_path": "api/v2.0.0",
    "connect_timeout": "3",
    "deadline": "20",
    "notes": "",
    "enabled": "on",
}


PAGES = ["pbxs", "pbx-add", "pbx", "pbx-edit", "pbx-delete"]


def address_of(name: str) -> str:
    return reverse(name) if name in {"pbxs", "pbx-add"} else reverse(name, args=["branch"])


def held_token(response) -> str:
    return str(response.context["held_token"])


@pytest.mark.parametrize("name", PAGES)
def test_it_works(admin_client, pbx, name):
    assert admin_client.get(address_of(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_who_is_not_logged_in_is_sent_to_the_log_in(pbx, name):
    response = Client().get(address_of(name))
    assertRedirects(response, f"/login/?next={address_of(name)}", fetch_redirect_response=False)


@pytest.mark.parametrize("name", ["pbx-add", "pbx-edit", "pbx-delete", "pbx-enabled"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_viewer_may_not_change_anything(viewer_client, pbx, name, method):
    response = getattr(viewer_client, method)(address_of(name), TYPED)
    assert response.status_code == (405 if (name, method) == ("pbx-enabled", "get") else 403)
    assert Pbx.objects.get().name == "Branch"


@pytest.mark.parametrize("name", ["pbxs", "pbx"])
def test_a_viewer_sees_no_button_to_change_anything(viewer_client, pbx, name):
    response = viewer_client.get(address_of(name))
    for other in ("pbx-edit", "pbx-delete", "pbx-enabled"):
        assertNotContains(response, f'"{address_of(other)}"')


def test_permission_to_edit_is_not_permission_to_delete(viewer, viewer_client, pbx):
    viewer.user_permissions.add(Permission.objects.get(codename="change_pbx"))
    assert viewer_client.get(address_of("pbx-edit")).status_code == 200
    assert viewer_client.post(address_of("pbx-delete")).status_code == 403


@pytest.mark.parametrize("name", ["pbx", "pbx-edit", "pbx-delete"])
def test_an_unknown_pbx_is_not_found(admin_client, name):
    assert admin_client.get(reverse(name, args=["nowhere"])).status_code == 404


def test_adding_saves_and_shows_the_pbx(admin_client):
    response = admin_client.post(reverse("pbx-add"), TYPED)
    assertRedirects(response, reverse("pbx", args=["headquarters"]))
    pbx = Pbx.objects.get()
    assert pbx.base_url == "https://192.168.5.150:8088"
    assert pbx.read_secret() == password_digest(MARKER)


def test_bad_input_keeps_what_was_typed(admin_client):
    typed = {
        **TYPED,
        "address": "192.168.5.150:http",
        "deadline": "soon",
        "notes": "By the <b>door</b>",
    }
    response = admin_client.post(reverse("pbx-add"), typed)
    assertContains(response, 'value="192.168.5.150:http"')
    assertContains(response, 'value="soon"')
    assertContains(response, "By the &lt;b&gt;door&lt;/b&gt;")
    assertContains(response, "“http” is not a port")
    assert not Pbx.objects.exists()


def test_the_password_is_kept_over_an_error_and_never_shown(admin_client):
    first = admin_client.post(reverse("pbx-add"), {**TYPED, "name": ""})
    assertNotContains(first, MARKER)
    assertNotContains(first, password_digest(MARKER))
    assertContains(first, "Password typed a moment ago is kept until")
    admin_client.post(
        reverse("pbx-add"), {**TYPED, "password": "", "held_password": held_token(first)}
    )
    assert Pbx.objects.get().read_secret() == password_digest(MARKER)


def test_the_password_is_kept_over_a_corrected_address(admin_client):
    first = admin_client.post(reverse("pbx-add"), {**TYPED, "address": "192.168.5.150:x"})
    admin_client.post(
        reverse("pbx-add"), {**TYPED, "password": "", "held_password": held_token(first)}
    )
    assert Pbx.objects.exists()


def test_a_kept_password_goes_to_no_other_machine(admin_client):
    first = admin_client.post(reverse("pbx-add"), {**TYPED, "name": ""})
    changed = {"password": "", "held_password": held_token(first), "address": "192.168.5.66:8088"}
    response = admin_client.post(reverse("pbx-add"), {**TYPED, **changed})
    assertContains(response, "no longer kept")
    assert not Pbx.objects.exists()


def test_a_kept_password_of_another_person_is_refused(admin_client, django_user_model):
    first = admin_client.post(reverse("pbx-add"), {**TYPED, "name": ""})
    other = Client()
    other.force_login(django_user_model.objects.create_superuser("bob"))
    response = other.post(
        reverse("pbx-add"), {**TYPED, "password": "", "held_password": held_token(first)}
    )
    assertContains(response, "no longer kept")


def test_a_missing_key_is_one_sentence(admin_client, settings):
    settings.PBXDASH_KEYS = ""
    response = admin_client.post(reverse("pbx-add"), TYPED)
    assertContains(response, "The API password cannot be encrypted, so nothing was saved.")
    assert not Pbx.objects.exists()


def test_the_password_is_nowhere_in_clear(admin_client, settings, django_db_blocker):
    from django.core import serializers

    admin_client.post(reverse("pbx-add"), TYPED)
    kept = serializers.serialize("json", Pbx.objects.all())
    for name in ("pbx", "pbx-edit", "pbx-delete"):
        kept += admin_client.get(reverse(name, args=["headquarters"])).content.decode()
    assert MARKER not in kept
    assert password_digest(MARKER) not in kept


def test_editing_without_password_keeps_it(admin_client, pbx):
    before = pbx.read_secret()
    admin_client.post(address_of("pbx-edit"), {**TYPED, "password": ""})
    pbx.refresh_from_db()
    assert (pbx.name, pbx.slug, pbx.read_secret()) == ("Headquarters", "branch", before)


def test_a_changed_address_asks_for_the_password_beside_its_field(admin_client, pbx):
    changed = {**TYPED, "password": "", "address": "192.168.5.66:8088"}
    response = admin_client.post(address_of("pbx-edit"), changed)
    assert "Type it again" in response.context["form"].errors["password"][0]
    assert Pbx.objects.get().base_url == pbx.base_url


def test_an_edit_that_another_one_overtook_asks_for_the_password(admin_client, pbx, monkeypatch):
    from trunks.services import pbxs

    def overtaken(**kwargs):
        raise pbxs.PasswordNeeded

    monkeypatch.setattr(pbxs, "pbx_update", overtaken)
    response = admin_client.post(address_of("pbx-edit"), {**TYPED, "password": ""})
    assertContains(response, "Another person changed this PBX meanwhile.")


def test_disabling_and_enabling(admin_client, pbx):
    admin_client.post(address_of("pbx-enabled"), {"enabled": "false"})
    assert not Pbx.objects.get().enabled
    response = admin_client.post(address_of("pbx-enabled"), {"enabled": "true", "back": "list"})
    assertRedirects(response, reverse("pbxs"))
    assert Pbx.objects.get().enabled


def test_delete_says_what_goes_with_it(admin_client, pbx):
    trunk = make_trunk(pbx)
    make_binding(trunk)
    make_binding(trunk, "5503302")
    response = admin_client.get(address_of("pbx-delete"))
    for words in ("1 trunk", "2 DOD bindings", "0 versions", "0 fetches"):
        assertContains(response, words)
    assert Pbx.objects.exists()


def test_delete_deletes(admin_client, pbx):
    assertRedirects(admin_client.post(address_of("pbx-delete")), reverse("pbxs"))
    assert not Pbx.objects.exists()


def test_a_write_without_csrf_token_is_refused(administrator, pbx):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    assert client.post(address_of("pbx-delete")).status_code == 403


def test_an_empty_list_says_what_to_do(admin_client):
    assertContains(admin_client.get(reverse("pbxs")), "Settings > PBX > General > API")


def test_the_list_is_sorted_by_name(admin_client):
    for name in ("Zulu", "Alpha"):
        make_pbx(name)
    assert names_in(admin_client.get(reverse("pbxs"))) == ["Alpha", "Zulu"]


def test_plain_http_is_marked_insecure(admin_client):
    make_pbx("Branch", base_url="http://192.168.5.150:80", trust="plain")
    for name in ("pbxs", "pbx"):
        assertContains(admin_client.get(address_of(name)), "insecure")


def test_a_pbx_that_was_never_fetched_has_no_number_of_trunks(admin_client):
    make_pbx("Branch", observed_at=None)
    assertContains(admin_client.get(reverse("pbxs")), "not fetched yet")
    assertContains(admin_client.get(address_of("pbx")), "never fetched with success")


@pytest.mark.parametrize(("posted", "keeps"), [({"keeps_login": "on"}, True), ({}, False)])
def test_staying_logged_in_is_a_setting(admin_client, posted, keeps):
    typed = {name: value for name, value in TYPED.items() if name != "keeps_login"}
    admin_client.post(reverse("pbx-add"), typed | posted)
    assert Pbx.objects.get().keeps_login is keeps


def test_a_page_that_disables_a_pbx_calls_nobody_and_has_it_logged_out(admin_client):
    pbx = make_pbx("Branch")
    token_keep(key=token_key(pbx), token="a" * 32)
    admin_client.post(reverse("pbx-enabled", args=[pbx.slug]), {"enabled": "false"})
    assert DBTaskResult.objects.get().task_path.endswith("run_logout")


@pytest.mark.parametrize("name", ["pbxs", "pbx"])
def test_queries_do_not_grow_with_rows(admin_client, pbx, name, django_assert_max_num_queries):
    def fill(start: int) -> None:
        for number in range(start, start + 5):
            other = make_pbx(f"Other {number}")
            make_trunk(other)
            make_trunk(pbx, f"SIP-{number}", remote_id=str(number))
            Fetch.objects.create(pbx=pbx, state="failed", reason="refused")

    fill(0)
    with django_assert_max_num_queries(17) as few:
        admin_client.get(address_of(name))
    fill(5)
    with django_assert_max_num_queries(17) as many:
        admin_client.get(address_of(name))
    assert len(many) == len(few)


def test_interval_and_extensions_are_saved_and_shown(admin_client):
    pbx = make_pbx("Branch", pinned_fingerprint="")
    assertContains(
        admin_client.get(pbx.get_absolute_url()), "<dd>read, with groups</dd>", html=True
    )
    typed = {**TYPED, "name": "Branch", "fetch_every": "240"}
    page = admin_client.post(address_of("pbx-edit"), typed, follow=True)
    assertContains(page, "<dd>every 4 h</dd>", html=True)
    assertContains(page, "<dd>not read</dd>", html=True)
    edit = admin_client.get(address_of("pbx-edit"))
    assertContains(edit, '<option value="240" selected>every 4 h</option>', html=True)


def test_form_names_the_command_that_a_schedule_needs(admin_client):
    assertContains(admin_client.get(address_of("pbx-add")), "manage.py fetch_trunks --due")
