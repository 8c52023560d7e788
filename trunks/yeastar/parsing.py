"""Answers of the PBX turned into records: pure functions, which pick the fields they know."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from .errors import ApiRefused, BadPayload, LoginRefused, PbxError, Reason
from .records import DeviceRecord, SipPassword, TrunkRecord

# help.yeastar.com, S-Series API v2, api_error_code: no such token, token empty, token timed out.
DEAD_TOKEN = frozenset({"20004", "20005", "20006"})
_LOGIN_REFUSALS = {
    "20002": Reason.LOCKED_OUT,
    "20003": Reason.CREDENTIALS_REJECTED,
    "20015": Reason.ADDRESS_NOT_ALLOWED,
}

_LONGEST_INTEGER = 4300
_LONGEST_TOKEN = 512
# Documented answers nest three deep: the answer, its list, one trunk.
_DEEPEST = 50
# No name, host or account of a trunk is longer; databases index no text without end.
LONGEST_FIELD = 500
# Ids are asked for in a comma list, and "all" asks for every trunk.
_ASKABLE_ID = re.compile(r"(?!all$)[^\s,]+")
_ERRNO = re.compile(r"[0-9]{1,10}")
# Half a surrogate pair cannot be encoded and PostgreSQL stores no NUL: one such letter would fail a
# whole fetch.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Answer = dict[str, object]
Fingerprint = Callable[[str], str]


def decode_answer(body: bytes) -> Answer:
    """Read the JSON object that every answer is, strictly.

    UTF-8 with or without a byte order mark, then GB18030, since the documentation names no
    encoding.

    Raises:
        BadPayload: `not-an-api` for HTML, nothing, or JSON without a text `status`; `bad-json` for
            anything that two readers could read differently: NaN, repeated keys, endless numbers,
            bottomless nesting. Their `detail` says which, in a word of ours.
    """
    text = _decode_text(body)
    if text is None:
        raise BadPayload(Reason.BAD_JSON, "encoding")
    if not text.strip():
        raise BadPayload(Reason.NOT_AN_API, "empty")
    if text.lstrip().startswith("<"):
        raise BadPayload(Reason.NOT_AN_API, "page")
    answer = _load_json(text)
    if isinstance(answer, _NotJson):
        raise BadPayload(Reason.BAD_JSON, answer.why)
    if not isinstance(answer.value, dict) or not isinstance(answer.value.get("status"), str):
        raise BadPayload(Reason.NOT_AN_API, "other-json")
    return answer.value


def refused_errno(answer: Answer) -> str | None:
    """Return the errno of a failed answer, "" when it names none, and None for a success.

    Raises:
        BadPayload: `not-an-api` when the status is neither success nor failure.
    """
    status = str(answer["status"]).lower()
    if status == "success":
        return None
    errno = answer.get("errno")
    if isinstance(errno, bool) or not isinstance(errno, str | int):
        errno = ""
    if not errno and status not in {"failed", "failure"}:
        raise BadPayload(Reason.NOT_AN_API, "other-json")
    return str(errno) if _ERRNO.fullmatch(str(errno)) else ""


def refusal(errno: str) -> PbxError:
    """Build the error that an errno stands for; the caller raises it."""
    if errno in _LOGIN_REFUSALS:
        return LoginRefused(_LOGIN_REFUSALS[errno], errno=errno)
    return ApiRefused(Reason.TOKEN_DEAD if errno in DEAD_TOKEN else Reason.ERRNO, errno=errno)


def read_token(answer: Answer) -> str:
    """Return the token of a successful login.

    Raises:
        BadPayload: `no-token` when there is none.
    """
    token = answer.get("token")
    if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN:
        raise BadPayload(Reason.NO_TOKEN)
    return token


def read_trunks(answer: Answer, fingerprint: Fingerprint) -> tuple[TrunkRecord, ...]:
    """Read a `trunk/query_siptrunk` answer; `fingerprint` replaces each SIP password at once.

    Raises:
        BadPayload: `no-trunks` when the list is missing, which is not the same as empty;
            `bad-trunks` when any part of it has the wrong shape, since half a list would look like
            trunks removed. Its `detail` says what, in a word of ours.
    """
    if "trunks" not in answer:
        raise BadPayload(Reason.NO_TRUNKS)
    items = answer["trunks"]
    if not isinstance(items, list):
        raise BadPayload(Reason.BAD_TRUNKS, "no-list")
    trunks = tuple(_read_trunk(item, fingerprint) for item in items)
    if len({trunk.remote_id for trunk in trunks}) != len(trunks):
        raise BadPayload(Reason.BAD_TRUNKS, "repeated-id")
    return trunks


def read_sip_password(answer: Answer, remote_id: str) -> SipPassword | None:
    """Read the password of one trunk out of a `trunk/query_siptrunk` answer; None where it has none.

    Raises:
        BadPayload: as `read_trunks` does; `bad-trunks` when the answer is about another trunk.
    """
    told: dict[str, str] = {}

    def note(password: str) -> str:
        told["password"] = password
        return ""

    trunks = read_trunks(answer, note)
    if [trunk.remote_id for trunk in trunks] != [remote_id]:
        raise BadPayload(Reason.BAD_TRUNKS, "other-trunk")
    return SipPassword(told["password"]) if told else None


def read_device(answer: Answer) -> DeviceRecord:
    """Read a `deviceinfo/query` answer; what is missing or odd becomes "": nothing hangs on it."""
    info = answer.get("deviceinfo")
    fields = info if isinstance(info, dict) else {}

    def text(key: str) -> str:
        value = fields.get(key)
        return storable(value) if isinstance(value, str) else ""

    return DeviceRecord(
        name=text("devicename"),
        serial_number=text("sn"),
        firmware=text("firmwarever"),
        hardware=text("hardwarever"),
    )


def _read_trunk(item: object, fingerprint: Fingerprint) -> TrunkRecord:
    if not isinstance(item, dict):
        raise BadPayload(Reason.BAD_TRUNKS, "no-trunk")
    remote_id = _text(item, "id")
    if remote_id is None or not _ASKABLE_ID.fullmatch(remote_id):
        raise BadPayload(Reason.BAD_TRUNKS, "bad-id")
    password = _text(item, "password")
    return TrunkRecord(
        remote_id=remote_id,
        name=_text(item, "trunkname") or "",
        kind=_text(item, "trunktype") or "",
        host=_text(item, "host"),
        port=_text(item, "port"),
        domain=_text(item, "domain"),
        username=_text(item, "username"),
        authname=_text(item, "authname"),
        fromuser=_text(item, "fromuser"),
        password_fingerprint=fingerprint(password) if password else password,
        extensions_dod=_dod_text(item, "extensionsdod"),
        groups_dod=_dod_text(item, "extensionsgroupdod"),
    )


def _text(fields: Answer, key: str) -> str | None:
    """Return a field as text; the documentation types ids as Integer and shows them as text."""
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadPayload(Reason.BAD_TRUNKS, "bad-field")
    text = storable(str(value))
    if len(text) > LONGEST_FIELD and key != "password":
        raise BadPayload(Reason.BAD_TRUNKS, "bad-field")
    return text


def _dod_text(fields: Answer, key: str) -> str | None:
    """Return a DOD field, None when the PBX reports none at all.

    It is text for every kind of trunk, empty without bindings (siptrunk-query). Anything else says
    nothing of the bindings, and taking it for "none" would lose those that we know.
    """
    if key not in fields:
        return None
    value = fields[key]
    if not isinstance(value, str):
        raise BadPayload(Reason.BAD_TRUNKS, "bad-dod")
    return storable(value)


def storable(text: str) -> str:
    """Replace the letters that no database can keep."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _decode_text(body: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class _Json:
    value: object


@dataclass(frozen=True, slots=True)
class _NotJson:
    why: str


class _Refused(ValueError):
    """JSON that two readers could read differently; its one argument says why."""


def _load_json(text: str) -> _Json | _NotJson:
    """Return what was read or why not: an error from here would keep the answer as its context."""
    try:
        value = json.loads(
            text,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_refuse_constant,
            object_pairs_hook=_distinct,
        )
    except json.JSONDecodeError as error:
        is_cut_off = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        return _NotJson("cut-off" if is_cut_off else "")
    except _Refused as refused:
        return _NotJson(str(refused))
    except RecursionError:
        return _NotJson("nesting")
    except ValueError:
        return _NotJson("")
    return _Json(value) if _is_shallow(value) else _NotJson("nesting")


def _is_shallow(value: object) -> bool:
    """Tell whether nothing lies deeper than answers go; how deep the reader itself can go differs by version."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise _Refused("number")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused("number")
    return number


def _refuse_constant(_name: str) -> float:
    raise _Refused("number")


def _distinct(pairs: list[tuple[str, object]]) -> Answer:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Refused("repeated-key")
    return fields
