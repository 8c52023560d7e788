"""Adding, changing and deleting PBXs."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.connection_settings import PbxSettings
from trunks.keyring import KeysUnusable
from trunks.models import DodBinding, Pbx
from trunks.services.pbxs import (
    NameTaken,
    PasswordNeeded,
    pbx_add,
    pbx_contents,
    pbx_delete,
    pbx_set_enabled,
    pbx_update,
)

pytestmark = pytest.mark.django_db

MD5 = "0" * 32
NEW_MD5 = "1" * 32


def settings_of(**changes) -> PbxSettings:
    values = {
        "name": "Headquarters",
        "base_url": "https://192.168.5.150:8088",
        "api_path": "api/v2.0.0",
        "username": "api",
        "trust": "system",
        "pinned_fingerprint": "",
        "connect_timeout": 3,
        "deadline": 20,
        "site": "",
        "notes": "",
        "enabled": True,
        **changes,
    }
    return cast("PbxSettings", values)


def test_a_new_pbx_keeps_its_secret_sealed_for_its_own_row():
    pbx = pbx_add(password_md5=MD5, **settings_of())
    pbx.refresh_from_db()
    assert MD5 not in pbx.secret
    assert pbx.read_secret() == MD5


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Head Quarters, Zürich", "head-quarters-zurich"),
        ("厦门工厂", "pbx"),
        ("厦门 Xiamen", "xiamen"),
        ("New", "new-2"),
        ("x" * 100, "x" * 54),
    ],
)
def test_the_slug_is_made_from_the_name(name, slug):
    assert pbx_add(password_md5=MD5, **settings_of(name=name)).slug == slug


def test_two_names_with_the_same_slug_get_different_ones():
    slugs = [
        pbx_add(password_md5=MD5, **settings_of(name=name)).slug
        for name in ("厦门", "北京", "上海")
    ]
    assert slugs == ["pbx", "pbx-2", "pbx-3"]


def test_a_new_name_leaves_the_slug_and_changes_the_search_name():
    pbx = pbx_update(pbx=make_pbx("Old"), password_md5=None, **settings_of(name="Zürich"))
    assert (pbx.slug, pbx.search_name) == ("old", "zurich")


def test_a_name_taken_in_the_meantime_is_told_apart_from_other_trouble():
    make_pbx("Headquarters", slug="other")
    with pytest.raises(NameTaken):
        pbx_add(password_md5=MD5, **settings_of())


def test_without_a_key_nothing_is_saved(settings):
    settings.PBXDASH_KEYS = ""
    with pytest.raises(KeysUnusable):
        pbx_add(password_md5=MD5, **settings_of())
    assert not Pbx.objects.exists()


def test_an_update_without_password_keeps_the_secret():
    pbx = make_pbx(secret_md5=MD5)
    assert pbx_update(pbx=pbx, password_md5=None, **settings_of(site="Here")).read_secret() == MD5


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "https://192.168.5.151:8088"},
        {"base_url": "https://192.168.5.150:9"},
        {"base_url": "http://192.168.5.150:8088", "trust": "plain"},
        {"trust": "pinned", "pinned_fingerprint": "a" * 64},
    ],
)
def test_the_saved_secret_follows_no_changed_target(change):
    pbx = make_pbx()
    with pytest.raises(PasswordNeeded):
        pbx_update(pbx=pbx, password_md5=None, **settings_of(**change))
    assert Pbx.objects.get().base_url == pbx.base_url


def test_the_check_looks_at_the_row_as_it_is_now_and_not_as_it_was_read():
    stale = make_pbx()
    Pbx.objects.update(base_url="https://192.168.5.160:8088")
    with pytest.raises(PasswordNeeded):
        pbx_update(pbx=stale, password_md5=None, **settings_of())


@pytest.mark.parametrize(("password_md5", "username"), [(NEW_MD5, "api"), (None, "other")])
def test_edited_credentials_may_log_in_again(password_md5, username):
    pbx = make_pbx(credentials_rejected_at=timezone.now())
    pbx_update(pbx=pbx, password_md5=password_md5, **settings_of(username=username))
    assert Pbx.objects.get().credentials_rejected_at is None


def test_other_edits_leave_refused_credentials_refused():
    pbx = make_pbx(credentials_rejected_at=timezone.now())
    pbx_update(pbx=pbx, password_md5=None, **settings_of(site="Here"))
    assert Pbx.objects.get().credentials_rejected_at is not None


def test_a_lock_out_goes_on_whatever_is_edited():
    until = timezone.now() + timedelta(minutes=5)
    pbx = make_pbx(login_blocked_until=until)
    pbx_update(pbx=pbx, password_md5=NEW_MD5, **settings_of())
    assert Pbx.objects.get().login_blocked_until == until


def test_an_update_leaves_what_a_fetch_wrote_meanwhile():
    stale = make_pbx(observed_at=None)
    now = timezone.now()
    Pbx.objects.update(observed_at=now, failing_since=now)
    pbx_update(pbx=stale, password_md5=None, **settings_of())
    assert Pbx.objects.get().observed_at == now


def test_a_disabled_pbx_keeps_its_trunks():
    pbx = make_pbx()
    make_trunk(pbx)
    pbx_set_enabled(pbx=pbx, enabled=False)
    assert not Pbx.objects.get().enabled
    assert pbx.trunks.count() == 1


def test_deleting_takes_everything_along():
    pbx = make_pbx()
    make_binding(make_trunk(pbx))
    assert pbx_contents(pbx=pbx) == {
        "trunks": 1,
        "bindings": 1,
        "versions": 0,
        "fetches": 0,
        "shares": 0,
    }
    pbx_delete(pbx=pbx)
    assert not DodBinding.objects.exists()
