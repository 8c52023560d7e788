from __future__ import annotations

import hashlib

import pytest
from responses.matchers import header_matcher, json_params_matcher, query_param_matcher

from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    Connection,
    LoginRefused,
    Reason,
    Trust,
    password_digest,
)

from .wire import (
    BASE,
    DEVICE,
    DIGEST,
    LET_IN,
    LOGIN,
    LOGOUT,
    PEER,
    REGISTER,
    TOKEN,
    TRUNKS,
    client_of,
    failed,
    listing,
)

WITH_TOKEN = query_param_matcher({"token": TOKEN})
CREDENTIALS = json_params_matcher({"username": "api", "password": DIGEST, "version": "2.0.0"})


def test_login_sends_the_documented_body_and_no_token(pbx_http, client):
    pbx_http.post(LOGIN, match=[CREDENTIALS, query_param_matcher({})], json=LET_IN)
    client.login()


def test_the_first_call_logs_in_by_itself(pbx_http, client):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, match=[WITH_TOKEN], json=listing(PEER, REGISTER))
    assert [trunk.remote_id for trunk in client.trunks()] == ["15", "3"]


def test_one_login_serves_every_call(pbx_http, client):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=listing())
    pbx_http.post(
        DEVICE, match=[WITH_TOKEN], json={"status": "Success", "deviceinfo": {"sn": "369"}}
    )
    client.trunks()
    assert client.device().serial_number == "369"


@pytest.mark.parametrize(("ids", "sent"), [(None, "all"), (["15"], "15"), (["15", "16"], "15,16")])
def test_ids_are_sent_as_documented(pbx_http, client, ids, sent):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, match=[json_params_matcher({"id": sent})], json=listing())
    assert client.trunks(ids) == ()


@pytest.mark.parametrize("ids", [[], "15", [""], ["1,2"], ["1 2"], ["1\u3000"], ["15", ""]])
def test_ids_that_would_ask_for_something_else_are_not_sent(pbx_http, client, ids):
    with pytest.raises(ValueError, match="id"):
        client.trunks(ids)


def test_requests_say_that_they_are_json_and_want_no_compression(pbx_http, client):
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    pbx_http.post(LOGIN, match=[header_matcher(headers)], json=LET_IN)
    client.login()


def test_a_cookie_is_not_sent_back(pbx_http, client):
    pbx_http.post(LOGIN, json=LET_IN, headers={"Set-Cookie": "session=1"})
    pbx_http.post(TRUNKS, json=listing())
    client.trunks()
    assert "Cookie" not in pbx_http.calls[1].request.headers


def test_proxies_and_passwords_of_the_environment_are_not_used(
    pbx_http, client, monkeypatch, tmp_path
):
    (tmp_path / "netrc").write_text("machine 192.168.5.150 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    pbx_http.post(LOGIN, json=LET_IN)
    client.login()
    sent = pbx_http.calls[0].request
    assert "Authorization" not in sent.headers
    assert sent.req_kwargs.get("proxies") is None


@pytest.mark.parametrize("errno", ["20004", "20005", "20006", 20004])
def test_a_dead_token_is_renewed_once_and_the_call_repeated(pbx_http, client, errno):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=failed(errno))
    pbx_http.post(LOGIN, json=LET_IN | {"token": "fresh"})
    pbx_http.post(TRUNKS, match=[query_param_matcher({"token": "fresh"})], json=listing(PEER))
    assert len(client.trunks()) == 1


def test_a_token_that_is_dead_twice_is_given_up(pbx_http, client):
    for _ in range(2):
        pbx_http.post(LOGIN, json=LET_IN)
        pbx_http.post(TRUNKS, json=failed("20004"))
    with pytest.raises(ApiRefused) as caught:
        client.trunks()
    assert (caught.value.reason, caught.value.errno) == (Reason.TOKEN_DEAD, "20004")


@pytest.mark.parametrize(
    ("errno", "reason"),
    [
        ("20003", Reason.CREDENTIALS_REJECTED),
        ("20002", Reason.LOCKED_OUT),
        ("20015", Reason.ADDRESS_NOT_ALLOWED),
    ],
)
def test_a_refused_login_is_not_repeated(pbx_http, client, errno, reason):
    pbx_http.post(LOGIN, json=failed(errno))
    with pytest.raises(LoginRefused) as caught:
        client.trunks()
    assert (caught.value.reason, caught.value.errno) == (reason, errno)


