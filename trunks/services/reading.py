"""The network's part of a fetch: one PBX read, outside any transaction, whatever comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from django.utils import timezone

from trunks.keyring import SecretUnavailable
from trunks.models import Fetch
from trunks.services.connecting import client_for
from trunks.services.supplements import SupplementAnswer, supplements_read, supplements_wanted
from trunks.yeastar import (
    DeviceRecord,
    ExtensionRecord,
    GroupRecord,
    PbxError,
    TrunkRecord,
    TrunkStateRecord,
)


class TrunkSource(Protocol):
    """A PBX family, as far as fetching is concerned."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

    def trunks(self, ids: Sequence[str] | None = None) -> tuple[TrunkRecord, ...]:
        """Read all trunks, or those with the given ids."""

    def trunk_states(self) -> Sequence[TrunkStateRecord]:
        """Read how each trunk is doing."""

    def device(self) -> DeviceRecord:
        """Read what the PBX says of itself."""

    def extensions(self) -> Sequence[ExtensionRecord]:
        """Read every extension."""

    def groups(self) -> Sequence[GroupRecord]:
        """Read every extension group."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole answer, not stored yet, with what the PBX told beside it."""

    records: tuple[TrunkRecord, ...]
    observed_at: datetime
    supplements: tuple[SupplementAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer; safe to store and to log."""

    reason: str
    errno: str = ""
    detail: str = ""


def read(fetch: Fetch, *, known_token: str | None = None) -> Reading | Failure:
    """Ask the PBX what the fetch asks; never raises. `fetch.pbx` is loaded with its supplements.

    With a `known_token` that lives, nothing here touches the database.
    """
    wanted = supplements_wanted(pbx=fetch.pbx, whole=fetch.covers_all)
    if why_not := _why_not_called(fetch):
        return Failure(why_not)
    try:
        client: TrunkSource = client_for(fetch.pbx, known_token=known_token)
    except SecretUnavailable:
        return Failure("secret-unavailable")
    except ValueError:
        return Failure("bad-settings")
    try:
        with client as source:
            records = source.trunks(fetch.remote_ids or None)
            observed_at = timezone.now()
            return Reading(records, observed_at, supplements_read(source, wanted, records))
    except PbxError as error:
        return Failure(error.reason, error.errno, error.detail)
    except Exception as error:  # noqa: BLE001
        # The text of an unknown error may hold anything, so only its type goes on.
        return Failure("internal", detail=type(error).__name__)


def _why_not_called(fetch: Fetch) -> str:
    if not fetch.pbx.enabled:
        return "disabled"
    return "left-alone" if fetch.pbx.rests and not fetch.insists else ""
