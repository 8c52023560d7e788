"""A PBX that misbehaves, over real sockets: every call ends in time and says honestly why."""

from __future__ import annotations

import gzip
import socket
import struct
import time

import pytest

from trunks.yeastar import (
    BadPayload,
    Connection,
    PbxClient,
    PbxError,
    Reason,
    TargetPolicy,
    Trust,
    Unreachable,
)
from trunks.yeastar.transport import LARGEST_BODY

from .socket_server import SocketServer, answering, http_answer
from .wire import LET_IN, PEER, TOKEN, as_bytes, listing, mark

ANYWHERE = "0.0.0.0"
OPEN_ENDED = b"HTTP/1.1 200 OK\r\n\r\n"
BOMB = gzip.compress(bytes(50_000_000))


def failure_of(client):
    with pytest.raises(PbxError) as caught:
        client.login()
    return caught.value


def dripping(server_of, start, piece):
    """Return a handler that sends a start, and then a piece every 50 ms for ever."""

    def handle(peer, _request):
        peer.sendall(start)
        while server_of().pause(0.05):
            peer.sendall(piece)

    return handle


def resetting(peer, _request):
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_whole_session_reads_trunks_and_logs_out(serve, plain_client):
    server = serve(
        answering(
            http_answer(as_bytes(LET_IN)),
            http_answer(as_bytes(listing(PEER))),
            http_answer(as_bytes({"status": "Success"})),
        )
    )
    client = plain_client(server)
    assert len(client.trunks()) == 1
    client.close()
    assert [sent.split(b" HTTP/")[0].decode() for sent in server.requests] == [
        "POST /api/v2.0.0/login",
        f"POST /api/v2.0.0/trunk/query_siptrunk?token={TOKEN}",
        f"POST /api/v2.0.0/logout?token={TOKEN}",
    ]


def test_a_server_that_keeps_connections_open_gets_a_new_one_for_each_call(serve, plain_client):
    """Else the watchdog of a later call would not know its connection."""

    def handle(peer, _request):
        peer.sendall(http_answer(as_bytes(LET_IN)))
        peer.recv(1)

    server = serve(handle)
    client = plain_client(server)
    client.login()
    client.login()
    assert server.connections == 2


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: x\r\n"),
        (OPEN_ENDED, b" "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["status", "header", "headers", "body", "counted-body", "chunks"],
)
def test_a_dripping_server_is_left_at_the_deadline(serve, plain_client, start, piece):
    servers: list[SocketServer] = []
    servers.append(serve(dripping(lambda: servers[0], start, piece)))
    began = time.monotonic()
    error = failure_of(plain_client(servers[0], deadline=0.4))
    assert (type(error), error.reason) == (Unreachable, Reason.TIMEOUT)
    assert time.monotonic() - began < 1


def test_a_silent_server_is_left_at_the_read_timeout(serve, plain_client):
    def handle(peer, _request):
        peer.recv(1)

    began = time.monotonic()
    assert failure_of(plain_client(serve(handle), read_timeout=0.3)).reason is Reason.TIMEOUT
    assert time.monotonic() - began < 1


def test_the_deadline_covers_all_calls_together(serve, plain_client):
    def handle(peer, _request):
        time.sleep(0.3)
        peer.sendall(http_answer(as_bytes(LET_IN)))

    client = plain_client(serve(handle), deadline=0.5)
    client.login()
    assert failure_of(client).reason is Reason.TIMEOUT


def test_after_the_deadline_nobody_is_called(serve, plain_client):
    server = serve(answering(http_answer(as_bytes(LET_IN))))
    assert failure_of(plain_client(server, deadline=0)).reason is Reason.TIMEOUT
    assert server.connections == 0


def test_a_slow_logout_costs_no_more_than_the_deadline(serve, plain_client):
    def handle(peer, request):
        if b"/logout" not in request:
            peer.sendall(http_answer(as_bytes(LET_IN)))
        else:
            peer.recv(1)

    client = plain_client(serve(handle), deadline=0.5)
    client.login()
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (b"", Unreachable, Reason.CLOSED),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Unreachable, Reason.CLOSED),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
            Unreachable,
            Reason.CLOSED,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            Unreachable,
            Reason.CLOSED,
        ),
        (OPEN_ENDED + b'{"status": "Succ', BadPayload, Reason.BAD_JSON),
        (http_answer(b""), BadPayload, Reason.NOT_AN_API),
        (http_answer(b"<html>Login</html>"), BadPayload, Reason.NOT_AN_API),
        (http_answer(b"[]"), BadPayload, Reason.NOT_AN_API),
        (b"SSH-2.0-dropbear\r\n", BadPayload, Reason.NOT_AN_API),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, BadPayload, Reason.NOT_AN_API),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300, BadPayload, Reason.NOT_AN_API),
        (http_answer(b"", "503 Busy"), BadPayload, Reason.HTTP_STATUS),
        (http_answer(b"", "404 No"), BadPayload, Reason.NOT_AN_API),
        (
            http_answer(BOMB, headers="Content-Encoding: gzip\r\n"),
            BadPayload,
            Reason.COMPRESSED,
        ),
        (
            http_answer(
                BOMB,
                "302 Found",
                "Location: https://x/\r\nContent-Encoding: gzip\r\n",
            ),
            BadPayload,
            Reason.REDIRECTED,
        ),
    ],
    # Not made of the bytes: a compressed one holds the time, and differs from process to process.
    ids=[
        "nothing",
        "short-body",
        "short-chunk",
        "bad-chunk",
        "cut-json",
        "empty",
        "html",
        "list",
        "ssh",
        "long-header",
        "many-headers",
        "503",
        "404",
        "bomb",
        "redirecting-bomb",
    ],
)
def test_a_broken_answer_is_told_by_what_is_wrong_with_it(
    serve, plain_client, answer, kind, reason
):
    error = failure_of(plain_client(serve(answering(answer))))
    assert (type(error), error.reason) == (kind, reason)


