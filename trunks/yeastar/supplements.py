"""Answers beside the trunks turned into records: states of trunks, extensions, groups.

How strict a reader is follows from what hangs on its answer. A state stands for itself, so an entry
that cannot be read is left out: that trunk has no known state, which is true. Of extensions and
groups it is the absence that counts, "this target does not exist", so one entry that cannot be read
makes the whole list unusable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from string import whitespace

from .errors import BadPayload, Reason
from .parsing import LONGEST_FIELD, Answer, storable
from .records import ExtensionRecord, GroupRecord, TrunkStateRecord

# The documented words have 25 letters at most.
LONGEST_STATUS = 100


def read_trunk_states(answer: Answer) -> tuple[TrunkStateRecord, ...]:
    """Read a `trunk/list` answer; entries without id or status are left out, and ids named twice.

    Raises:
        BadPayload: `bad-list` when there is no list.
    """
    states = [state for item in _list(answer, "trunklist") if (state := _read_state(item))]
    named = Counter((state.remote_id, state.is_sip) for state in states)
    return tuple(state for state in states if named[state.remote_id, state.is_sip] == 1)


def read_extensions(answer: Answer) -> tuple[ExtensionRecord, ...]:
    """Read an `extension/list` answer; a name that is missing or odd becomes "".

    Raises:
        BadPayload: `bad-list` when there is no list, or an entry has no number.
    """
    return tuple(
        ExtensionRecord(number=_needed(item, "number"), name=_text(item, "username"))
        for item in _list(answer, "extlist")
    )


def read_groups(answer: Answer) -> tuple[GroupRecord, ...]:
    """Read an `extensiongroup/query` answer; an id or members that are missing or odd become empty.

    Raises:
        BadPayload: `bad-list` when there is no list, or an entry has no name.
    """
    return tuple(
        GroupRecord(
            remote_id=_text(item, "id"),
            name=_needed(item, "name"),
            members=_members(item),
        )
        for item in _list(answer, "extgroupinfos")
    )


def _list(answer: Answer, key: str) -> Sequence[object]:
    items = answer.get(key)
    if not isinstance(items, list):
        raise BadPayload(Reason.BAD_LIST)
    return items


def _read_state(item: object) -> TrunkStateRecord | None:
    remote_id, status = _text(item, "id"), _text(item, "status")
    if not remote_id or not status or len(status) > LONGEST_STATUS:
        return None
    return TrunkStateRecord(remote_id=remote_id, status=status, type=_text(item, "type"))


def _needed(item: object, key: str) -> str:
    text = _text(item, key)
    if not text:
        raise BadPayload(Reason.BAD_LIST)
    return text


def _members(item: object) -> tuple[str, ...]:
    # Four hundred numbers are longer than any one field.
    value = item.get("members") if isinstance(item, dict) else None
    pieces = value.split(",") if isinstance(value, str) else []
    numbers = (storable(piece.strip(whitespace)) for piece in pieces)
    return tuple(number for number in numbers if number)


def _text(item: object, key: str) -> str:
    """Return a short field as trimmed text, "" when there is none; ids come as text or as number."""
    value = item.get(key) if isinstance(item, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = storable(str(value).strip(whitespace))
    return text if len(text) <= LONGEST_FIELD else ""
