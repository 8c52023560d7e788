"""Faults of an answer that came whole: its text, its JSON, its list of trunks."""

from __future__ import annotations

import json

from trunks.simulator import WORLDS, Fault
from trunks.simulator.answers import Answer
from trunks.simulator.faults import (
    AnswerHtml,
    OnlyFor,
    OversizedBody,
    Redirect,
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
    EndlessBody,
)
from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    Reason,
)

from .cases import Arrange, Case, always, at_trunks, twice
from .scene import ADDRESS, TRUNKS, Scene

CUT_OFF = "The answer ends in the middle."
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
    *twice("40 MiB body", OversizedBody(40 * 1024 * 1024), HUGE, BadPayload, Reason.TOO_LARGE),
    *twice("endless body", EndlessBody(), HUGE, BadPayload, Reason.TOO_LARGE),
    *twice("compressed bomb", CompressedBomb(), COMPRESSED, BadPayload, Reason.COMPRESSED),
    *twice("HTML login page", AnswerHtml(), NO_API, BadPayload, Reason.NOT_AN_API),
    *twice("404", AnswerBody(b"", 404), HTTP_404, BadPayload, Reason.NOT_AN_API),
    *twice("500", AnswerBody(b"", 500), HTTP_500, BadPayload, Reason.HTTP_STATUS),
    Case(
        "302 to https",
        _to_https,
        f"The PBX sends callers on to https://{ADDRESS}:PORT.",
        BadPayload,
        Reason.REDIRECTED,
    ),
    *twice(
        "302 to elsewhere",
        Redirect(f"{ELSEWHERE}/login?token=x"),
        f"The PBX sends callers on to {ELSEWHERE}.",
        BadPayload,
        Reason.REDIRECTED,
    ),
    *twice(
        "empty body",
        AnswerBody(b""),
        "The PBX answered with nothing.",
        BadPayload,
        Reason.NOT_AN_API,
    ),
    *twice("null", AnswerBody(b"null"), OTHER_JSON, BadPayload, Reason.NOT_AN_API),
    *twice("[]", AnswerBody(b"[]"), OTHER_JSON, BadPayload, Reason.NOT_AN_API),
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
    *twice("truncated JSON", cut_short(0.9), CUT_OFF, BadPayload, Reason.BAD_JSON),
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
    *twice(
        "invalid UTF-8",
        ChangedBody(_broken_bytes),
        "The answer is not text that can be read.",
        BadPayload,
        Reason.BAD_JSON,
    ),
    *twice(
        "duplicate keys",
        ChangedBody(_repeated_status),
        "The answer gives two values for the same field.",
        BadPayload,
        Reason.BAD_JSON,
    ),
    *twice(
        "10,000-deep nesting",
        _with_field(f'"deep": {NESTED}'),
        "The answer is nested deeper than any list of trunks.",
        BadPayload,
        Reason.BAD_JSON,
    ),
    *twice(
        "huge numbers, of 5,000 digits",
        _with_field(f'"number": {"9" * 5_000}'),
        ENDLESS_NUMBER,
        BadPayload,
        Reason.BAD_JSON,
    ),
    *twice(
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
        at_trunks(AnswerBody(b'{"status": "Success"}')),
        "The PBX said success, but sent no list of trunks.",
        BadPayload,
        Reason.NO_TRUNKS,
    ),
    Case("`trunks` null", always(_trunks(None)), NO_LIST, BadPayload, Reason.BAD_TRUNKS),
    Case("`trunks` an object", always(_trunks({})), NO_LIST, BadPayload, Reason.BAD_TRUNKS),
    Case(
        "`trunks` holding null",
        always(_trunks(NO_TRUNK_ELEMENT)),
        "The list of trunks holds something that is no trunk.",
        BadPayload,
        Reason.BAD_TRUNKS,
    ),
    Case(
        "duplicate ids",
        always(_every_trunk(id="1")),
        "The list of trunks names the same trunk twice.",
        BadPayload,
        Reason.BAD_TRUNKS,
    ),
    Case(
        "unknown kind",
        always(_every_trunk(trunktype="teleport")),
        "",
        why="the fields say what a trunk is; its kind is shown as it comes",
    ),
    *(
        Case(
            f"DOD field {name}",
            always(_every_trunk(extensionsdod=value)),
            BAD_DOD,
            BadPayload,
            Reason.BAD_TRUNKS,
        )
        for name, value in (("null", None), ("number", 5503301), ("list", ["5503301-a-1000"]))
    ),
    Case(
        "status in other case",
        always(_status("SUCCESS")),
        "",
        why="one guide writes Failure for Failed; a word is the same in any case",
    ),
    Case(
        "status in other case, failing",
        at_trunks(AnswerBody(json.dumps({"status": "FAILED", "errno": "30001"}).encode())),
        "The PBX had trouble inside (PBX error 30001).",
        ApiRefused,
        Reason.ERRNO,
    ),
    Case(
        "errno as number",
        at_trunks(AnswerBody(json.dumps({"status": "Failed", "errno": 10042}).encode())),
        "The PBX refused the question (PBX error 10042).",
        ApiRefused,
        Reason.ERRNO,
    ),
]
