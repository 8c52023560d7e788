"""Faults, set on a running PBX."""

from __future__ import annotations

import http.client
import time

import pytest

from trunks.simulator.faults import (
    AnswerBytes,
    AnswerHtml,
    CloseUnanswered,
    DeadTokens,
    Delay,
    FirstTimes,
    OnlyFor,
    OversizedBody,
    Redirect,
    RefuseWith,
)

from .asking import API, ask, ask_path, failed, token_of, try_login

LOGIN = f"{API}login"


def test_html_comes_where_json_was_expected(pbx):
    pbx.fault = AnswerHtml()

    assert ask_path(pbx, LOGIN).body.startswith(b"<!DOCTYPE html>")


def test_a_redirect_names_another_address(pbx):
    pbx.fault = Redirect("https://192.0.2.1:8088/")
    answered = ask_path(pbx, LOGIN)

    assert answered.status == 302
    assert ("Location", "https://192.0.2.1:8088/") in answered.headers


def test_given_bytes_are_sent_as_they_are(pbx):
    pbx.fault = AnswerBytes(b'HTTP/1.1 200 OK\r\n\r\n{"status": "Succ')

    assert ask_path(pbx, LOGIN).body == b'{"status": "Succ'


def test_a_connection_may_close_without_an_answer(pbx):
    pbx.fault = CloseUnanswered()

    with pytest.raises(http.client.RemoteDisconnected):
        ask_path(pbx, LOGIN)
    assert [request.endpoint for request in pbx.requests] == ["login"]


def test_an_answer_may_come_late(pbx):
    pbx.fault = Delay(0.05)
    started = time.monotonic()

    assert try_login(pbx)["status"] == "Success"
    assert time.monotonic() - started >= 0.05


def test_an_errno_may_be_given_for_one_endpoint(pbx):
    pbx.fault = OnlyFor("trunk/list", RefuseWith("30001"))
    token = token_of(pbx)

    assert ask(pbx, "trunk/list", token) == failed("30001")
    assert ask(pbx, "extension/list", token)["status"] == "Success"


def test_a_fault_may_pass_after_some_calls(pbx):
    pbx.fault = FirstTimes(2, RefuseWith("20010"))

    assert [try_login(pbx).get("errno") for _ in range(3)] == ["20010", "20010", None]


def test_tokens_may_be_dead_once(pbx):
    pbx.fault = DeadTokens(times=1)
    token = token_of(pbx)

    assert ask(pbx, "trunk/list", token) == failed("20004")
    assert ask(pbx, "trunk/list", token_of(pbx))["status"] == "Success"


def test_tokens_may_be_dead_for_ever(pbx):
    pbx.fault = DeadTokens("20006")

    assert [ask(pbx, "trunk/list", token_of(pbx)) for _ in range(3)] == [failed("20006")] * 3


def test_a_body_may_be_larger_than_any_limit(pbx):
    pbx.fault = OversizedBody(2_000_000)
    answered = ask_path(pbx, LOGIN, b"{}")

    assert len(answered.body) > 2_000_000
    assert answered.json == failed("10004")


def test_a_fault_can_be_taken_away(pbx):
    pbx.fault = AnswerHtml()
    pbx.fault = None

    assert try_login(pbx)["status"] == "Success"
