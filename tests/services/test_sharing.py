"""Making, revoking and opening shared links."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_person, make_share, make_trunk
from trunks.models import AuditEntry, Role, Share, Trunk
from trunks.roles import RoleName
from trunks.services.pbxs import pbx_delete
from trunks.services.roles import NotAllowed, role_give
from trunks.services.sharing import (
    MISSES_OF_ADDRESS,
    OF_ADDRESS,
    PASSPHRASES_OF_ADDRESS,
    PASSPHRASES_OF_SHARE,
    PassphraseWanted,
    ShareGone,
    TooManyOpened,
    Visit,
    share_open,
    share_revoke,
    shares_revoke,
)
from trunks.services.throttling import throttle_take

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def maker() -> User:
    return make_person("olga", RoleName.OPERATOR)


@pytest.fixture
def trunk() -> Trunk:
    return make_trunk(make_pbx("Leeds"), "SIP-A", remote_id="15")


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of an allowance come back while a slow machine uses it up."""
    now = int(timezone.now().timestamp() * 1000)
    monkeypatch.setattr("trunks.services.throttling._now", lambda: now)


def opened(
    token: str,
    *,
    visit: Visit = Visit.PERSON,
    address: str = HERE,
    passphrase: str | None = None,
) -> Share:
    return share_open(token=token, address=address, visit=visit, passphrase=passphrase)


def change(share: Share, **fields: object) -> None:
    Share.objects.filter(pk=share.pk).update(**fields)


def test_a_token_has_256_random_bits_and_only_its_hash_is_kept(trunk, maker):
    share, token = make_share(trunk, maker)
    kept = Share.objects.values().get()

    assert re.fullmatch(r"pbxs_[\w-]{43}", token)
    assert share.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(kept)
    assert token not in str(list(AuditEntry.objects.values()))


def test_no_two_links_are_the_same(trunk, maker):
    assert make_share(trunk, maker)[1] != make_share(trunk, maker)[1]


@pytest.mark.parametrize("lasts", [timedelta(minutes=59), timedelta(days=90, seconds=1)])
def test_a_link_lasts_from_an_hour_to_ninety_days(trunk, maker, lasts):
    with pytest.raises(ValueError, match="one hour to ninety days"):
        make_share(trunk, maker, lasts=lasts)
    for fits in (timedelta(hours=1), timedelta(days=90)):
        assert make_share(trunk, maker, lasts=fits)


@pytest.mark.parametrize("role", [None, RoleName.VIEWER, RoleName.AUDITOR])
def test_others_than_operators_and_administrators_make_none(trunk, role):
    with pytest.raises(NotAllowed):
        make_share(trunk, make_person("pat", role))
    assert not Share.objects.exists()


def test_making_opening_and_revoking_are_in_the_audit_log_by_number(trunk, maker):
    share, token = make_share(trunk, maker, "Carrier", passphrase="open sesame")
    opened(token, passphrase="open sesame")
    share_revoke(share=share, by=maker)
    made, seen, revoked = AuditEntry.objects.filter(action__startswith="share").order_by("sequence")

    assert [entry.action for entry in (made, seen, revoked)] == [
        *("share-made", "share-opened", "share-revoked")
    ]
    assert {entry.facts["share"] for entry in (made, seen, revoked)} == {share.pk}
    assert (made.actor_name, made.pbx_slug, made.subject) == ("olga", "leeds", "SIP-A")
    assert (seen.actor_name, seen.facts["visitor"]) == ("", "person")
    assert made.facts["passphrase"] == "yes"
    assert "sesame" not in str(list(AuditEntry.objects.values()))


def test_people_and_programs_are_counted_apart_and_looks_not_at_all(trunk, maker):
    share, token = make_share(trunk, maker)
    for visit in (Visit.PERSON, Visit.PROGRAM, Visit.PERSON, Visit.LOOK):
        opened(token, visit=visit)
    share.refresh_from_db()

    assert (share.opens, share.program_opens) == (2, 1)
    assert share.last_opened_at is not None
    assert AuditEntry.objects.filter(action="share-opened").count() == 3


