"""Lost and swapped keys are noticed without any PBX, and the PBXs concerned are marked."""

from __future__ import annotations

import pytest

from tests.builders import make_pbx
from tests.keys import NEW, OF_SETTINGS, ROTATING, SWAPPED, key
from trunks.keyring import key_checks
from trunks.models import Action, KeyCheck, Pbx, PbxState
from trunks.services.auditing import audit_record
from trunks.services.fetching import fetch_now
from trunks.services.key_checks import (
    AUDIT,
    FINGERPRINT,
    KeyTrouble,
    key_accept,
    key_troubles,
    keys_note,
    secrets_examine,
    swapped_keys,
)
from trunks.services.pbxs import pbx_update
from trunks.simulator import WORLDS, SimulatedPbx, api_password

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SETTINGS = ("name", "base_url", "api_path", "username", "trust", "pinned_fingerprint", "site")


def test_a_key_is_noted_once_and_known_again():
    keys_note()
    names = set(KeyCheck.objects.values_list("name", flat=True))
    assert names == {"data:tests", "fingerprint", "audit"}
    assert swapped_keys() == set()


def test_a_check_value_is_neither_the_key_nor_like_that_of_another_name(settings):
    settings.PBXDASH_KEYS = f"a:{key('k')},b:{key('k')}"
    values = key_checks()
    assert values["data:a"] != values["data:b"]
    assert (b"k" * 32).hex() not in values.values()


def test_a_swapped_key_is_noticed_without_any_pbx(settings):
    keys_note()
    settings.PBXDASH_KEYS = SWAPPED
    assert swapped_keys() == {"data:tests"}
    settings.PBXDASH_FINGERPRINT_KEY = key("x")
    assert swapped_keys() == {"data:tests", "fingerprint"}


def test_a_swapped_data_key_is_taken_once_nothing_needs_the_old_one(settings):
    keys_note()
    pbx = make_pbx()
    settings.PBXDASH_KEYS = SWAPPED
    keys_note()
    assert swapped_keys() == {"data:tests"}
    pbx_update(pbx=pbx, password_md5="0" * 32, **{name: getattr(pbx, name) for name in SETTINGS})
    keys_note()
    assert swapped_keys() == set()


def test_a_wrong_key_is_not_noted_as_the_right_one(settings):
    make_pbx()
    settings.PBXDASH_KEYS = SWAPPED
    keys_note()
    assert not KeyCheck.objects.filter(name="data:tests").exists()


def test_a_changed_fingerprint_key_is_never_taken_by_itself(settings):
    keys_note()
    settings.PBXDASH_FINGERPRINT_KEY = key("x")
    keys_note()
    assert swapped_keys() == {"fingerprint"}
    key_accept(FINGERPRINT)
    assert swapped_keys() == set()


def test_a_changed_audit_key_is_never_taken_by_itself(settings):
    keys_note()
    settings.PBXDASH_AUDIT_KEY = key("x")
    keys_note()
    assert swapped_keys() == {"audit"}
    key_accept(AUDIT)
    assert swapped_keys() == set()


def test_an_audit_key_that_did_not_seal_the_log_is_not_noted(settings):
    audit_record(Action.LOG_IN, by=None)
    own, settings.PBXDASH_AUDIT_KEY = settings.PBXDASH_AUDIT_KEY, key("x")
    keys_note()
    assert not KeyCheck.objects.filter(name="audit").exists()
    settings.PBXDASH_AUDIT_KEY = own
    keys_note()
    assert KeyCheck.objects.filter(name="audit").exists()


@pytest.mark.parametrize(("keys", "is_wrong"), [(NEW, False), (SWAPPED, True)])
def test_what_no_key_opens_is_told_by_key(settings, keys: str, is_wrong: bool):
    make_pbx("Leeds")
    make_pbx("Oslo")
    settings.PBXDASH_KEYS = keys
    assert key_troubles() == [KeyTrouble("tests", is_wrong, pbxs=2)]


def test_pbxs_whose_password_no_key_opens_are_marked_and_others_are_not(settings):
    make_pbx("Leeds")
    settings.PBXDASH_KEYS = ROTATING
    make_pbx("Oslo")
    settings.PBXDASH_KEYS = NEW
    assert secrets_examine() == 1
    assert Pbx.objects.get(secret_lost_at__isnull=False).name == "Leeds"
    assert Pbx.objects.get(name="Leeds").state is PbxState.BLOCKED


def test_the_mark_goes_when_the_key_is_back(settings):
    make_pbx()
    settings.PBXDASH_KEYS = NEW
    secrets_examine()
    settings.PBXDASH_KEYS = OF_SETTINGS
    assert secrets_examine() == 0
    assert Pbx.objects.get().secret_lost_at is None


def test_the_mark_goes_when_the_password_is_entered_again(settings):
    pbx = make_pbx(fetch_every=5, observed_at=None)
    settings.PBXDASH_KEYS = NEW
    secrets_examine()
    assert Pbx.objects.due() == []
    pbx_update(pbx=pbx, password_md5="0" * 32, **{name: getattr(pbx, name) for name in SETTINGS})
    assert Pbx.objects.get().secret_lost_at is None
    assert Pbx.objects.due() == [pbx]


def test_an_edit_without_a_password_leaves_the_mark(settings):
    pbx = make_pbx()
    settings.PBXDASH_KEYS = NEW
    secrets_examine()
    values = {name: getattr(pbx, name) for name in SETTINGS}
    pbx_update(pbx=pbx, password_md5=None, **{**values, "username": "other"})
    assert Pbx.objects.get().secret_lost_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", [NEW, SWAPPED])
def test_a_fetch_of_such_a_pbx_is_refused_before_any_call_and_marks_it(settings, keys: str):
    with SimulatedPbx(WORLDS["office"]) as device:
        pbx = make_pbx(base_url=device.base_url, trust="plain")
        settings.PBXDASH_KEYS = keys
        assert fetch_now(pbx=pbx).reason == "secret-unavailable"
        assert device.requests == []
    assert Pbx.objects.get().secret_lost_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_fetch_that_works_takes_the_mark_of_another_machine_off(settings):
    with SimulatedPbx(WORLDS["office"]) as device:
        pbx = make_pbx(base_url=device.base_url, trust="plain", username=device.username)
        pbx.keep_secret(api_password(device.password))
        pbx.save()
        settings.PBXDASH_KEYS = NEW
        secrets_examine()
        settings.PBXDASH_KEYS = OF_SETTINGS
        assert fetch_now(pbx=pbx).state == "succeeded"
    assert Pbx.objects.get().secret_lost_at is None
