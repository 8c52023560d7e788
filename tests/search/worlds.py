"""Rows and lines for hypothesis: made of few pieces, so that lines find rows, and near misses too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import UNLIMITED, Pbx, Sight, Trunk
from trunks.search.fields import Field

NUMBERS = ["442079460018", "+44 20 7946 0019", "02079460018", "5503301", "1000", "0018"]
NAMES = ["Café Nord", "front desk", "厦门电信", "厦", "a", "A*b", 'say "hi", Bob', "50%_\\", "x-y"]
TEXTS = ["", *NAMES, *NUMBERS]
LONG_AGO = datetime(2026, 3, 5, 18, 2, tzinfo=UTC)

texts = st.sampled_from(TEXTS)
unknown = st.none() | texts
# The numbers of the PBXs that a person sees; None for all.
sights = st.none() | st.frozensets(st.integers(0, 2), max_size=2)
moments = st.none() | st.just(LONG_AGO)

a_pbx = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "site": st.sampled_from(["", "Nord", "厦门", 'Hall "A", 2']),
        "base_url": st.sampled_from(["https://10.0.0.3:8088", "http://pbx.example"]),
        "username": st.sampled_from(["api", "alice"]),
        "trust": st.sampled_from(["plain", "system"]),
        "country_code": st.sampled_from(["", "44"]),
        "national_prefix": st.just("0"),
        "enabled": st.booleans(),
        "failing_since": moments,
        "credentials_rejected_at": moments,
        "secret_lost_at": moments,
        "answer_held_at": moments,
    }
)
a_trunk = st.fixed_dictionaries(
    {
        "name": texts,
        "kind": st.sampled_from(["register", "peer", "account", "WebRTC", ""]),
        "host": st.none() | st.sampled_from(["10.0.0.3", "sip.itsp.example", "fe80::1"]),
        "port": st.none() | st.sampled_from(["5060", ""]),
        "domain": unknown,
        "username": unknown,
        "authname": unknown,
        "fromuser": unknown,
        "registration": st.sampled_from(["", "Failure", "registered", "odd"]),
        "removed_at": moments,
        "is_old": st.booleans(),
    }
)
a_binding = st.fixed_dictionaries(
    {
        "number": texts,
        "name": texts,
        "target": texts,
        "target_kind": st.sampled_from(["extension", "group"]),
        "issue": st.sampled_from(["none", "ambiguous", "malformed", "odd-target", "no-target"]),
    }
)


@dataclass(frozen=True)
class World:
    """PBXs, each trunk with the number of its PBX, each binding with that of its trunk."""

    pbxs: list[dict[str, Any]]
    trunks: list[tuple[int, dict[str, Any]]]
    bindings: list[tuple[int, dict[str, Any]]]

    def save(self) -> None:
        """Write the rows."""
        now = timezone.now()
        pbxs = [make_pbx(slug=f"p{n}", **fields) for n, fields in enumerate(self.pbxs)]
        trunks = [make_trunk(of(pbxs, n), **_dated(fields, now)) for n, fields in self.trunks]
        for n, fields in self.bindings if trunks else ():
            make_binding(of(trunks, n), **fields)


def of(rows: Sequence[Any], number: int) -> Any:
    """Return a row by any number."""
    return rows[number % len(rows)]


def _dated(fields: dict[str, Any], now: datetime) -> dict[str, Any]:
    known = {name: value for name, value in fields.items() if name != "is_old"}
    return {**known, "observed_at": now - timedelta(days=3) if fields["is_old"] else now}


def _numbered(rows: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(st.integers(0, 5), rows), max_size=most)


worlds = st.builds(
    World,
    st.lists(a_pbx, min_size=1, max_size=3, unique_by=lambda pbx: pbx["name"]),
    _numbered(a_trunk, 6),
    _numbered(a_binding, 10),
)


def _parts_of(text: str) -> st.SearchStrategy[str]:
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return places.map(lambda ends: text[min(ends) : max(ends)] or text[:1])


_hosts = [
    "10.0.0.3",
    "0.0.3",
    "sip.itsp.example",
    "fe80::1",
    "5060",
    "api",
    "Nord",
    "p1",
    "example",
]
_said = [text for text in TEXTS if text] + _hosts
words = st.sampled_from(_said).flatmap(_parts_of)
_spelled = st.one_of(
    words,
    words,
    words.map(str.upper),
    words.map(lambda word: f'"{word}"'),
    st.tuples(words, st.sampled_from(["*", "?", "*?", "**"]), words).map("".join),
    words.map(lambda word: f"*{word}"),
    words.map(lambda word: f"{word}*"),
    words.map(lambda word: f"?{word[1:]}"),
    st.sampled_from(
        ["44", "+44 (20) 7946-0018", "00442079460018", "４４２０", "厦", "é", "_", "%"]
    ),
)
_anything = st.text('aé厦1 *?,:=-"+%\\', max_size=6)


def lines_for(fields: Iterable[Field]) -> st.SearchStrategy[str]:
    """Return lines that use every field of a list."""
    term = st.one_of(_spelled, *map(_asks, fields), *map(_asks, fields))
    signed = st.tuples(st.sampled_from(["", "", "", "-"]), term).map("".join)
    return st.one_of(
        signed,
        st.lists(signed, min_size=1, max_size=3).map(" ".join),
        st.tuples(signed, _anything).map(" ".join),
    )


def _asks(field: Field) -> st.SearchStrategy[str]:
    names = st.sampled_from([field.name, *field.aliases])
    if field.is_fixed:
        one = st.sampled_from([value for value, _label in field.values])
        value = one | st.just("webrtc") if field.is_open else one
    else:
        value = _spelled
    several = st.lists(value, min_size=1, max_size=3).map(",".join)
    return st.tuples(names, st.sampled_from([":", ":", ":=", "："]), several).map("".join)


def removed_are_shown(line_asks_for: Iterable[str], trunk: Trunk) -> bool:
    """Tell whether a list shows a trunk: those that are gone only when asked for."""
    return trunk.removed_at is None or "removed" in line_asks_for


def sight_of_pbxs(numbers: frozenset[int] | None) -> Sight:
    """Return the sight of somebody who sees the PBXs of these numbers, in a world that is saved."""
    if numbers is None:
        return UNLIMITED
    seen = Pbx.objects.filter(slug__in=[f"p{number}" for number in numbers])
    return Sight(frozenset(seen.values_list("pk", flat=True)))


def is_seen(sight: Sight, pbx: int) -> bool:
    """Tell whether a PBX is in sight, as the oracle has it."""
    return sight.pbxs is None or pbx in sight.pbxs