def spoil_nothing_but_the_token(share: Share) -> None:
    change(share, token_hash="0" * 64)


def end_it(share: Share) -> None:
    change(share, ends_at=timezone.now())


def revoke_it(share: Share) -> None:
    share_revoke(share=share, by=share.made_by)


def disable_its_maker(share: Share) -> None:
    User.objects.filter(pk=share.made_by_id).update(is_active=False)


def take_the_right_from_its_maker(share: Share) -> None:
    role_give(user=share.made_by, role=RoleName.VIEWER)


def take_the_right_from_the_role(share: Share) -> None:
    Group.objects.get(role__name=RoleName.OPERATOR).permissions.clear()


def make_its_maker_an_auditor_too(share: Share) -> None:
    share.made_by.groups.add(Role.objects.get(name=RoleName.AUDITOR).group)


def delete_its_maker(share: Share) -> None:
    share.made_by.delete()


def delete_its_trunk(share: Share) -> None:
    share.trunk.delete()


def delete_its_pbx(share: Share) -> None:
    pbx_delete(pbx=share.trunk.pbx)


ENDS = [
    spoil_nothing_but_the_token,
    end_it,
    revoke_it,
    disable_its_maker,
    take_the_right_from_its_maker,
    take_the_right_from_the_role,
    make_its_maker_an_auditor_too,
    delete_its_maker,
    delete_its_trunk,
    delete_its_pbx,
]


@pytest.mark.parametrize("end", ENDS)
def test_a_link_that_is_over_opens_nothing_with_the_same_questions(trunk, maker, end):
    share, token = make_share(trunk, maker, passphrase="open sesame")
    opened(token, passphrase="open sesame")
    # One miss before, since the first from an address makes its row.
    with pytest.raises(ShareGone):
        opened("pbxs_never")
    end(share)

    asked = []
    for dead in (token, "pbxs_never"):
        with CaptureQueriesContext(connection) as queries, pytest.raises(ShareGone):
            opened(dead, passphrase="open sesame")
        asked.append([re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in queries])
    assert asked[0] == asked[1]


def test_a_superuser_may_share_without_a_role(trunk, administrator):
    assert opened(make_share(trunk, administrator)[1])


def test_a_link_that_is_revoked_while_it_opens_shows_nothing(trunk, maker, monkeypatch):
    share, token = make_share(trunk, maker)
    monkeypatch.setattr(
        "trunks.services.sharing.Share.objects.of_token", lambda _hash: share, raising=False
    )
    revoke_it(share)
    with pytest.raises(ShareGone):
        opened(token)


@pytest.mark.parametrize(
    "text", ["", "pbxs_", "x" * 5000, "ü\ud800", "pbxs_" + "A" * 43, "' OR 1=1 --", "\0"]
)
def test_any_text_is_a_token_that_was_never_given(trunk, text):
    with pytest.raises(ShareGone):
        opened(text)


def test_a_link_with_a_passphrase_asks_for_it_and_counts_nothing(trunk, maker):
    share, token = make_share(trunk, maker, passphrase="open sesame")
    with pytest.raises(PassphraseWanted) as wish:
        opened(token)
    share.refresh_from_db()

    assert (wish.value.is_wrong, share.opens) == (False, 0)
    assert "sesame" not in share.passphrase


@pytest.mark.parametrize("passphrase", ["", "Open Sesame", "x" * 129, "open sesame\0"])
def test_a_wrong_passphrase_is_refused(trunk, maker, passphrase):
    _share, token = make_share(trunk, maker, passphrase="open sesame")
    with pytest.raises(PassphraseWanted) as wish:
        opened(token, passphrase=passphrase)
    assert wish.value.is_wrong


def test_wrong_passphrases_are_in_the_audit_log_as_often_as_they_are_looked_at(
    trunk, maker, no_time_passes
):
    share, token = make_share(trunk, maker, passphrase="open sesame")
    for _ in range(PASSPHRASES_OF_ADDRESS.times + 3):
        with pytest.raises(PassphraseWanted):
            opened(token, passphrase="wrong one")
    refused = AuditEntry.objects.filter(action="share-refused")

    assert refused.count() == PASSPHRASES_OF_ADDRESS.times
    assert {(one.actor_name, one.facts["share"], one.pbx_slug) for one in refused} == {
        ("", share.pk, "leeds")
    }
    assert "wrong one" not in str(list(refused.values()))


