"""The rules of log-ins: booked before the call, counted over all rows that point to one host and port."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.builders import make_bad_login, make_pbx
from trunks.models import LOCK_OUT, UNLIMITED, ConnectionTest, LoginAttempt, Pbx
from trunks.services import claiming, logins
from trunks.services.logins import BookedLogins, bad_logins_left, login_block
from trunks.services.pbxs import pbx_delete
from trunks.services.tokens import KeptLogins
from trunks.yeastar import ApiRefused, BadPayload, LoginHeld, LoginRefused, Reason, Unreachable

pytestmark = pytest.mark.django_db

MD5, OTHER_MD5 = "a" * 32, "b" * 32
BASE = "https://192.168.5.150:8088"
REFUSED = LoginRefused(Reason.CREDENTIALS_REJECTED, errno="20003")
LOCKED = LoginRefused(Reason.LOCKED_OUT, errno="20002")
# Long enough to log in, too short to wait for anybody.
BRIEF = 0.5


def logins_of(pbx: Pbx, md5: str = MD5) -> KeptLogins:
    return KeptLogins(Pbx.objects.get(pk=pbx.pk), password_md5=md5)


def logins_of_test(base_url: str = BASE, md5: str = MD5, username: str = "api") -> BookedLogins:
    test = ConnectionTest(base_url=base_url, username=username)
    return BookedLogins(test, password_md5=md5)


def held(book: BookedLogins) -> LoginHeld:
    with pytest.raises(LoginHeld) as caught:
        book.admit("", BRIEF)
    return caught.value


@pytest.fixture
def pbx() -> Pbx:
    """A saved PBX."""
    return make_pbx(secret_md5=MD5)


def test_a_log_in_is_in_the_database_before_it_is_made(pbx):
    logins_of(pbx).admit("", 20)
    attempt = LoginAttempt.objects.get()
    assert (attempt.outcome, attempt.pbx, attempt.place.authority) == (
        "under-way",
        pbx,
        "192.168.5.150:8088",
    )


def test_a_good_log_in_leaves_nothing_behind(pbx):
    book = logins_of(pbx)
    book.admit("", 20)
    book.accepted("token")
    assert not LoginAttempt.objects.exists()


def test_one_log_in_at_a_time_reaches_a_host_and_port(pbx):
    logins_of(pbx).admit("", 20)
    twin = make_pbx("Twin", base_url="http://192.168.5.150:8088", trust="plain")
    error = held(logins_of(twin, OTHER_MD5))
    assert error.detail == LoginAttempt.objects.get().ends_at.isoformat(timespec="seconds")
    assert held(logins_of_test(md5=OTHER_MD5)).reason is Reason.LOGIN_HELD


def test_another_port_is_another_place(pbx):
    logins_of(pbx).admit("", 20)
    other = make_pbx("Other", base_url="https://192.168.5.150:8089")
    assert logins_of(other).admit("", BRIEF) == ""


def test_who_waits_goes_on_when_the_other_has_ended(pbx, monkeypatch):
    first = logins_of(pbx)
    first.admit("", 20)
    monkeypatch.setattr(
        "trunks.services.logins.time.sleep", lambda seconds: first.accepted("token")
    )
    assert logins_of_test(md5=OTHER_MD5).admit("", 20) == ""


def test_who_waits_takes_the_token_that_the_other_got(pbx, monkeypatch):
    first = logins_of(pbx)
    first.admit("", 20)
    monkeypatch.setattr(
        "trunks.services.logins.time.sleep", lambda seconds: first.accepted("token")
    )
    assert logins_of(pbx).admit("dead", 20) == "token"


def test_refused_credentials_wait_for_an_edit(pbx):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(REFUSED)
    pbx.refresh_from_db()
    LoginAttempt.objects.update(ends_at=timezone.now() - timedelta(days=1))
    assert pbx.credentials_rejected_at is not None
    assert held(logins_of(pbx)).detail == ""


@pytest.mark.parametrize("who", ["a test", "another row"])
def test_the_same_refused_credentials_are_not_tried_elsewhere_either(pbx, who):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(REFUSED)
    twin = make_pbx("Twin", secret_md5=MD5)
    error = held(logins_of_test() if who == "a test" else logins_of(twin))
    ends = LoginAttempt.objects.get().ends_at + LOCK_OUT
    assert error.detail == ends.isoformat(timespec="seconds")


@pytest.mark.parametrize("change", [{"md5": OTHER_MD5}, {"username": "other"}])
def test_other_credentials_have_their_own_try(pbx, change):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(REFUSED)
    assert logins_of_test(**change).admit("", BRIEF) == ""


def test_credentials_that_were_edited_meanwhile_stay_unmarked(pbx):
    book = logins_of(pbx)
    book.admit("", 20)
    pbx.keep_secret(OTHER_MD5)
    pbx.save()
    book.refused(REFUSED)
    assert Pbx.objects.get().credentials_rejected_at is None


def test_credentials_that_were_edited_meanwhile_are_not_sent(pbx):
    book = logins_of(pbx)
    pbx.keep_secret(OTHER_MD5)
    pbx.save()
    assert held(book).reason is Reason.EDITED_MEANWHILE
    assert not LoginAttempt.objects.exists()


def test_a_pbx_that_was_deleted_meanwhile_is_not_called(pbx):
    book = logins_of(pbx)
    pbx_delete(pbx=pbx)
    assert held(book).reason is Reason.EDITED_MEANWHILE


def test_a_deleted_pbx_leaves_its_bad_log_ins(pbx):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(REFUSED)
    pbx_delete(pbx=pbx)
    assert bad_logins_left(BASE) == 2


def test_a_lock_out_stops_every_row_at_the_place(pbx):
    twin = make_pbx("Twin", username="other")
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(LOCKED)
    assert held(logins_of(twin, OTHER_MD5)).reason is Reason.LOGIN_HELD
    assert Pbx.objects.filter(login_blocked_until__gt=timezone.now()).count() == 2


def test_a_lock_out_outlives_a_row_that_is_edited_away_and_back(pbx):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(LOCKED)
    Pbx.objects.update(login_blocked_until=None)
    assert held(logins_of_test(md5=OTHER_MD5)).reason is Reason.LOGIN_HELD


@pytest.mark.parametrize("outcome", ["refused", "unknown", "locked-out", "under-way"])
def test_the_fourth_log_in_waits_whatever_became_of_the_first_three(pbx, outcome):
    for _ in range(3):
        make_bad_login(BASE, outcome=outcome, ends_at=timezone.now() - timedelta(minutes=1))
    assert held(logins_of(pbx)).reason is Reason.LOGIN_HELD


def test_two_bad_log_ins_leave_one_try(pbx):
    for _ in range(2):
        make_bad_login(BASE)
    assert bad_logins_left(BASE) == 1
    assert logins_of(pbx).admit("", BRIEF) == ""


def test_a_dead_process_holds_the_place_no_longer_than_its_call_could_last(pbx):
    logins_of(pbx).admit("", 20)
    LoginAttempt.objects.update(ends_at=timezone.now())
    assert logins_of(pbx).admit("", BRIEF) == ""
    assert bad_logins_left(BASE) == 2


@pytest.mark.parametrize(
    "error",
    [
        Unreachable(Reason.REFUSED),
        Unreachable(Reason.NAME_NOT_RESOLVED),
        Unreachable(Reason.CONNECT_TIMEOUT),
        BadPayload(Reason.NOT_AN_API),
        BadPayload(Reason.REDIRECTED),
        LoginRefused(Reason.ADDRESS_NOT_ALLOWED, errno="20015"),
        ApiRefused(Reason.ERRNO, errno="30003"),
    ],
)
def test_what_no_log_in_was_judged_by_is_not_counted(pbx, error):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(error)
    assert bad_logins_left(BASE) == 3
    assert not LoginAttempt.objects.exists()


@pytest.mark.parametrize(
    "error",
    [
        Unreachable(Reason.TIMEOUT, "read"),
        Unreachable(Reason.CLOSED),
        BadPayload(Reason.BAD_JSON),
        BadPayload(Reason.HTTP_STATUS, "500"),
        ApiRefused(Reason.ERRNO),
        None,
    ],
)
def test_what_may_have_been_a_bad_log_in_is_counted(pbx, error):
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(error)
    assert bad_logins_left(BASE) == 2


def test_every_reason_is_either_counted_or_not_on_purpose():
    sent_and_unclear = {
        Reason.TIMEOUT,
        Reason.CLOSED,
        Reason.NO_ANSWER,
        Reason.HTTP_STATUS,
        Reason.COMPRESSED,
        Reason.TOO_LARGE,
        Reason.BAD_JSON,
        Reason.ERRNO,
        Reason.TOKEN_DEAD,
    }
    judged = {Reason.CREDENTIALS_REJECTED, Reason.LOCKED_OUT}
    no_log_in = {
        Reason.LOGIN_HELD,
        Reason.LOGIN_UNRECORDED,
        Reason.EDITED_MEANWHILE,
        Reason.NO_TRUNKS,
        Reason.BAD_TRUNKS,
        Reason.BAD_LIST,
    }
    assert set(Reason) == sent_and_unclear | judged | no_log_in | logins._NOT_COUNTED


def test_an_attempt_ends_before_its_fetch_is_taken_for_dead():
    assert claiming.LEASE_MARGIN > logins.LEASE_MARGIN


def test_a_busy_database_means_no_log_in(pbx, monkeypatch):
    def busy(authority):
        raise OperationalError("database is locked")

    monkeypatch.setattr(logins, "_hold", busy)
    error = held(logins_of(pbx))
    assert error.reason is Reason.LOGIN_UNRECORDED
    assert not LoginAttempt.objects.exists()


def test_a_refusal_is_written_down_again_until_the_database_takes_it(pbx, monkeypatch):
    book = logins_of(pbx)
    book.admit("", 20)
    note, busy = book._note, [OperationalError("database is locked")] * 2

    def busy_twice(outcome):
        if busy:
            raise busy.pop()
        note(outcome)

    monkeypatch.setattr(book, "_note", busy_twice)
    book.refused(REFUSED)
    assert LoginAttempt.objects.get().outcome == "refused"


def test_old_bad_log_ins_are_thrown_away(pbx):
    make_bad_login(BASE, ends_at=timezone.now() - timedelta(days=2))
    book = logins_of(pbx)
    book.admit("", 20)
    book.refused(REFUSED)
    assert LoginAttempt.objects.get().outcome == "refused"


def test_the_credentials_themselves_are_in_no_row(pbx):
    book = logins_of(pbx)
    book.admit("", 20)
    attempt = LoginAttempt.objects.get()
    assert MD5 not in attempt.credentials
    assert len(attempt.credentials) == 64


def test_the_page_hears_who_led_to_the_stop(pbx, administrator):
    twin = make_pbx("Twin")
    make_bad_login(BASE, pbx=twin)
    make_bad_login(BASE, pbx=twin)
    first = LoginAttempt.objects.earliest("ends_at")
    last = make_bad_login(BASE, tested_by=administrator)
    stop = login_block(pbx=pbx, sight=UNLIMITED)
    assert stop is not None
    assert (stop.kind, stop.since, stop.until) == (
        "too-many",
        last.ends_at,
        first.ends_at + LOCK_OUT,
    )
    assert (stop.pbxs, stop.testers) == ((twin,), ("ada",))


def test_nothing_is_stopped_where_nothing_was_refused(pbx):
    make_bad_login("https://192.168.5.151:8088")
    assert login_block(pbx=pbx, sight=UNLIMITED) is None
