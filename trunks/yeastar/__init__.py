"""Yeastar S-Series PBXs, read over their API: plain Python that knows nothing of Django."""

from .certificates import certificate_seen
from .client import PbxClient
from .connection import Connection, TargetPolicy, Trust, password_digest
from .dod import read_bindings, settle, write_bindings
from .errors import ApiRefused, BadPayload, LoginRefused, PbxError, Reason, Unreachable, Untrusted
from .records import (
    CertificateSeen,
    DeviceRecord,
    DodIssue,
    DodRecord,
    ExtensionRecord,
    GroupRecord,
    TargetKind,
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
    "ExtensionRecord",
    "GroupRecord",
    "LoginRefused",
    "PbxClient",
    "PbxError",
    "Reason",
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
