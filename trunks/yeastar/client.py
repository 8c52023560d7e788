"""One PBX, read: log in, ask, log out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from .certificates import DEFAULT_TARGETS
from .connection import Connection, TargetPolicy
from .deadline import Deadline
from .errors import PbxError, Reason, Unreachable, cutting_traces
from .logins import EveryLogin, Logins
from .parsing import (
    DEAD_TOKEN,
    Answer,
    Fingerprint,
    decode_answer,
    read_device,
    read_sip_password,
    read_token,
    read_trunks,
    refusal,
    refused_errno,
)
from .records import (
    DeviceRecord,
    ExtensionRecord,
    GroupRecord,
    SipPassword,
    TrunkRecord,
    TrunkStateRecord,
)
from .supplements import read_extensions, read_groups, read_trunk_states
from .transport import Transport

# A version of its own for pushed events, which we never take; the documentation advises to send it
# (login).
_EVENT_VERSION = "2.0.0"
# A person waits for the result, which is already there when we log out.
_LOGOUT_SECONDS = 3.0


class PbxClient:
    """A session with one PBX, for one thread: `with PbxClient(...) as pbx: pbx.trunks()`.

    `fingerprint` turns each SIP password into what may be kept. `targets` says which addresses may
    be called. `pause` is the rest in seconds that the PBX gets between two calls; its web server
    handles one at a time. The deadline of the connection starts with `with`, or with the first
    call, and covers all calls and pauses. `logins` is asked before every login and may keep tokens
    for other clients.

    Leaving logs out, unless the token is kept, and lets go of the connection. A login is never
    repeated by itself.

    Raises:
        ValueError: the connection's settings contradict each other; the text is safe to show.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        fingerprint: Fingerprint,
        targets: TargetPolicy = DEFAULT_TARGETS,
        pause: float = 0.0,
        logins: Logins | None = None,
    ) -> None:
        self._connection = connection
        self._fingerprint = fingerprint
        self._pause = pause
        self._transport = Transport(connection, targets)
        self._deadline: Deadline | None = None
        self._called = False
        self._logins = logins or EveryLogin()
        self._token = ""
        self._is_kept = False

    def __enter__(self) -> Self:
        """Start the clock."""
        self._started()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def close(self) -> None:
        """Log out, unless the token is kept, and let go of the connection.

        Nothing that fails here is raised.
        """
        if not self._is_kept:
            self.logout()
        self._transport.close()

    @cutting_traces
    def login(self) -> None:
        """Get a token; never repeated by itself, as five failures lock us out for ten minutes.

        Other calls log in on demand.

        Raises:
            LoginRefused: `credentials-rejected`, `locked-out` or `address-not-allowed`.
            LoginHeld: not tried.
            PbxError: the other kinds, as `trunks` raises them.
        """
        self._log_in()

    @cutting_traces
    def logout(self) -> None:
        """Give the token back if there is one, in 3 seconds at most; a failure is not raised.

        A token that is not given back ends by itself after 30 minutes.
        """
        self.end(self._token)
        self._token, self._is_kept = "", False

    @cutting_traces
    def end(self, token: str) -> None:
        """Give a token back that was kept, as `logout` does; an empty one calls nobody."""
        deadline = self._started().at_most(_LOGOUT_SECONDS)
        if token and not deadline.passed:
            with contextlib.suppress(PbxError):
                self._post("logout", None, token, deadline)

    @cutting_traces
    def trunks(self, ids: Sequence[str] | None = None) -> tuple[TrunkRecord, ...]:
        """Read every SIP trunk, or those with the given ids (S-Series API v2, siptrunk-query).

        Raises:
            Unreachable: no answer in time.
            LoginRefused: not let in; stop calling.
            LoginHeld: no token, and no login was tried.
            Untrusted: not the certificate we trust.
            ApiRefused: the PBX said no: 10062 for an unknown trunk, `token-dead` when a fresh token
                was refused too.
            BadPayload: not the API, or not a whole list of trunks.
            ValueError: an id is empty or holds a comma or white space, or `ids` is empty.
        """
        wanted = _id_text(ids)
        return read_trunks(self._ask("trunk/query_siptrunk", {"id": wanted}), self._fingerprint)

    @cutting_traces
    def sip_password(self, remote_id: str) -> SipPassword | None:
        """Read the SIP password of one trunk, which `trunks` never tells; None where it has none.

        Raises:
            PbxError: as `trunks` does; `bad-trunks` when the answer is about another trunk.
        """
        wanted = _id_text([remote_id])
        return read_sip_password(self._ask("trunk/query_siptrunk", {"id": wanted}), remote_id)

    @cutting_traces
    def device(self) -> DeviceRecord:
        """Read what the PBX says of itself (S-Series API v2, deviceinfo-query).

        Raises:
            PbxError: as `trunks` does.
        """
        return read_device(self._ask("deviceinfo/query", None))

    @cutting_traces
    def trunk_states(self) -> tuple[TrunkStateRecord, ...]:
        """Read how each trunk is doing, those that are not SIP too (S-Series API v2, trunklist-query).

        Raises:
            PbxError: as `trunks` does; `bad-list` when there is no list.
        """
        return read_trunk_states(self._ask("trunk/list", None))

    @cutting_traces
    def extensions(self) -> tuple[ExtensionRecord, ...]:
        """Read the number and name of every extension (S-Series API v2, extension-list).

        Not `extension/query`, which would send the passwords of all telephones in clear.

        Raises:
            PbxError: as `trunks` does; `bad-list` when it is not a whole list of extensions.
        """
        return read_extensions(self._ask("extension/list", None))

    @cutting_traces
    def groups(self) -> tuple[GroupRecord, ...]:
        """Read every extension group (Cloud PBX API v2, extensiongroup-query).

        Raises:
            PbxError: as `trunks` does; `bad-list` when it is not a whole list of groups.
        """
        return read_groups(self._ask("extensiongroup/query", {"id": "all"}))

    def _log_in(self, dead: str = "") -> None:
        self._token, self._is_kept = "", False
        deadline = self._started()
        if deadline.passed:
            raise Unreachable(Reason.TIMEOUT, "total")
        self._token = self._logins.admit(dead, deadline.remaining)
        if self._token:
            self._is_kept = True
            return
        failure: PbxError | None = None
        try:
            self._token = self._new_token(deadline)
        except PbxError as error:
            failure = error
            raise
        finally:
            # Also after a mistake of ours: whoever waits for this login must not wait in vain.
            if not self._token:
                self._logins.refused(failure)
        self._is_kept = self._logins.accepted(self._token)

    def _new_token(self, deadline: Deadline) -> str:
        # help.yeastar.com, S-Series API v2, login.
        credentials = {
            "username": self._connection.username,
            "password": self._connection.password_md5,
            "version": _EVENT_VERSION,
        }
        answer = self._post("login", credentials, "", deadline)
        errno = refused_errno(answer)
        if errno is not None:
            raise refusal(errno)
        return read_token(answer)

    def _ask(self, endpoint: str, payload: Mapping[str, str] | None) -> Answer:
        """Call with a token; when it is dead, log in and call again, once."""
        if not self._token:
            self._token = self._logins.token()
            self._is_kept = bool(self._token)
        if not self._token:
            self._log_in()
        answer, errno = self._ask_once(endpoint, payload)
        if errno in DEAD_TOKEN:
            self._log_in(self._discard())
            answer, errno = self._ask_once(endpoint, payload)
        if errno is None:
            return answer
        if errno in DEAD_TOKEN:
            self._discard()
        raise refusal(errno)

    def _ask_once(
        self, endpoint: str, payload: Mapping[str, str] | None
    ) -> tuple[Answer, str | None]:
        answer = self._post(endpoint, payload, self._token, self._started())
        return answer, refused_errno(answer)

    def _discard(self) -> str:
        """Use the token no longer, nor let others use it; return it."""
        dead, was_kept = self._token, self._is_kept
        self._token, self._is_kept = "", False
        if was_kept:
            self._logins.forget(dead)
        return dead

    def _post(
        self,
        endpoint: str,
        payload: Mapping[str, str] | None,
        token: str,
        deadline: Deadline,
    ) -> Answer:
        """The one gate of every call."""
        if self._called and self._pause:
            time.sleep(min(self._pause, deadline.remaining))
        self._called = True
        if deadline.passed:
            raise Unreachable(Reason.TIMEOUT, "total")
        return decode_answer(self._transport.post(endpoint, payload, token, deadline))

    def _started(self) -> Deadline:
        if self._deadline is None:
            self._deadline = Deadline(self._connection.deadline)
        return self._deadline


def _id_text(ids: Sequence[str] | None) -> str:
    if ids is None:
        return "all"
    if isinstance(ids, str) or not ids:
        raise ValueError("ids is None for all trunks, or a list of one id and more")
    if not all(one and "," not in one and not any(map(str.isspace, one)) for one in ids):
        raise ValueError("an id is text without comma and white space")
    return ",".join(ids)
