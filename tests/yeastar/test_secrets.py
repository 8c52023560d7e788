"""Planted secrets turn up nowhere, with every logger at DEBUG."""

from __future__ import annotations

import json
import logging

import pytest

from trunks.yeastar import PbxError

from .socket_server import answering, http_answer
from .wire import LET_IN, REGISTER, SECRETS, SIP_PASSWORD, as_bytes, everything_about, listing

WELCOME = http_answer(as_bytes(LET_IN))

# As the documentation prints it: its first line is no header, so all of it is left over.
INDENTED = json.dumps(listing(REGISTER), indent=4).encode()


@pytest.fixture
def loud(caplog):
    """Every logger there is, at DEBUG."""
    named = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    levels = [(logger, logger.level) for logger in (*named, logging.root)]
    for logger, _ in levels:
        logger.setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield caplog
    for logger, level in levels:
        logger.setLevel(level)


def leaked(text):
    return [secret for secret in SECRETS if secret in text]


def test_a_good_session_logs_no_secret(serve, plain_client, loud):
    server = serve(answering(WELCOME, http_answer(as_bytes(listing(REGISTER)))))
    client = plain_client(server)
    (trunk,) = client.trunks()
    client.close()
    assert "/trunk/query_siptrunk" in loud.text, "urllib3 logs nothing here any more"
    assert not leaked(loud.text)
    assert not leaked(repr(trunk))


TROUBLE = {
    "dropped": b"",
    "garbage": b"SSH-2.0-x\r\n",
    "html": http_answer(f"<p>{SIP_PASSWORD}</p>".encode()),
    "half": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + as_bytes(listing(REGISTER)),
    "bad-json": http_answer(as_bytes(listing(REGISTER))[:-1]),
    "bad-trunks": http_answer(as_bytes(listing(REGISTER, REGISTER))),
    "no-trunks": http_answer(as_bytes({"status": "Success", "password": SIP_PASSWORD})),
    "echo": http_answer(as_bytes({"status": "Failed", "errno": SIP_PASSWORD})),
    "redirect": http_answer(b"", "302 Found", f"Location: https://x/?p={SIP_PASSWORD}\r\n"),
    "no-blank-line": b"HTTP/1.1 200 OK\r\n" + INDENTED + b"\r\n\r\n",
    "status-line": f"HTTP/1.1 500 {SIP_PASSWORD}\r\n\r\n".encode(),
}


@pytest.mark.parametrize("answer", TROUBLE.values(), ids=TROUBLE)
def test_a_failing_session_tells_no_secret_to_logs_or_error_pages(
    serve, plain_client, loud, answer
):
    client = plain_client(serve(answering(WELCOME, answer)))
    with pytest.raises(PbxError) as caught:
        client.trunks()
    assert not leaked(loud.text)
    assert not leaked(everything_about(caught.value))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_refused_login_tells_no_credential(serve, plain_client, loud):
    client = plain_client(
        serve(answering(http_answer(as_bytes({"status": "Failed", "errno": "20003"}))))
    )
    with pytest.raises(PbxError) as caught:
        client.login()
    assert not leaked(loud.text + everything_about(caught.value))


def test_a_client_does_not_show_its_token(serve, plain_client):
    client = plain_client(serve(answering(WELCOME)))
    client.login()
    assert not leaked(repr(client))
