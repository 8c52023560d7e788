"""The rows, and the named reads over them."""

from __future__ import annotations

from trunks.models.audit import (
    Action,
    AuditCheck,
    AuditCheckpoint,
    AuditEntry,
    AuditHead,
)
from trunks.models.cache_row import CacheRow
from trunks.models.dod import DodBinding, DodIssue, TargetKind
from trunks.models.fetch import SCOPE_ALL, Fetch
from trunks.models.held import HeldAnswer
from trunks.models.key_check import KeyCheck
from trunks.models.list_name import ListName
from trunks.models.list_preference import Density, ListPreference
from trunks.models.login import LOCK_OUT, LoginAttempt, LoginPlace
from trunks.models.pbx import DEFAULT_API_PATH, ConnectionTest, Pbx, Trust
from trunks.models.pbx_state import PbxState
from trunks.models.person_session import PersonSession
from trunks.models.registration import Registration
from trunks.models.role import Role, reads_only
from trunks.models.run import FetchRun, RunProgress
from trunks.models.saved_view import SavedView
from trunks.models.sealed import SealedTextField
from trunks.models.search_index import SearchIndex
from trunks.models.share import Share, ShareState
from trunks.models.site_limit import NOTHING, UNLIMITED, Sight, SiteLimit
from trunks.models.supplement import Supplement
from trunks.models.throttle import Throttle
from trunks.models.trunk import (
    FIELDS_OF_KIND,
    Trunk,
    TrunkKind,
    TrunkState,
    TrunkVersion,
)

__all__ = [
    "DEFAULT_API_PATH",
    "FIELDS_OF_KIND",
    "LOCK_OUT",
    "NOTHING",
    "SCOPE_ALL",
    "UNLIMITED",
    "Action",
    "AuditCheck",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "CacheRow",
    "ConnectionTest",
    "Density",
    "DodBinding",
    "DodIssue",
    "Fetch",
    "FetchRun",
    "HeldAnswer",
    "KeyCheck",
    "ListName",
    "ListPreference",
    "LoginAttempt",
    "LoginPlace",
    "Pbx",
    "PbxState",
    "PersonSession",
    "Registration",
    "Role",
    "RunProgress",
    "SavedView",
    "SealedTextField",
    "SearchIndex",
    "Share",
    "ShareState",
    "Sight",
    "SiteLimit",
    "Supplement",
    "TargetKind",
    "Throttle",
    "Trunk",
    "TrunkKind",
    "TrunkState",
    "TrunkVersion",
    "Trust",
    "reads_only",
]
