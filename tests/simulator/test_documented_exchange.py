"""The request and response samples of the vendor's pages."""

from __future__ import annotations

import re

from .asking import API, ask, ask_path, token_of, try_login

DOCUMENTED_BODY = """{
\t"status": "Success",
\t"trunks": [
\t\t{
\t\t\t"id": "15",
\t\t\t"trunkname": "test",
\t\t\t"trunktype": "peer",
\t\t\t"host": "192.168.6.36",
\t\t\t"port": "5060",
\t\t\t"domain": "192.168.6.36",
\t\t\t"extensionsdod": "",
\t\t\t"extensionsgroupdod": "5503301-yeastar-sales,5503302-yealink-support,"
\t\t}
\t]
}"""
"""The response sample of siptrunk-query."""

DOCUMENTED_HEADERS = [
    ("Server", "Boa/0.94.14rc21"),
    ("Accept-Ranges", "bytes"),
    ("Connection", "close"),
    ("Content-Type", "application/json"),
    ("Access-control-allow-origin", "*"),
    ("Access-control-allow-methods", "GET, POST, OPTIONS, PUT, DELETE"),
]


def test_the_documented_request_gets_the_documented_response(pbx):
    path = f"{API}trunk/query_siptrunk?token={token_of(pbx)}"

    answered = ask_path(pbx, path, b'{\n    "id": "15"\n}\n')

    assert answered.status == 200
    assert answered.headers == DOCUMENTED_HEADERS
    assert answered.body.decode() == DOCUMENTED_BODY


def test_a_login_answers_a_token_of_32_hex_digits_and_the_transport(pbx):
    answer = try_login(pbx)

    assert re.fullmatch("[0-9a-f]{32}", answer.pop("token"))
    assert answer == {"status": "Success", "transport": "TCP"}


def test_a_login_may_name_the_version_of_events(pbx):
    credentials = {"username": "api", "password": "7e197cc5a7dbd2edd2b8417054b80dc2"}

    assert ask(pbx, "login", version="2.0.0", **credentials)["status"] == "Success"


def test_device_information_has_the_documented_oddities(pbx):
    device = ask(pbx, "deviceinfo/query", token_of(pbx))["deviceinfo"]

    assert device["devicename"] == "Yeastar S300"
    assert device["firmwarever"] == ""
    assert device["extensionstatus"] == "22/500"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC-8", device["systemtime"])


def test_the_uptime_runs_with_the_clock(pbx, clock):
    clock.advance(minutes=3)

    assert ask(pbx, "deviceinfo/query", token_of(pbx))["deviceinfo"]["uptime"] == "04:26:27"


def test_the_trunk_list_gives_ids_as_text(pbx):
    assert ask(pbx, "trunk/list", token_of(pbx)) == {
        "status": "Success",
        "trunklist": [{"trunkname": "test", "id": "15", "type": "SIP", "status": "registered"}],
    }
