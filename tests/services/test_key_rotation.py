"""`rotate_keys`: everything that is sealed comes under the first key, whoever else writes meanwhile."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django_tasks_db.models import DBTaskResult

from tests.builders import make_pbx
from tests.keys import NEW, OF_SETTINGS, ROTATING, SWAPPED
from trunks.keyring import key_name_of, keyring
from trunks.models import ConnectionTest, Pbx
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS
from trunks.services import sealed_places
from trunks.services.key_rotation import keys_check, keys_rotate
from trunks.services.logouts import logout_request, run_logout
from trunks.services.pbxs import pbx_update
from trunks.services.sealed_places import SealedPlace
from trunks.services.second_factors import KEPT_AS, factor_seal, factor_unseal
from trunks.services.tokens import token_keep, token_key, token_read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MD5 = "5f4dcc3b5aa765d61d8327deb882cf99"
SETTINGS = ("name", "base_url", "api_path", "username", "trust", "pinned_fingerprint", "site")


@pytest.fixture
def pbx() -> Pbx:
    """A PBX with a text in every place where sealed ones rest."""
    gone, pbx = make_pbx("Gone"), make_pbx("Headquarters")
    for one, token in ((gone, "token-of-gone"), (pbx, "token-of-headquarters")):
        token_keep(key=token_key(one), token=token)
    logout_request(pbx=gone)
    test = ConnectionTest.objects.create(base_url="https://pbx:8088")
    test.keep_secret(MD5)
    test.save()
    return pbx


def dump() -> str:
    """Every row of every table, with what the cache keeps in base64."""
    hidden = {BINDING_GRAMS, TRUNK_GRAMS} if connection.vendor == "sqlite" else set()
    rows = ""
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - hidden):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows += repr(cursor.fetchall())
    return rows + "".join(str(cache.get(token_key(pbx))) for pbx in Pbx.objects.all())


def test_nothing_in_the_database_is_under_the_old_key_any_more(pbx: Pbx, settings):
    assert dump().count("v1:tests:") == 5
    settings.PBXDASH_KEYS = ROTATING
    rotation = keys_rotate()
    assert "v1:tests:" not in dump()
    assert dump().count("v1:new:") == 5
    assert (rotation.sealed_anew, rotation.thrown_away, rotation.is_whole) == (5, 0, True)


def test_everything_opens_with_the_new_key_alone(pbx: Pbx, settings):
    settings.PBXDASH_KEYS = ROTATING
    keys_rotate()
    settings.PBXDASH_KEYS = NEW
    assert [one.read_secret() for one in Pbx.objects.all()] == [MD5, MD5]
    assert ConnectionTest.objects.get().read_secret() == MD5
    assert token_read(key=token_key(pbx)) == "token-of-headquarters"
    [sealed] = DBTaskResult.objects.get(task_path=run_logout.module_path).args_kwargs["args"]
    assert json.loads(keyring().unseal(sealed, context="task.run_logout"))["token"]
    assert keys_check().is_whole


def test_a_new_key_is_no_edit_so_that_fetches_under_way_land_and_tokens_stay(pbx: Pbx, settings):
    before = token_key(pbx)
    settings.PBXDASH_KEYS = ROTATING
    keys_rotate()
    after = Pbx.objects.get(pk=pbx.pk)
    assert after.secret != pbx.secret
    assert after.is_reached_as(pbx)
    assert token_key(after) == before


def test_a_second_run_finds_nothing_to_do(pbx: Pbx, settings):
    settings.PBXDASH_KEYS = ROTATING
    keys_rotate()
    before = dump()
    assert keys_rotate().sealed_anew == 0
    assert dump() == before


def test_it_goes_through_more_than_one_batch(pbx: Pbx, settings, monkeypatch):
    monkeypatch.setattr(sealed_places, "BATCH", 2)
    for number in range(5):
        make_pbx(f"Branch {number}")
    settings.PBXDASH_KEYS = ROTATING
    looked_at: list[int] = []
    assert keys_rotate(each=looked_at.append).sealed_anew == 10
    assert sum(looked_at) == 10


def test_a_password_typed_between_reading_and_writing_stays(pbx: Pbx, settings, monkeypatch):
    settings.PBXDASH_KEYS = ROTATING
    read = SealedPlace.batch

    def batch_then_edit(place, *, after, limit):
        texts = read(place, after=after, limit=limit)
        current = Pbx.objects.get(pk=pbx.pk)
        if current.secret == pbx.secret:
            values = {name: getattr(current, name) for name in SETTINGS}
            settings.PBXDASH_KEYS = OF_SETTINGS  # A process that was not restarted yet.
            pbx_update(pbx=current, password_md5="0" * 32, **values)
            settings.PBXDASH_KEYS = ROTATING
        return texts

    monkeypatch.setattr(SealedPlace, "batch", batch_then_edit)
    assert keys_rotate().is_whole
    current = Pbx.objects.get(pk=pbx.pk)
    assert current.read_secret() == "0" * 32
    assert key_name_of(current.secret) == "new"


def test_what_no_key_opens_is_told_and_kept_but_for_log_ins_that_are_made_anew(pbx: Pbx, settings):
    settings.PBXDASH_KEYS = NEW
    rotation = keys_rotate()
    assert rotation.left == {
        ("trunks_pbx.secret", "tests"): 2,
        ("trunks_connectiontest.secret", "tests"): 1,
    }
    assert rotation.thrown_away == 2
    settings.PBXDASH_KEYS = OF_SETTINGS
    assert Pbx.objects.get(pk=pbx.pk).read_secret() == MD5


def test_a_key_that_has_the_right_name_and_opens_nothing_is_told(pbx: Pbx, settings):
    settings.PBXDASH_KEYS = SWAPPED
    assert keys_check().unreadable["trunks_pbx.secret", "tests"] == 2
    assert not keys_check().is_whole


@pytest.mark.parametrize(("kind", "key"), KEPT_AS.items())
def test_second_factors_open_with_the_new_key_alone(viewer: User, settings, kind, key):
    sealed = factor_seal("marker-4711")
    factor = Authenticator.objects.create(
        user=viewer, type=kind, data={key: sealed, "used_mask": 3}
    )
    settings.PBXDASH_KEYS = ROTATING
    keys_rotate()
    settings.PBXDASH_KEYS = NEW
    factor.refresh_from_db()
    assert factor_unseal(factor.data[key]) == "marker-4711"
    assert factor.data["used_mask"] == 3
