"""A call centre with a line in every city: many trunks, thousands of bindings, from one seed.

The numbers are those that Ofcom keeps free for drama, so nobody can be called by a demo.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .records import (
    Device,
    Extension,
    ExtensionGroup,
    SimulatedTrunk,
    TrunkKind,
    World,
    bind,
    made_up_password,
)

CITIES = (
    ("London", "+44207946"),
    ("Leeds", "+44113496"),
    ("Sheffield", "+44114496"),
    ("Nottingham", "+44115496"),
    ("Leicester", "+44116496"),
    ("Bristol", "+44117496"),
    ("Reading", "+44118496"),
    ("Birmingham", "+44121496"),
    ("Edinburgh", "+44131496"),
    ("Glasgow", "+44141496"),
    ("Liverpool", "+44151496"),
    ("Manchester", "+44161496"),
    ("Newcastle", "+44191498"),
    ("Cardiff", "+44292018"),
    ("Northfield", "+441632960"),
    ("Freephone", "+44808157"),
)
LINES: tuple[tuple[str, TrunkKind], ...] = (
    ("Inbound", "register"),
    ("Outbound", "register"),
    ("Overflow", "peer"),
    ("Agents at home", "account"),
)
TEAMS = ("sales", "renewals", "support", "billing", "retention", "claims", "orders", "after-hours")
FIRST_NAMES = (
    "Aisha", "Ben", "Chloe", "Dev", "Elena", "Finn", "Grace", "Hassan", "Isla", "Jamal", "Kasia",
    "Leo", "Maya", "Noah", "Orla", "Pavel", "Quinn", "Rosa", "Sam", "Tara",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Baker", "Choudhury", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones",
    "Khan", "Lewis", "Murphy", "Novak", "Owusu", "Patel", "Quigley", "Roberts", "Singh", "Turner",
)  # fmt: skip
PEOPLE = tuple(f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES)
EXTENSIONS = tuple(
    Extension(
        str(number),
        person,
        status="Registered" if number % 7 else "Unavailable",
        agentid=str(number) if number % 3 else "",
    )
    for number, person in enumerate(PEOPLE, start=3000)
)
GROUPS = tuple(
    ExtensionGroup(
        str(position + 1),
        team,
        tuple(extension.number for extension in EXTENSIONS[position :: len(TEAMS)]),
    )
    for position, team in enumerate(TEAMS)
)
SHARE_FOR_GROUPS = 0.06


@dataclass(frozen=True, slots=True)
class _Line:
    position: int
    city: str
    prefix: str
    purpose: str
    kind: TrunkKind

    @property
    def name(self) -> str:
        turn = self.position // (len(CITIES) * len(LINES))
        return f"{self.city} {self.purpose}" + (f" {turn + 1}" if turn else "")

    @property
    def host(self) -> str:
        if self.kind == "peer":
            return f"198.51.100.{self.position % 250 + 1}"
        return f"{self.city.lower()}.voice.example"


def _line(position: int) -> _Line:
    city, prefix = CITIES[position // len(LINES) % len(CITIES)]
    purpose, kind = LINES[position % len(LINES)]
    return _Line(position, city, prefix, purpose, kind)


def _spread(rng: random.Random, total: int, over: int) -> list[int]:
    """Share a total out unevenly, the last one getting nothing: some trunks carry no DODs."""
    weights = [rng.uniform(0.3, 1.7) for _ in range(over - 1)]
    shares = [int(total * weight / sum(weights)) for weight in weights]
    for position in range(total - sum(shares)):
        shares[position % len(shares)] += 1
    return [*shares, 0]


def _trunk(rng: random.Random, line: _Line, bindings: int) -> SimulatedTrunk:
    for_groups = round(bindings * SHARE_FOR_GROUPS)
    numbers = sorted(rng.choices(range(1000), k=bindings))
    dods = [f"{line.prefix}{n:0{13 - len(line.prefix)}d}" for n in numbers]
    callers = rng.sample(EXTENSIONS, k=min(bindings - for_groups, len(EXTENSIONS)))
    callers += rng.choices(EXTENSIONS, k=bindings - for_groups - len(callers))
    teams = rng.choices(TEAMS, k=for_groups)
    peer, account = line.kind == "peer", line.kind == "account"
    login = f"agents{line.position:03d}" if account else f"{line.city.lower()}{line.position:03d}"
    return SimulatedTrunk(
        id=str(line.position + 1),
        name=line.name,
        kind=line.kind,
        host="" if account else line.host,
        domain="" if account else line.host,
        username="" if peer else login,
        authname="" if peer else login,
        fromuser=dods[0] if line.purpose == "Outbound" and dods else "",
        password="" if peer else made_up_password("callcentre", line.name),
        extensionsdod=",".join(
            bind(dod, caller.username.replace(" ", "_"), caller.number)
            for dod, caller in zip(dods[for_groups:], callers, strict=True)
        ),
        extensionsgroupdod="".join(
            bind(dod, f"{line.city}_{team.replace('-', '_')}", team) + ","
            for dod, team in zip(dods[:for_groups], teams, strict=True)
        ),
        status=rng.choices(("registered", "failure"), weights=(15, 1))[0],
    )


def build_callcentre(*, trunks: int = 64, bindings: int = 5_000, seed: int = 5503301) -> World:
    """Build a call centre of any size: the same arguments give the same world."""
    rng = random.Random(seed)  # noqa: S311 - fictional data, nothing secret
    shares = _spread(rng, bindings, trunks)
    return World(
        name="callcentre",
        device=Device(
            name="Yeastar S300",
            serial="369230044000",
            uptime_at_start=86_400 * 112 + 9_137,
            extensions_in_use=len(EXTENSIONS),
        ),
        trunks=tuple(_trunk(rng, _line(n), share) for n, share in enumerate(shares)),
        extensions=EXTENSIONS,
        groups=GROUPS,
    )


CALLCENTRE = build_callcentre()
"""64 trunks, 5,000 bindings, 400 extensions in 8 groups."""
