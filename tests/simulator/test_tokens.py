"""The life of a token (pages login, heartbeat and logout)."""

from __future__ import annotations

import pytest

from trunks.simulator import WORLDS, Behaviour, SimulatedPbx

from .asking import ask, failed, token_of

DONE = {"status": "Success"}


def test_a_token_lives_thirty_minutes(pbx, clock):
    token = token_of(pbx)

    clock.advance(minutes=30)
    assert ask(pbx, "trunk/list", token) == failed("20006")


def test_every_call_extends_the_token(pbx, clock):
    token = token_of(pbx)

    for _ in range(3):
        clock.advance(minutes=29)
        assert ask(pbx, "trunk/list", token)["status"] == "Success"


def test_a_token_may_be_made_to_expire_whatever_is_called(clock):
    strict = Behaviour(calls_extend_token=False, expired_token_errno="20004")
    with SimulatedPbx(WORLDS["documented"], clock=clock, behaviour=strict) as pbx:
        token = token_of(pbx)
        clock.advance(minutes=29)
        assert ask(pbx, "trunk/list", token)["status"] == "Success"
        clock.advance(minutes=1)
        assert ask(pbx, "trunk/list", token) == failed("20004")


def test_a_heartbeat_resets_the_token_to_thirty_minutes(clock):
    strict = Behaviour(calls_extend_token=False)
    with SimulatedPbx(WORLDS["documented"], clock=clock, behaviour=strict) as pbx:
        token = token_of(pbx)
        clock.advance(minutes=20)
        assert ask(pbx, "heartbeat", token, ipaddr="192.0.2.7") == DONE
        clock.advance(minutes=20)
        assert ask(pbx, "trunk/list", token)["status"] == "Success"


def test_a_heartbeat_needs_the_address_of_its_sender(pbx):
    assert ask(pbx, "heartbeat", token_of(pbx), version="2.0.0") == failed("10004")


def test_a_logout_ends_the_token(pbx):
    token = token_of(pbx)

    assert ask(pbx, "logout", token) == DONE
    assert ask(pbx, "trunk/list", token) == failed("20004")


@pytest.mark.parametrize(("token", "errno"), [("", "20005"), ("0" * 32, "20004")])
def test_an_empty_and_an_unknown_token_are_told_apart(pbx, token, errno):
    assert ask(pbx, "trunk/list", token) == failed(errno)


def test_several_tokens_live_side_by_side(pbx):
    tokens = [token_of(pbx), token_of(pbx)]

    assert [ask(pbx, "trunk/list", token)["status"] for token in tokens] == ["Success"] * 2


def test_a_new_login_may_be_made_to_end_the_token_before():
    behaviour = Behaviour(one_token_only=True)
    with SimulatedPbx(WORLDS["documented"], behaviour=behaviour) as pbx:
        first, second = token_of(pbx), token_of(pbx)
        assert ask(pbx, "trunk/list", first) == failed("20004")
        assert ask(pbx, "trunk/list", second)["status"] == "Success"


def test_forgotten_tokens_need_a_new_login(pbx):
    token = token_of(pbx)
    pbx.forget_tokens()

    assert ask(pbx, "trunk/list", token) == failed("20004")
