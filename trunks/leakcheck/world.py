"""Simulated PBXs that know no secret but those we look for, and how badly one of them can answer."""

from __future__ import annotations

import json
from dataclasses import dataclass

from trunks.leakcheck.markers import Kind, Markers
from trunks.simulator import Fault, SimulatedPbx, SimulatedTrunk, World, api_password
from trunks.simulator.faults import AnswerBytes, OnlyFor, RefuseWith
from trunks.simulator.faults_body import AnswerBody, ChangedAnswer, ChangedBody
from trunks.simulator.worlds.records import Device, Extension, ExtensionGroup

TRUNKS, DEVICE = "trunk/query_siptrunk", "deviceinfo/query"


@dataclass(frozen=True, slots=True)
class KnownSecrets:
    """What one PBX knows and nobody else may."""

    password: str
    sip_passwords: tuple[str, str]

    @property
    def digest(self) -> str:
        """The MD5 that the API takes for the password."""
        return api_password(self.password)


def known_secrets(markers: Markers) -> KnownSecrets:
    """Make up the secrets of one PBX, and look for them from now on."""
    password = markers.add_made_up(Kind.API_PASSWORD)
    sip = (markers.add_made_up(Kind.SIP_PASSWORD), markers.add_made_up(Kind.SIP_PASSWORD))
    known = KnownSecrets(password, sip)
    markers.add(Kind.API_DIGEST, known.digest)
    return known


def world_with(known: KnownSecrets) -> World:
    """Set up a PBX with a trunk of each kind."""
    first, second = known.sip_passwords
    return World(
        name="leakcheck",
        device=Device(name="Yeastar S50", serial="369450000001"),
        trunks=(
            SimulatedTrunk(
                id="1",
                name="Carrier",
                kind="register",
                host="sip.carrier.example",
                domain="sip.carrier.example",
                username="account01",
                authname="account01",
                password=first,
                extensionsdod="5503301-reception-1000,5503302-front-desk-1001",
            ),
            SimulatedTrunk(
                id="2",
                name="Branch",
                kind="account",
                username="branch",
                authname="branch",
                password=second,
                extensionsgroupdod="5503303-sales-sales",
            ),
            SimulatedTrunk(id="3", name="Gateway", kind="peer", host="192.0.2.7"),
        ),
        extensions=(Extension("1000", "Ann"), Extension("1001", "Bob")),
        groups=(ExtensionGroup("1", "sales", ("1000",)),),
    )


def told_tokens(markers: Markers, *pbxs: SimulatedPbx) -> None:
    """Look for every token that the PBXs have given so far."""
    for pbx in pbxs:
        for token in pbx.tokens:
            markers.add(Kind.PBX_TOKEN, token)


def bad_answers(known: KnownSecrets) -> dict[str, Fault]:
    """Return answers that hold secrets where nobody expects them."""
    sip, digest = known.sip_passwords[0], known.digest
    listing = json.dumps(
        {"status": "Success", "trunks": [{"id": "1", "password": sip}]}, indent=4
    ).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    elsewhere = f"https://192.0.2.9:8088/?password={digest}"
    at_trunks: dict[str, Fault] = {
        "page": AnswerBody(f"<p>{sip}</p>".encode(), content_type="text/html"),
        "cut off": ChangedBody(lambda body: body[:-3]),
        "no JSON": ChangedBody(lambda body: body + sip.encode()),
        "trunk twice": ChangedAnswer(lambda a: {**a, "trunks": [*_list(a), *_list(a)]}),
        "no list": ChangedAnswer(lambda a: {**a, "trunks": sip}),
        "odd field": ChangedAnswer(lambda a: {**a, "trunks": [{"id": "1", "host": [sip]}]}),
        "odd password": ChangedAnswer(lambda a: {**a, "trunks": [{"id": "1", "password": [sip]}]}),
        "odd id": ChangedAnswer(lambda a: {**a, "trunks": [{"id": f"1,{sip}"}]}),
        "no trunks": ChangedAnswer(lambda a: {"status": "Success", "password": sip}),
        "errno": RefuseWith(sip),
        "status": ChangedAnswer(lambda a: {**a, "status": sip}),
        "redirect": AnswerBody(b"", status=302, extra_headers=(("Location", elsewhere),)),
        "unfinished head": AnswerBytes(head + listing + b"\r\n\r\n"),
        "head": AnswerBytes(f"HTTP/1.1 {digest} {digest}\r\n\r\n".encode()),
        "no HTTP": AnswerBytes(f"{digest}\r\n\r\n".encode()),
        "reason": AnswerBytes(f"HTTP/1.1 500 {digest}\r\n\r\n{sip}".encode()),
        "too short": AnswerBytes(head + b"Content-Length: 9999\r\n\r\n" + listing),
        "cookie": AnswerBody(b"{}", extra_headers=(("Set-Cookie", f"session={digest}"),)),
        "dead token": RefuseWith("20004"),
    }
    # More than we ask for: passwords where the documented answers have none.
    more = {"password": sip, "secret": sip, "devicepassword": digest}
    spread = ChangedAnswer(lambda a: {**{k: _with(v, more) for k, v in a.items()}, **more})
    return {name: OnlyFor(TRUNKS, fault) for name, fault in at_trunks.items()} | {
        "more than asked for": spread
    }


def bad_log_ins(known: KnownSecrets) -> dict[str, Fault]:
    """Return answers to a log-in that say the credentials back."""
    digest = known.digest
    return {
        "log-in refused": RefuseWith(digest),
        "log-in echoed": AnswerBody(
            json.dumps({"status": "Success", "token": [digest], "password": digest}).encode()
        ),
        "log-in page": AnswerBody(digest.encode(), status=403, content_type="text/html"),
    }


def _list(answer: dict[str, object]) -> list[object]:
    trunks = answer.get("trunks")
    return trunks if isinstance(trunks, list) else []


def _with(value: object, more: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {**value, **more}
    if isinstance(value, list):
        return [_with(one, more) for one in value]
    return value
