"""Faults of logging in, of certificates, and of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from trunks.models import Trust
from trunks.services.fetching import fetch_now
from trunks.simulator.faults import (
    DeadTokens,
    FirstTimes,
    OnlyFor,
    RefuseWith,
)
from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    LoginRefused,
    Reason,
    Untrusted,
)

from .cases import Arrange, Case, always, at_trunks
from .scene import ADDRESS, Scene, certificate

YEAR = timedelta(days=365)


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
        at_trunks(FirstTimes(1, RefuseWith("20006"))),
        "",
        why="a token lives 30 minutes or less; one new login is no failed one",
    ),
    Case(
        "token dead forever",
        always(DeadTokens()),
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
