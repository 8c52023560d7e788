"""The settings of a PBX on their way from a form to a service."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ConnectionSettings(TypedDict):
    """What it takes to call a PBX, without its secret."""

    base_url: str
    api_path: str
    username: str
    trust: str
    pinned_fingerprint: str
    connect_timeout: int
    deadline: int


class PbxSettings(ConnectionSettings):
    """Everything that a person may set about a PBX, without its secret."""

    name: str
    site: str
    notes: str
    enabled: bool
    keeps_login: NotRequired[bool]
    reads_extensions: NotRequired[bool]
    fetch_every: NotRequired[int | None]
    country_code: NotRequired[str]
    national_prefix: NotRequired[str]
