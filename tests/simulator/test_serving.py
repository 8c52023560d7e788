"""The server itself: its life, its clients, what it remembers."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from trunks.simulator import WORLDS, ReceivedRequest, SimulatedPbx

from .asking import ask, ask_path, token_of


def test_requests_are_remembered_without_their_token(pbx):
    token = token_of(pbx)
    ask(pbx, "trunk/query_siptrunk", token, id="15")
    ask_path(pbx, "/favicon.ico", method="GET")

    assert pbx.requests[1:] == [
        ReceivedRequest("POST", "trunk/query_siptrunk", {"id": "15"}),
        ReceivedRequest("GET", "/favicon.ico", None),
    ]
    assert token not in repr(pbx.requests)


def test_a_stopped_pbx_refuses_connections(pbx):
    pbx.stop()

    with pytest.raises(ConnectionRefusedError):
        ask_path(pbx, "/")


def test_stopping_twice_and_starting_twice_do_no_harm(pbx):
    pbx.stop()
    pbx.stop()
    pbx.start()
    pbx.start()

    assert ask_path(pbx, "/").status == 200


def test_a_pbx_comes_back_on_its_port_with_its_tokens(pbx):
    token, port = token_of(pbx), pbx.port
    pbx.stop()
    pbx.start()

    assert pbx.port == port
    assert ask(pbx, "trunk/list", token)["status"] == "Success"


def test_another_pbx_can_take_the_port_at_once(pbx):
    ask_path(pbx, "/")
    pbx.stop()

    with SimulatedPbx(WORLDS["office"], port=pbx.port) as other:
        assert ask_path(other, "/").status == 200


def test_silent_clients_hold_up_neither_others_nor_the_stop(pbx):
    silent = [socket.create_connection((pbx.host, pbx.port)) for _ in range(10)]
    silent[0].sendall(b"POST /api/v2.0.0/login HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
    assert ask_path(pbx, "/").status == 200

    started = time.monotonic()
    pbx.stop()
    assert time.monotonic() - started < 1
    for client in silent:
        client.close()


def test_many_clients_are_served_at_once(pbx):
    token = token_of(pbx)
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: ask(pbx, "trunk/list", token), range(100)))

    assert all(answer["status"] == "Success" for answer in answers)
    assert len(pbx.requests) == 101


def test_the_connection_ends_after_one_answer(pbx):
    with socket.create_connection((pbx.host, pbx.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: pbx\r\nConnection: keep-alive\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(65_536), b""))

    assert received.count(b"HTTP/1.1 200 OK") == 1
    assert received.endswith(b"</html>\n")
