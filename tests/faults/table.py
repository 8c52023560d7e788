"""Every fault that a PBX, its network or its certificate may have, and what is right about each.

The names are those of the issue. A fault of an answer is arranged twice where that may differ: from the
login on, and only when the trunks are asked for.
"""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from trunks.models import Trust
from trunks.services.fetching import fetch_now
from trunks.simulator import WORLDS, Fault
from trunks.simulator.answers import Answer
from trunks.simulator.faults import (
    AnswerHtml,
    CloseUnanswered,
    DeadTokens,
    FirstTimes,
    OnlyFor,
    OversizedBody,
    Redirect,
    RefuseWith,
)
from trunks.simulator.faults_body import (
    AnswerBody,
    ChangedAnswer,
    ChangedBody,
    cut_short,
    in_encoding,
)
from trunks.simulator.faults_wire import (
    CompressedBomb,
    Drip,
    EndlessBody,
    ResetMidBody,
    Stall,
    WrongLength,
)
from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    LoginRefused,
    PbxError,
    Reason,
    Unreachable,
    Untrusted,
)

from .scene import ADDRESS, TRUNKS, Scene, certificate

YEAR = timedelta(days=365)
NOWHERE = "203.0.113.9"  # an address for documentation, RFC 5737
Arrange = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault. Without a reason the fetch survives it, and `why` says why that is right."""

    fault: str
    arrange: Arrange
    sees: str
    kind: type[PbxError] | None = None
    reason: Reason | None = None
    why: str = ""


def _always(fault: Fault) -> Arrange:
    return lambda scene: scene.every_call(fault)


def _at_trunks(fault: Fault) -> Arrange:
    return lambda scene: scene.at_the_trunks(fault)


def _hurried(arrange: Arrange) -> Arrange:
    def arrange_both(scene: Scene) -> None:
        scene.hurry()
        arrange(scene)

    return arrange_both


def _twice(
    name: str,
    fault: Fault,
    sees: str,
    kind: type[PbxError],
    reason: Reason,
    slow: bool = False,
) -> list[Case]:
    arranged = ((f"{name}, at the login", _always(fault)), (name, _at_trunks(fault)))
    return [
        Case(fault_name, _hurried(arrange) if slow else arrange, sees, kind, reason)
        for fault_name, arrange in arranged
    ]


# --- Getting through ---------------------------------------------------------------------------
def _refused(scene: Scene) -> None:
    scene.device.stop()


def _no_route(scene: Scene) -> None:
    """No address is unreachable on every machine, so the lowest call, `connect`, says that it is."""
    connect = socket.socket.connect

    def unreachable(opened: socket.socket, address: tuple[str, int]) -> None:
        if address[0] == NOWHERE:
            raise OSError(errno.EHOSTUNREACH, "No route to host")
        connect(opened, address)

    scene.monkeypatch.setattr("socket.socket.connect", unreachable, raising=False)
    scene.change(base_url=f"http://{NOWHERE}:8088")


def _no_name(scene: Scene) -> None:
    scene.hurry()  # Without any name server the look-up hangs.
    scene.change(base_url="http://pbx.invalid:8088")


def _connect_hangs(scene: Scene) -> None:
    """A full queue of connections that nobody accepts: Linux then drops what else comes in."""
    listener = socket.socket()
    scene.enter(listener)
    listener.bind((ADDRESS, 0))
    listener.listen(0)
    for _ in range(8):
        waiting = socket.socket()
        scene.enter(waiting)
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
    scene.hurry()
    scene.change(base_url=f"http://{ADDRESS}:{listener.getsockname()[1]}")


SLOW = "The PBX did not answer in time."
UNFINISHED = "The PBX began to answer and did not finish in time."
CLOSED = "The PBX closed the connection before its answer was whole."
CUT_OFF = "The answer ends in the middle."

GETTING_THROUGH = [
    Case("refused", _refused, "The PBX refused the connection.", Unreachable, Reason.REFUSED),
    Case("no route", _no_route, "There is no way to the PBX.", Unreachable, Reason.NO_ROUTE),
    Case(
        "name does not resolve",
        _no_name,
        "The name of the PBX was not found.",
        Unreachable,
        Reason.NAME_NOT_RESOLVED,
    ),
    Case(
        "connect hangs",
        _connect_hangs,
        "The PBX did not take the connection in time.",
        Unreachable,
        Reason.CONNECT_TIMEOUT,
    ),
]

# --- An answer that does not come whole ----------------------------------------------------------
NOT_WHOLE = [
    *_twice("accepts and says nothing", Stall(), SLOW, Unreachable, Reason.TIMEOUT, slow=True),
    *_twice(
        "headers then silence", Stall("head"), UNFINISHED, Unreachable, Reason.TIMEOUT, slow=True
    ),
    Case("half a body then silence", _hurried(_at_trunks(Stall("half"))), UNFINISHED, Unreachable, Reason.TIMEOUT),
    *_twice("one byte a second", Drip(1.0), SLOW, Unreachable, Reason.TIMEOUT, slow=True),
    Case(
        "one byte a second, of the body",
        _hurried(_at_trunks(Drip(1.0, body_only=True))),
        UNFINISHED,
        Unreachable,
        Reason.TIMEOUT,
    ),
    *_twice("closes unanswered", CloseUnanswered(), CLOSED, Unreachable, Reason.CLOSED),
    *_twice("closes mid-body", cut_short(), CUT_OFF, BadPayload, Reason.BAD_JSON),
    *_twice("closes mid-body, by a reset", ResetMidBody(), CLOSED, Unreachable, Reason.CLOSED),
    *_twice("Content-Length too long", WrongLength(500), CLOSED, Unreachable, Reason.CLOSED),
    *_twice("Content-Length too short", WrongLength(-20), CUT_OFF, BadPayload, Reason.BAD_JSON),
]  # fmt: skip

# --- An answer that is no answer -----------------------------------------------------------------
HUGE = "The answer was larger than 8 MiB and was not read to its end."
OTHER_JSON = "What answers there speaks JSON, but not that of an S-Series."
NO_API = "There is no S-Series API at this address."
HTTP_500 = "The answer was HTTP 500 instead of 200."
HTTP_404 = "The web server there does not know the path of the API (HTTP 404)."
COMPRESSED = "The answer was compressed, which was not asked for."
ELSEWHERE = "https://192.0.2.7:8088"


def _to_https(scene: Scene) -> None:
    scene.every_call(Redirect(f"https://{ADDRESS}:{scene.device.port}/api/v2.0.0/login?token=x"))


NO_ANSWER = [
    *_twice("40 MiB body", OversizedBody(40 * 1024 * 1024), HUGE, BadPayload, Reason.TOO_LARGE),
    *_twice("endless body", EndlessBody(), HUGE, BadPayload, Reason.TOO_LARGE),
    *_twice("compressed bomb", CompressedBomb(), COMPRESSED, BadPayload, Reason.COMPRESSED),
    *_twice("HTML login page", AnswerHtml(), NO_API, BadPayload, Reason.NOT_AN_API),
    *_twice("404", AnswerBody(b"", 404), HTTP_404, BadPayload, Reason.NOT_AN_API),
    *_twice("500", AnswerBody(b"", 500), HTTP_500, BadPayload, Reason.HTTP_STATUS),
    Case(
        "302 to https",
        _to_https,
        f"The PBX sends callers on to https://{ADDRESS}:PORT.",
        BadPayload,
        Reason.REDIRECTED,
    ),
    *_twice(
        "302 to elsewhere",
        Redirect(f"{ELSEWHERE}/login?token=x"),
        f"The PBX sends callers on to {ELSEWHERE}.",
        BadPayload,
        Reason.REDIRECTED,
    ),
    *_twice(
        "empty body",
        AnswerBody(b""),
        "The PBX answered with nothing.",
        BadPayload,
        Reason.NOT_AN_API,
    ),
    *_twice("null", AnswerBody(b"null"), OTHER_JSON, BadPayload, Reason.NOT_AN_API),
    *_twice("[]", AnswerBody(b"[]"), OTHER_JSON, BadPayload, Reason.NOT_AN_API),
]


# --- Text and JSON ---------------------------------------------------------------------------------
def _broken_bytes(body: bytes) -> bytes:
    return body.replace(b'"Success"', b'"Success\xff\xff"')


def _with_field(text: str) -> ChangedBody:
    """Add a field of our own writing to the front of the honest answer."""
    return ChangedBody(lambda body: body.replace(b"{", b"{" + text.encode() + b",", 1))


def _repeated_status(body: bytes) -> bytes:
    return body.replace(b"{", b'{"status": "Failed",', 1)


def _chinese(codec: str) -> Arrange:
    def arrange(scene: Scene) -> None:
        scene.has(WORLDS["xiamen"])
        scene.every_call(in_encoding(codec))

    return arrange


NESTED = "[" * 10_000 + "]" * 10_000
ENDLESS_NUMBER = "The answer holds a number that is endless or not a number."

TEXT = [
    *_twice("truncated JSON", cut_short(0.9), CUT_OFF, BadPayload, Reason.BAD_JSON),
    Case(
        "BOM before JSON",
        _chinese("utf-8-sig"),
        "",
        why="the mark says UTF-8, and nothing else about the answer is in doubt",
    ),
    Case(
        "GBK text",
        _chinese("gbk"),
        "",
        why="the documentation names no encoding; what is no UTF-8 and is GB18030 can only be that",
    ),
    *_twice(
        "invalid UTF-8",
        ChangedBody(_broken_bytes),
        "The answer is not text that can be read.",
        BadPayload,
        Reason.BAD_JSON,
    ),
    *_twice(
        "duplicate keys",
        ChangedBody(_repeated_status),
        "The answer gives two values for the same field.",
        BadPayload,
        Reason.BAD_JSON,
    ),
    *_twice(
        "10,000-deep nesting",
        _with_field(f'"deep": {NESTED}'),
        "The answer is nested deeper than any list of trunks.",
        BadPayload,
        Reason.BAD_JSON,
    ),
    *_twice(
        "huge numbers, of 5,000 digits",
        _with_field(f'"number": {"9" * 5_000}'),
        ENDLESS_NUMBER,
        BadPayload,
        Reason.BAD_JSON,
    ),
    *_twice(
        "huge numbers, beyond every float",
        _with_field('"number": 1e999'),
        ENDLESS_NUMBER,
        BadPayload,
        Reason.BAD_JSON,
    ),
]


# --- The list of trunks ----------------------------------------------------------------------------
def _trunks(value: object) -> Fault:
    return OnlyFor(TRUNKS, ChangedAnswer(lambda answer: {**answer, "trunks": value}))


def _every_trunk(**fields: object) -> Fault:
    def change(answer: Answer) -> Answer:
        trunks = answer["trunks"]
        assert isinstance(trunks, list)
        return {**answer, "trunks": [{**trunk, **fields} for trunk in trunks]}

    return OnlyFor(TRUNKS, ChangedAnswer(change))


def _status(status: str) -> Fault:
    return ChangedAnswer(lambda answer: {**answer, "status": status})


NO_LIST = "Where the list of trunks belongs, the PBX sent something else."
BAD_DOD = "The DOD numbers of a trunk came in a form that is not documented."
NO_TRUNK_ELEMENT = [{"id": "1", "trunkname": "SIP-A", "trunktype": "peer"}, None]

LISTS = [
    Case(
        "`Success` without trunks",
        _at_trunks(AnswerBody(b'{"status": "Success"}')),
        "The PBX said success, but sent no list of trunks.",
        BadPayload,
        Reason.NO_TRUNKS,
    ),
    Case("`trunks` null", _always(_trunks(None)), NO_LIST, BadPayload, Reason.BAD_TRUNKS),
    Case("`trunks` an object", _always(_trunks({})), NO_LIST, BadPayload, Reason.BAD_TRUNKS),
    Case(
        "`trunks` holding null",
        _always(_trunks(NO_TRUNK_ELEMENT)),
        "The list of trunks holds something that is no trunk.",
        BadPayload,
        Reason.BAD_TRUNKS,
    ),
    Case(
        "duplicate ids",
        _always(_every_trunk(id="1")),
        "The list of trunks names the same trunk twice.",
        BadPayload,
        Reason.BAD_TRUNKS,
    ),
    Case(
        "unknown kind",
        _always(_every_trunk(trunktype="teleport")),
        "",
        why="the fields say what a trunk is; its kind is shown as it comes",
    ),
    *(
        Case(
            f"DOD field {name}",
            _always(_every_trunk(extensionsdod=value)),
            BAD_DOD,
            BadPayload,
            Reason.BAD_TRUNKS,
        )
        for name, value in (("null", None), ("number", 5503301), ("list", ["5503301-a-1000"]))
    ),
    Case(
        "status in other case",
        _always(_status("SUCCESS")),
        "",
        why="one guide writes Failure for Failed; a word is the same in any case",
    ),
    Case(
        "status in other case, failing",
        _at_trunks(AnswerBody(json.dumps({"status": "FAILED", "errno": "30001"}).encode())),
        "The PBX had trouble inside (PBX error 30001).",
        ApiRefused,
        Reason.ERRNO,
    ),
    Case(
        "errno as number",
        _at_trunks(AnswerBody(json.dumps({"status": "Failed", "errno": 10042}).encode())),
        "The PBX refused the question (PBX error 10042).",
        ApiRefused,
        Reason.ERRNO,
    ),
]


# --- Logging in --------------------------------------------------------------------------------------
def _wrong_password(scene: Scene) -> None:
    scene.pbx.keep_secret("0" * 32)
    scene.pbx.save()


def _locked(scene: Scene) -> None:
    scene.device.forget_tokens()
    scene.every_call(OnlyFor("login", RefuseWith("20002")))


LOGGING_IN = [
    Case(
        "token dead once",
        _at_trunks(FirstTimes(1, RefuseWith("20006"))),
        "",
        why="a token lives 30 minutes or less; one new login is no failed one",
    ),
    Case(
        "token dead forever",
        _always(DeadTokens()),
        "The PBX ended our log-in twice in a row (PBX error 20004).",
        ApiRefused,
        Reason.TOKEN_DEAD,
    ),
    Case(
        "wrong password",
        _wrong_password,
        "The PBX refused the API username or password.",
        LoginRefused,
        Reason.CREDENTIALS_REJECTED,
    ),
    Case(
        "locked",
        _locked,
        "The PBX has locked this dashboard out for ten minutes.",
        LoginRefused,
        Reason.LOCKED_OUT,
    ),
]


# --- Certificates and TLS ------------------------------------------------------------------------------
def _self_signed(scene: Scene) -> None:
    scene.serve_tls(certificate(), trust=Trust.SYSTEM)


def _wrong_name(scene: Scene) -> None:
    other = certificate("other-pbx.example")
    scene.trust_authority(other)
    scene.serve_tls(other, trust=Trust.SYSTEM)


def _valid(begin: datetime, end: datetime, trust: Trust) -> Arrange:
    def arrange(scene: Scene) -> None:
        shown = certificate(ADDRESS, begin, end)
        scene.trust_authority(shown)
        pin = shown.sha256 if trust == Trust.PINNED else ""
        scene.serve_tls(shown, trust=trust, pinned_fingerprint=pin)

    return arrange


def _changed(scene: Scene) -> None:
    first = certificate()
    scene.serve_tls(first, trust=Trust.PINNED, pinned_fingerprint=first.sha256)
    assert fetch_now(pbx=scene.pbx).state == "succeeded"
    scene.serve_tls(certificate("replaced.example"))


def _tls_1_2_only(scene: Scene) -> None:
    shown = certificate()
    scene.serve_tls(shown, trust=Trust.PINNED, pinned_fingerprint=shown.sha256)


def _plain_on_tls_port(scene: Scene) -> None:
    """We speak plain HTTP, the PBX waits for TLS."""
    scene.serve_tls(certificate(), trust=Trust.PLAIN)
    scene.change(base_url=scene.device.base_url.replace("https://", "http://"))


def _tls_on_plain_port(scene: Scene) -> None:
    """We speak TLS, the PBX plain HTTP."""
    scene.change(base_url=scene.device.base_url.replace("http://", "https://"), trust=Trust.SYSTEM)


def _our_clock(off_by: timedelta) -> Arrange:
    def arrange(scene: Scene) -> None:
        scene.monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + off_by)

    return arrange


NOW = datetime.now(UTC).replace(microsecond=0)
NEXT_YEAR = (NOW + YEAR, NOW + 3 * YEAR)
LAST_YEAR = (NOW - 3 * YEAR, NOW - YEAR)
EXPIRED = "The certificate of the PBX has expired."
TOO_EARLY = "The certificate of the PBX is not valid yet."

TLS = [
    Case(
        "certificate self-signed",
        _self_signed,
        "The certificate of the PBX is not from an authority that this computer knows.",
        Untrusted,
        Reason.CERTIFICATE_UNTRUSTED,
    ),
    Case(
        "certificate expired",
        _valid(*LAST_YEAR, Trust.SYSTEM),
        EXPIRED,
        Untrusted,
        Reason.CERTIFICATE_EXPIRED,
    ),
    Case(
        "certificate expired, but pinned",
        _valid(*LAST_YEAR, Trust.PINNED),
        "",
        why="trust rests on this one certificate, which a person compared; no date adds to that",
    ),
    Case(
        "certificate for a wrong name",
        _wrong_name,
        "The certificate of the PBX is for another name.",
        Untrusted,
        Reason.CERTIFICATE_WRONG_NAME,
    ),
    Case(
        "certificate changed",
        _changed,
        "The certificate of the PBX is not the pinned one.",
        Untrusted,
        Reason.CERTIFICATE_CHANGED,
    ),
    Case(
        "TLS 1.2 only",
        _tls_1_2_only,
        "",
        why="an S-Series speaks nothing newer, and TLS 1.2 is good enough",
    ),
    Case(
        "plain HTTP on the TLS port",
        _plain_on_tls_port,
        "This port wants HTTPS, and the address says http://.",
        BadPayload,
        Reason.TLS_EXPECTED,
    ),
    Case(
        "TLS on the plain HTTP port",
        _tls_on_plain_port,
        "What answers on this port does not speak HTTPS.",
        BadPayload,
        Reason.NOT_TLS,
    ),
    Case(
        "clock of the PBX a year ahead, in its certificate",
        _valid(*NEXT_YEAR, Trust.SYSTEM),
        TOO_EARLY,
        Untrusted,
        Reason.CERTIFICATE_NOT_YET_VALID,
    ),
    Case(
        "clock of the PBX a year ahead, certificate pinned",
        _valid(*NEXT_YEAR, Trust.PINNED),
        "",
        why="trust rests on this one certificate, whatever clock made it",
    ),
    Case(
        "our clock a year ahead",
        _our_clock(YEAR),
        "",
        why="nothing of a fetch compares our clock with that of the PBX",
    ),
    Case(
        "our clock a year behind",
        _our_clock(-YEAR),
        "",
        why="nothing of a fetch compares our clock with that of the PBX",
    ),
]

CASES = [*GETTING_THROUGH, *NOT_WHOLE, *NO_ANSWER, *TEXT, *LISTS, *LOGGING_IN, *TLS]