def test_after_five_wrong_ones_even_the_right_passphrase_waits_and_other_addresses_do_not(
    trunk, maker
):
    _share, token = make_share(trunk, maker, passphrase="open sesame")
    for _ in range(PASSPHRASES_OF_ADDRESS.times):
        with pytest.raises(PassphraseWanted):
            opened(token, passphrase="wrong one")

    with pytest.raises(PassphraseWanted) as wish:
        opened(token, passphrase="open sesame")
    assert wish.value.held_until is not None
    assert opened(token, passphrase="open sesame", address=ELSEWHERE)


def test_tries_from_everywhere_are_counted_for_the_link(trunk, maker, no_time_passes):
    share, token = make_share(trunk, maker, passphrase="open sesame")
    for _ in range(PASSPHRASES_OF_SHARE.times):
        throttle_take(name=f"share:passphrase:{share.pk}", allowance=PASSPHRASES_OF_SHARE)
    with pytest.raises(PassphraseWanted) as wish:
        opened(token, passphrase="open sesame")
    assert wish.value.held_until is not None


def test_right_passphrases_use_nothing_up(trunk, maker):
    _share, token = make_share(trunk, maker, passphrase="open sesame")
    for _ in range(PASSPHRASES_OF_ADDRESS.times + 3):
        assert opened(token, passphrase="open sesame")


def test_guessing_is_rationed_by_address(trunk, maker, no_time_passes):
    _share, token = make_share(trunk, maker)
    for number in range(MISSES_OF_ADDRESS.times):
        with pytest.raises(ShareGone):
            opened(f"pbxs_{number}")

    for one in ("pbxs_next", token):
        with pytest.raises(TooManyOpened):
            opened(one)
    assert opened(token, address=ELSEWHERE)


def test_opening_is_rationed_by_address(trunk, maker, no_time_passes):
    _share, token = make_share(trunk, maker)
    for _ in range(OF_ADDRESS.times):
        throttle_take(name=f"share:{HERE}", allowance=OF_ADDRESS)
    with pytest.raises(TooManyOpened):
        opened(token)


def test_an_own_link_and_with_the_right_those_of_others_are_revoked(trunk, maker):
    boss, other = make_person("adam", RoleName.ADMINISTRATOR), make_person("o2", RoleName.OPERATOR)
    first, _ = make_share(trunk, maker)
    second, _ = make_share(trunk, maker)
    with pytest.raises(NotAllowed):
        share_revoke(share=first, by=other)
    share_revoke(share=first, by=maker)
    share_revoke(share=second, by=boss)
    share_revoke(share=second, by=boss)

    assert not Share.objects.filter(revoked_at=None).exists()
    assert AuditEntry.objects.filter(action="share-revoked").count() == 2


def test_an_auditor_revokes_not_even_an_own_one(trunk, maker):
    share, _ = make_share(trunk, maker)
    role_give(user=maker, role=RoleName.AUDITOR)
    with pytest.raises(NotAllowed):
        share_revoke(share=share, by=User.objects.get(pk=maker.pk))


def test_finding_a_link_asks_the_index_alone(trunk, maker):
    make_binding(trunk)
    make_share(trunk, maker)
    if connection.vendor == "sqlite":
        found = Share.objects.alive().filter(token_hash="0" * 64)
        assert "token_hash" in found.explain().splitlines()[0]


def test_many_links_are_revoked_all_or_none(trunk, maker):
    make_share(trunk, maker, "mine")
    make_share(trunk, make_person("omar", RoleName.OPERATOR), "theirs")
    with pytest.raises(NotAllowed):
        shares_revoke(shares=Share.objects.all(), by=maker)
    assert Share.objects.lasting().count() == 2
    assert not AuditEntry.objects.filter(action="share-revoked").exists()
    assert shares_revoke(shares=Share.objects.made_by(maker.pk), by=maker) == 1