def test_a_refused_renewal_is_not_repeated(pbx_http, client):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=failed("20006"))
    pbx_http.post(LOGIN, json=failed("20003"))
    with pytest.raises(LoginRefused):
        client.trunks()


def test_an_unknown_trunk_is_refused_with_its_number(pbx_http, client):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=failed("10062"))
    with pytest.raises(ApiRefused) as caught:
        client.trunks(["99"])
    assert (caught.value.reason, caught.value.errno) == (Reason.ERRNO, "10062")


def test_leaving_gives_the_token_back(pbx_http, connection):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(LOGOUT, match=[WITH_TOKEN], json={"status": "Success"})
    with client_of(connection) as client:
        client.login()


def test_leaving_without_a_token_calls_nobody(pbx_http, connection):
    pbx_http.post(LOGIN, json=failed("20003"))
    with pytest.raises(LoginRefused), client_of(connection) as client:
        client.login()


@pytest.mark.parametrize(
    "trouble", [{"body": "<html>"}, {"json": failed("20004")}, {"body": ConnectionError()}]
)
def test_a_failing_logout_hides_neither_result_nor_error(pbx_http, connection, trouble):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=failed("10062"))
    pbx_http.post(LOGOUT, **trouble)
    with pytest.raises(ApiRefused), client_of(connection) as client:
        client.trunks()


@pytest.mark.parametrize(
    ("base_url", "api_path"),
    [
        (BASE, "api/v2.0.0"),
        (f"{BASE}/", "/api/v2.0.0/"),
        (f"{BASE}//", "api/v2.0.0/"),
    ],
)
def test_slashes_in_the_settings_do_not_matter(pbx_http, base_url, api_path):
    pbx_http.post(LOGIN, json=LET_IN)
    client_of(
        Connection(
            base_url=base_url,
            api_path=api_path,
            username="api",
            password_md5=DIGEST,
            trust=Trust.SYSTEM,
        )
    ).login()


def test_a_pause_lies_between_calls_and_not_before_the_first(pbx_http, connection, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("trunks.yeastar.client.time.sleep", slept.append)
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, json=listing())
    client_of(connection, pause=0.25).trunks()
    assert slept == [0.25]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, Reason.NOT_AN_API), (500, Reason.HTTP_STATUS), (204, Reason.HTTP_STATUS)],
)
def test_any_status_but_200_is_not_the_api(pbx_http, client, status, reason):
    pbx_http.post(LOGIN, status=status, json=LET_IN)
    with pytest.raises(BadPayload) as caught:
        client.login()
    assert (caught.value.reason, caught.value.detail) == (reason, str(status))


@pytest.mark.parametrize(
    ("location", "detail"),
    [
        ("https://pbx.example:8088/login?token=t#x", "https://pbx.example:8088"),
        ("http://192.168.5.150/", "http://192.168.5.150:80"),
        ("https://user:secret@pbx.example/", "https://pbx.example:443"),
        ("https://[2001:db8::1]:8088/", "https://[2001:db8::1]:8088"),
        ("/web/login.html?token=t", BASE),
        ("//pbx.example/", "https://pbx.example:443"),
        ("", BASE),
        ("javascript:alert(1)", ""),
        ("https://<script>/", ""),
        ("https://pbx.example:port/", ""),
        ("https://[broken/", ""),
    ],
)
def test_a_redirect_is_not_followed_and_names_only_the_machine(pbx_http, client, location, detail):
    pbx_http.post(LOGIN, status=302, headers={"Location": location})
    with pytest.raises(BadPayload) as caught:
        client.login()
    assert (caught.value.reason, caught.value.detail) == (Reason.REDIRECTED, detail)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
def test_a_compressed_answer_is_refused(pbx_http, client, encoding):
    pbx_http.post(LOGIN, json=LET_IN, headers={"Content-Encoding": encoding})
    with pytest.raises(BadPayload) as caught:
        client.login()
    assert caught.value.reason is Reason.COMPRESSED


def test_the_digest_is_the_md5_of_the_utf_8_password():
    expected = hashlib.md5("密码".encode(), usedforsecurity=False).hexdigest()
    assert password_digest("密码") == expected
    assert password_digest("password") == "5f4dcc3b5aa765d61d8327deb882cf99"
