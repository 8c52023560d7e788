"""Logins and the lock-out (pages login and api_error_code)."""

from __future__ import annotations

import pytest

from trunks.simulator import SimulatedPbx

from .asking import ask, failed, token_of, try_login


def fail_logins(pbx: SimulatedPbx, times: int) -> None:
    for _ in range(times):
        assert try_login(pbx, "wrong") == failed("20003")


def test_a_wrong_username_is_refused_like_a_wrong_password(pbx):
    hashed = "7e197cc5a7dbd2edd2b8417054b80dc2"

    assert ask(pbx, "login", username="nobody", password=hashed) == failed("20003")


@pytest.mark.parametrize("sent", ["simulated", "7E197CC5A7DBD2EDD2B8417054B80DC2"])
def test_only_the_lower_case_md5_of_the_password_is_accepted(pbx, sent):
    assert ask(pbx, "login", username="api", password=sent) == failed("20003")


@pytest.mark.parametrize("body", [{"username": "api"}, {"username": "", "password": "x"}])
def test_a_login_without_its_parameters_is_no_failed_login(pbx, body):
    assert ask(pbx, "login", **body) == failed("10004")
    assert pbx.failed_logins == 0


def test_five_failures_lock_out_even_the_right_password(pbx):
    fail_logins(pbx, 5)

    assert try_login(pbx) == failed("20002")
    assert (pbx.logins, pbx.failed_logins, pbx.locked_out_logins) == (0, 5, 1)


def test_the_lock_lasts_ten_minutes(pbx, clock):
    fail_logins(pbx, 5)

    clock.advance(minutes=9.99)
    assert try_login(pbx) == failed("20002")
    clock.advance(minutes=0.01)
    assert try_login(pbx)["status"] == "Success"


def test_after_the_lock_five_more_failures_are_needed(pbx, clock):
    fail_logins(pbx, 5)
    clock.advance(minutes=10)

    fail_logins(pbx, 4)
    assert try_login(pbx)["status"] == "Success"


def test_a_success_starts_the_count_again(pbx):
    for _ in range(3):
        fail_logins(pbx, 4)
        assert try_login(pbx)["status"] == "Success"


def test_the_lock_is_on_the_address_of_the_caller(pbx):
    fail_logins(pbx, 5)

    assert try_login(pbx, source="127.0.0.2")["status"] == "Success"


def test_a_token_from_before_stays_good_during_the_lock(pbx):
    token = token_of(pbx)
    fail_logins(pbx, 5)

    assert ask(pbx, "trunk/list", token)["status"] == "Success"


def test_an_administrator_can_lift_the_lock(pbx):
    fail_logins(pbx, 5)
    pbx.unlock()

    assert try_login(pbx)["status"] == "Success"
