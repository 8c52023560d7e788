"""What can go wrong between us and one PBX, told apart by what the caller does next.

    PbxError
    ├── Unreachable     nothing usable came back: keep showing the old data, try again later
    ├── LoginRefused    the PBX will not let us in: stop, since repeats lock our address out
    ├── LoginHeld       we did not try to log in, since it could lock us out: wait, or ask a person
    ├── Untrusted       the certificate is not one we trust: a person must look at it
    ├── ApiRefused      the PBX understood and said no: show its error number
    └── BadPayload      what answers is not the API we expect: a person must look at the settings

Every error is safe to store, log and show. Messages of the libraries below carry the URL with its
token, or the whole answer with its SIP passwords, so none of them is kept: not as text, not as
cause, not as context.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum, unique
from functools import wraps
from typing import ParamSpec, TypeVar

from .records import CertificateSeen

P = ParamSpec("P")
T = TypeVar("T")


@unique
class Reason(StrEnum):
    """Short, stable codes: safe to store, and what translations are keyed by."""

    # Unreachable
    NAME_NOT_RESOLVED = "name-not-resolved"
    REFUSED = "refused"
    NO_ROUTE = "no-route"
    CONNECT_TIMEOUT = "connect-timeout"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    TLS_FAILED = "tls-failed"
    NO_ANSWER = "no-answer"
    # LoginRefused
    CREDENTIALS_REJECTED = "credentials-rejected"
    LOCKED_OUT = "locked-out"
    ADDRESS_NOT_ALLOWED = "address-not-allowed"
    # LoginHeld
    LOGIN_HELD = "login-held"
    LOGIN_UNRECORDED = "login-unrecorded"
    EDITED_MEANWHILE = "edited-meanwhile"
    # Untrusted
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"
    CERTIFICATE_CHANGED = "certificate-changed"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_WRONG_NAME = "certificate-wrong-name"
    # ApiRefused
    ERRNO = "errno"
    TOKEN_DEAD = "token-dead"  # noqa: S105 - the name of a state, not a token
    # BadPayload
    TARGET_FORBIDDEN = "target-forbidden"
    NOT_TLS = "not-tls"
    TLS_EXPECTED = "tls-expected"
    REDIRECTED = "redirected"
    HTTP_STATUS = "http-status"
    NOT_AN_API = "not-an-api"
    COMPRESSED = "compressed"
    TOO_LARGE = "too-large"
    BAD_JSON = "bad-json"
    NO_TOKEN = "no-token"  # noqa: S105 - the name of a state, not a token
    NO_TRUNKS = "no-trunks"
    BAD_TRUNKS = "bad-trunks"
    BAD_LIST = "bad-list"


class PbxError(Exception):
    """One PBX could not be read.

    `reason` says why; `detail` adds a safe word where one exists (an HTTP status, the address of a
    redirect, a fingerprint); `errno` is the PBX's own number as text. Both are empty when there is
    nothing to add.
    """

    def __init__(self, reason: Reason, detail: str = "", errno: str = "") -> None:
        super().__init__(reason, detail, errno)
        self.reason = reason
        self.detail = detail
        self.errno = errno

    def __str__(self) -> str:
        """Name the reason with its number and detail: `errno 10062`, `redirected (https://pbx:8088)`."""
        words = [self.reason.value, self.errno, f"({self.detail})" if self.detail else ""]
        return " ".join(word for word in words if word)


class Unreachable(PbxError):
    """Nothing usable came back: keep showing the old data and try again later."""


class LoginRefused(PbxError):
    """The PBX will not let us in: stop until the credentials change, or for ten minutes if locked.

    Five failed logins lock our address for ten minutes, for everyone (help.yeastar.com, S-Series
    API v2, login).
    """


class LoginHeld(PbxError):
    """We did not try to log in, since it could lock us out, or since the credentials are old by now.

    `detail` of `login-held` is the moment until when, in ISO 8601; it is empty when it lasts until
    the credentials are edited. `login-unrecorded`: the try could not be written down beforehand.
    """


class Untrusted(PbxError):
    """The certificate is not one we trust: a person must look at it.

    `certificate` is what the PBX shows, None when it could not be read in time.
    """

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        errno: str = "",
        certificate: CertificateSeen | None = None,
    ) -> None:
        super().__init__(reason, detail, errno)
        self.args = (reason, detail, errno, certificate)
        self.certificate = certificate


class ApiRefused(PbxError):
    """The PBX understood and said no: show `errno`, which is empty when the PBX gave no number."""


class BadPayload(PbxError):
    """What answers is not the API we expect: a person must look at address, port and version."""


def cutting_traces(function: Callable[P, T]) -> Callable[P, T]:
    """Let a `PbxError` leave `function` without the frames below it, whose locals hold secrets.

    Error pages and task queues print the locals of every frame, and the frames of the layers below
    hold the URL with its token and the answer with its SIP passwords.
    """

    @wraps(function)
    def cut(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except PbxError as error:
            failure = error.with_traceback(None)
        failure.__context__ = None
        raise failure from None

    return cut
