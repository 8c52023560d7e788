"""Kept tokens and logins that are not allowed, on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from responses.matchers import query_param_matcher

from trunks.yeastar import (
    ApiRefused,
    Connection,
    LoginHeld,
    LoginRefused,
    PbxClient,
    PbxError,
    Reason,
    Unreachable,
)

from .wire import (
    DEVICE,
    LET_IN,
    LOGIN,
    LOGOUT,
    PEER,
    TOKEN,
    TRUNKS,
    client_of,
    everything_about,
    failed,
    listing,
)

KEPT = "a0" * 16
DEVICE_ANSWER = {"status": "Success", "deviceinfo": {"sn": "369"}}


@dataclass
class Book:
    """Logins as a test wants them, with what the client said of them."""

    kept: str = ""
    keeps: bool = True
    meanwhile: str = ""
    held: LoginHeld | None = None
    told: list[str] = field(default_factory=list)

    def token(self) -> str:
        return self.kept

    def admit(self, dead: str, remaining: float) -> str:
        assert remaining > 0
        self.told.append(f"admit {dead}".strip())
        if self.held:
            raise self.held
        return self.meanwhile

    def accepted(self, token: str) -> bool:
        self.told.append(f"accepted {token}")
        if self.keeps:
            self.kept = token
        return self.keeps

    def refused(self, error: PbxError | None) -> None:
        self.told.append(f"refused {error}")

    def forget(self, token: str) -> None:
        self.told.append(f"forget {token}")
        self.kept = ""


def with_book(connection: Connection, book: Book) -> PbxClient:
    return client_of(connection, logins=book)


def bearing(token: str):
    return [query_param_matcher({"token": token})]


def test_with_a_live_kept_token_a_fetch_is_one_call(pbx_http, connection):
    book = Book(kept=KEPT)
    pbx_http.post(TRUNKS, match=bearing(KEPT), json=listing(PEER))
    with with_book(connection, book) as client:
        assert len(client.trunks()) == 1
    assert (len(pbx_http.calls), book.told) == (1, [])


def test_a_kept_token_serves_every_call_of_a_client(pbx_http, connection):
    pbx_http.post(TRUNKS, match=bearing(KEPT), json=listing())
    pbx_http.post(DEVICE, match=bearing(KEPT), json=DEVICE_ANSWER)
    with with_book(connection, Book(kept=KEPT)) as client:
        client.trunks()
        client.device()


def test_a_new_token_that_is_kept_is_not_logged_out(pbx_http, connection):
    book = Book()
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, match=bearing(TOKEN), json=listing())
    with with_book(connection, book) as client:
        client.trunks()
    assert book.told == ["admit", f"accepted {TOKEN}"]


def test_a_new_token_that_is_not_kept_is_logged_out(pbx_http, connection):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=listing())
    pbx_http.post(LOGOUT, match=bearing(TOKEN), json={"status": "Success"})
    with with_book(connection, Book(keeps=False)) as client:
        client.trunks()


@pytest.mark.parametrize("errno", ["20004", "20005", "20006"])
def test_a_dead_kept_token_leads_to_one_login_and_one_retry(pbx_http, connection, errno):
    book = Book(kept=KEPT)
    pbx_http.post(TRUNKS, match=bearing(KEPT), json=failed(errno))
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, match=bearing(TOKEN), json=listing(PEER))
    with with_book(connection, book) as client:
        assert len(client.trunks()) == 1
    assert book.told == [f"forget {KEPT}", f"admit {KEPT}", f"accepted {TOKEN}"]


def test_a_pbx_whose_tokens_are_always_dead_is_given_up_and_keeps_none(pbx_http, connection):
    book = Book(kept=KEPT)
    pbx_http.post(TRUNKS, json=failed("20004"))
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=failed("20006"))
    with pytest.raises(ApiRefused) as caught, with_book(connection, book) as client:
        client.trunks()
    assert (caught.value.reason, book.kept) == (Reason.TOKEN_DEAD, "")


def test_a_token_that_somebody_got_meanwhile_spares_the_login(pbx_http, connection):
    book = Book(kept=KEPT, meanwhile=TOKEN)
    pbx_http.post(TRUNKS, match=bearing(KEPT), json=failed("20004"))
    pbx_http.post(TRUNKS, match=bearing(TOKEN), json=listing())
    with with_book(connection, book) as client:
        client.trunks()


@pytest.mark.parametrize("reason", ["LOGIN_HELD", "LOGIN_UNRECORDED", "EDITED_MEANWHILE"])
def test_a_held_login_sends_nothing(pbx_http, connection, reason):
    book = Book(held=LoginHeld(Reason[reason], "2026-11-24T10:00:00+00:00"))
    with pytest.raises(LoginHeld) as caught, with_book(connection, book) as client:
        client.trunks()
    assert (caught.value.reason, len(pbx_http.calls)) == (Reason[reason], 0)
    assert book.told == ["admit"]


def test_a_held_login_is_no_refused_one():
    assert not issubclass(LoginHeld, LoginRefused)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"json": failed("20003")}, "refused credentials-rejected 20003"),
        ({"json": failed("20002")}, "refused locked-out 20002"),
        ({"json": failed("20015")}, "refused address-not-allowed 20015"),
        ({"json": failed("30003")}, "refused errno 30003"),
        ({"json": {"status": "Success"}}, "refused no-token"),
        ({"body": "<html>"}, "refused not-an-api (page)"),
        ({"status": 500}, "refused http-status (500)"),
        ({"body": "{"}, "refused bad-json (cut-off)"),
    ],
)
def test_every_bad_end_of_a_login_is_told_once(pbx_http, connection, answer, told):
    book = Book()
    pbx_http.post(LOGIN, **answer)
    with pytest.raises(PbxError), with_book(connection, book) as client:
        client.trunks()
    assert book.told == ["admit", told]


def test_a_mistake_of_ours_during_a_login_is_told_too(connection, monkeypatch):
    book = Book()
    client = with_book(connection, book)
    monkeypatch.setattr(client, "_post", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.trunks()
    assert book.told == ["admit", "refused None"]


def test_no_login_is_asked_for_when_the_time_is_up(connection, monkeypatch):
    book = Book()
    client = with_book(connection, book)
    monkeypatch.setattr("trunks.yeastar.deadline.Deadline.passed", True)
    with pytest.raises(Unreachable):
        client.login()
    assert book.told == []


def test_a_kept_token_can_be_given_back_by_itself(pbx_http, connection):
    pbx_http.post(LOGOUT, match=bearing(KEPT), json={"status": "Success"})
    with client_of(connection) as client:
        client.end(KEPT)


def test_a_kept_token_is_in_no_error(pbx_http, connection):
    pbx_http.post(TRUNKS, json=failed("10062"))
    with pytest.raises(ApiRefused) as caught, with_book(connection, Book(kept=KEPT)) as client:
        client.trunks()
    assert KEPT not in everything_about(caught.value)