def test_a_reset_in_the_middle_of_an_answer_is_a_closed_connection(serve, plain_client):
    assert failure_of(plain_client(serve(resetting))).reason is Reason.CLOSED


@pytest.mark.parametrize(
    "head",
    [OPEN_ENDED, b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"],
    ids=["open-ended", "counted"],
)
def test_an_endless_answer_is_cut_at_the_cap(serve, plain_client, head):
    def handle(peer, _request):
        peer.sendall(head)
        while True:
            peer.sendall(bytes(1_000_000))

    assert failure_of(plain_client(serve(handle))).reason is Reason.TOO_LARGE


def test_an_answer_as_large_as_the_cap_is_read(serve, plain_client):
    body = as_bytes(LET_IN)
    server = serve(answering(http_answer(body + b" " * (LARGEST_BODY - len(body)))))
    plain_client(server).login()


def test_a_redirect_leads_nowhere(serve, plain_client):
    elsewhere = serve(answering(http_answer(as_bytes(LET_IN))))
    location = f"Location: http://127.0.0.1:{elsewhere.port}/x?token=t\r\n"
    error = failure_of(plain_client(serve(answering(http_answer(b"", "307 Go", location)))))
    assert (error.reason, error.detail) == (
        Reason.REDIRECTED,
        f"http://127.0.0.1:{elsewhere.port}",
    )
    assert elsewhere.connections == 0


def client_for(base_url, **policy):
    settings = Connection(
        base_url=base_url, username="api", password_md5="x", trust=Trust.PLAIN, connect_timeout=0.5
    )
    return PbxClient(settings, fingerprint=mark, targets=TargetPolicy(**policy))


def test_a_closed_port_refuses():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert (
        failure_of(client_for(f"http://127.0.0.1:{port}", allow_loopback=True)).reason
        is Reason.REFUSED
    )


def test_a_connection_that_takes_the_whole_deadline_was_still_no_connection(monkeypatch):
    def connect(_opened, _address):
        time.sleep(0.1)
        raise TimeoutError

    monkeypatch.setattr("socket.socket.connect", connect, raising=False)
    settings = Connection(
        base_url="http://127.0.0.1:1",
        username="api",
        password_md5="x",
        trust=Trust.PLAIN,
        deadline=0.05,
    )
    client = PbxClient(settings, fingerprint=mark, targets=TargetPolicy(allow_loopback=True))
    assert failure_of(client).reason is Reason.CONNECT_TIMEOUT


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", ANYWHERE, "[::]"]
)
def test_a_forbidden_target_is_not_even_connected_to(serve, host):
    server = serve(answering(http_answer(as_bytes(LET_IN))))
    error = failure_of(client_for(f"http://{host}:{server.port}"))
    assert (type(error), error.reason) == (BadPayload, Reason.TARGET_FORBIDDEN)
    assert server.connections == 0


def resolving_to(monkeypatch, *addresses):
    """Let the name `pbx.test` mean these addresses, and count how often it is asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host, port, **options):
        if host != "pbx.test":
            return real(host, port, **options)
        if options["flags"] & socket.AI_NUMERICHOST:
            raise socket.gaierror
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_with_one_forbidden_address_is_refused_whole(serve, monkeypatch):
    server = serve(answering(http_answer(as_bytes(LET_IN))))
    resolving_to(monkeypatch, "127.0.0.1", "169.254.169.254")
    error = failure_of(client_for(f"http://pbx.test:{server.port}", allow_loopback=True))
    assert error.reason is Reason.TARGET_FORBIDDEN
    assert server.connections == 0


def test_a_name_is_resolved_once_and_sent_as_the_host(serve, monkeypatch):
    server = serve(answering(http_answer(as_bytes(LET_IN))))
    asked = resolving_to(monkeypatch, "127.0.0.1")
    client = client_for(f"http://pbx.test:{server.port}", allow_loopback=True)
    client.login()
    client.login()
    assert asked == ["pbx.test"]
    assert f"\r\nHost: pbx.test:{server.port}\r\n".encode() in server.requests[0]


def test_the_next_address_is_tried_when_one_refuses(serve, monkeypatch):
    server = serve(answering(http_answer(as_bytes(LET_IN))))
    resolving_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    client_for(f"http://pbx.test:{server.port}", allow_loopback=True).login()
    assert server.connections == 1


def test_the_address_really_connected_to_is_checked_before_a_byte_is_sent(serve, monkeypatch):
    server = serve(answering(http_answer(as_bytes(LET_IN))))
    monkeypatch.setattr(
        "socket.socket.getpeername", lambda _self: ("169.254.169.254", 80), raising=False
    )
    error = failure_of(client_for(f"http://127.0.0.1:{server.port}", allow_loopback=True))
    assert error.reason is Reason.TARGET_FORBIDDEN
    assert server.requests == []


def test_a_name_that_does_not_resolve_is_a_failure(monkeypatch):
    resolving_to(monkeypatch)
    assert failure_of(client_for("http://pbx.test")).reason is Reason.NAME_NOT_RESOLVED


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch):
    def getaddrinfo(*_args, flags=0, **_kwargs):
        if not flags:
            time.sleep(1)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    began = time.monotonic()
    assert failure_of(client_for("http://pbx.test")).reason is Reason.NAME_NOT_RESOLVED
    assert time.monotonic() - began < 0.9
