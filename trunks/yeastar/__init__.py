"""Yeastar S-Series PBXs, read over their API: plain Python that knows nothing of Django."""

from .certificates import certificate_seen
from .client import PbxClient
from .connection import Connection, TargetPolicy, Trust, password_digest
from .dod import DodIssue, DodRecord, TargetKind, read_bindings, settle, write_bindings
from .errors import (
    ApiRefused,
    BadPayload,
    LoginHeld,
    LoginRefused,
    PbxError,
    Reason,
    Unreachable,
    Untrusted,
)
from .logins import EveryLogin, Logins
from .records import (
    CertificateSeen,
    DeviceRecord,
    ExtensionRecord,
    GroupRecord,
    SipPassword,
    TrunkRecord,
    TrunkStateRecord,
)

__all__ = [
    "ApiRefused",
    "BadPayload",
    "CertificateSeen",
    "Connection",
    "DeviceRecord",
    "DodIssue",
    "DodRecord",
    "EveryLogin",
    "ExtensionRecord",
    "GroupRecord",
    "LoginHeld",
    "LoginRefused",
    "Logins",
    "PbxClient",
    "PbxError",
    "Reason",
    "SipPassword",
    "TargetKind",
    "TargetPolicy",
    "TrunkRecord",
    "TrunkStateRecord",
    "Trust",
    "Unreachable",
    "Untrusted",
    "certificate_seen",
    "password_digest",
    "read_bindings",
    "settle",
    "write_bindings",
]
