"""A made-up fleet to search in: every PBX comes from the seed and its number alone.

So a small world is the beginning of a large one, and the same everywhere.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench import words
from trunks.yeastar import TrunkRecord

SEED = "pbxdash-4"
SITES = (*words.LATIN_SITES, *words.CHINESE_SITES)
TRUNKS_A_PBX = 50
BINDINGS_A_TRUNK = 20
BINDINGS_FOR_GROUPS = 3
EXTENSIONS = range(1000, 1300)
# What one person might look for: each is there once or a few times, whatever the size of the world.
RARE_NUMBER = "442079460018"
RARE_NUMBER_FORMS = ("+44 20 7946 0018", "020 7946 0018", "00442079460018", "442079460018")
RARE_NAME = "Zwölfpfennig"
RARE_CHINESE_NAME = "司徒雅琪"
# Areas of British numbers; seven digits follow.
_BRITISH_AREAS = ("207", "208", "203", "113", "121", "131", "141", "151", "161", "117")
_OTHER_STEMS = ("+86592", "0592", "8621", "1415555", "+4930", "+33142", "138", "+5511")


@dataclass(frozen=True, slots=True)
class MadeUpPbx:
    """One PBX, with all that it would answer."""

    number: int
    name: str
    site: str
    country_code: str
    national_prefix: str
    condition: str
    """`fresh`, `stale`, `failing` or `disabled`."""
    is_insecure: bool
    records: tuple[TrunkRecord, ...]
    removed: frozenset[str]
    """The ids of the trunks that it had when first asked, and has no longer."""
    registration: dict[str, str]
    extensions: dict[str, str]
    groups: list[str]


def build_world(pbxs: int) -> Iterator[MadeUpPbx]:
    """Make so many PBXs, one after the other."""
    return (build_pbx(number) for number in range(pbxs))


def build_pbx(number: int) -> MadeUpPbx:
    """Make one PBX."""
    chance = random.Random(f"{SEED}/{number}")  # noqa: S311
    builder = _Builder(number, chance)
    records = tuple(builder.trunk(position) for position in range(TRUNKS_A_PBX))
    gone = chance.sample(records, k=2) if number % 10 == 9 else []
    return MadeUpPbx(
        number=number,
        name=builder.name,
        site=builder.site,
        country_code="44" if builder.is_british else "",
        national_prefix="0" if builder.is_british else "",
        condition=_condition(number),
        is_insecure=number % 3 == 1,
        records=records,
        removed=frozenset(record.remote_id for record in gone),
        registration={
            record.remote_id: chance.choices(("registered", "failure"), weights=(30, 1))[0]
            for record in records
        },
        extensions=builder.extensions,
        groups=sorted(builder.teams),
    )


def _condition(number: int) -> str:
    if number % 50 == 49:
        return "disabled"
    if number % 40 == 17:
        return "failing"
    return "stale" if number % 20 == 7 else "fresh"


class _Builder:
    """Makes the parts of one PBX."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self._number = number
        self._chance = chance
        self.is_british = number % 3 == 0
        self.site = SITES[number % len(SITES)]
        self._is_chinese = self.site in words.CHINESE_SITES
        role = chance.choice(words.CHINESE_ROLES if self._is_chinese else words.LATIN_ROLES)
        space = "" if self._is_chinese else " "
        self.name = f"{self.site}{space}{role} {number:04}"
        self.teams = words.CHINESE_TEAMS if self._is_chinese else words.TEAMS
        self._gap = chance.choice(" _")
        self.extensions = {str(extension): self._person() for extension in EXTENSIONS}
        self._extension_numbers = list(self.extensions)

    def trunk(self, position: int) -> TrunkRecord:
        """Make one trunk with its bindings."""
        chance = self._chance
        kind = chance.choices(("register", "peer", "account"), weights=(6, 3, 1))[0]
        carrier = chance.choice(words.CARRIERS)
        purpose = chance.choice(
            words.CHINESE_PURPOSES if self._is_chinese else words.LATIN_PURPOSES
        )
        space = "" if self._is_chinese else " "
        host = f"sip{position}.{carrier}.example"
        if kind == "peer":
            host = f"10.{self._number // 250}.{self._number % 250}.{position + 1}"
        account = f"{carrier}{self._number:04}{position:02}"
        extensions_dod, groups_dod = self._bindings(position)
        is_peer, is_account = kind == "peer", kind == "account"
        return TrunkRecord(
            remote_id=str(position + 1),
            name=f"{self.site}{space}{purpose} {position + 1}",
            kind=kind,
            host=None if is_account else host,
            port=None if is_account else chance.choice(("5060", "5060", "5061")),
            domain=None if is_account else host,
            username=None if is_peer else account,
            authname=None if is_peer else account,
            fromuser=self._dod() if kind == "register" and position % 4 == 0 else None,
            password_fingerprint=None if is_peer else _fingerprint(account),
            extensions_dod=extensions_dod,
            groups_dod=groups_dod,
        )

    def _bindings(self, position: int) -> tuple[str, str]:
        pieces = [self._piece() for _ in range(BINDINGS_A_TRUNK - BINDINGS_FOR_GROUPS)]
        if self._number < len(RARE_NUMBER_FORMS) * 3 and self._number % 3 == 0 and not position:
            form = RARE_NUMBER_FORMS[self._number // 3]
            pieces[0] = f"{form}-{RARE_NAME}-1000"
            pieces[1] = f"{self._dod()}-{RARE_CHINESE_NAME}-1001"
        groups = [self._piece_for_group() for _ in range(BINDINGS_FOR_GROUPS)]
        # The documented sample ends with a comma.
        return ",".join(pieces), ",".join(groups) + ","

    def _piece(self) -> str:
        sort = self._chance.random()
        if sort < 0.005:
            return f"{self._chance.choice(words.MALFORMED)} {self._chance.randrange(100)}"
        target = self._chance.choice(self._extension_numbers)
        name = self.extensions[target]
        if sort < 0.010:
            target = self._chance.choice(words.ODD_TARGETS)
        elif sort < 0.020:
            target = str(self._chance.randrange(7000, 7100))
        return f"{self._dod()}-{name}-{target}"

    def _piece_for_group(self) -> str:
        name = f"{self.site}{self._gap}{self._chance.randrange(100):02}"
        return f"{self._dod()}-{name}-{self._chance.choice(self.teams)}"

    def _dod(self) -> str:
        if self._chance.random() < 0.01:
            return f"{self._chance.randrange(10_000):04}"
        if not self.is_british:
            return f"{self._chance.choice(_OTHER_STEMS)}{self._chance.randrange(10_000_000):07}"
        area = self._chance.choice(_BRITISH_AREAS)
        # No local number begins with 0 or 1.
        local = str(self._chance.randrange(2_000_000, 10_000_000))
        return self._chance.choice(
            (f"+44{area}{local}", f"0{area}{local}", f"44{area}{local}", f"+44 {area} {local}")
        )

    def _person(self) -> str:
        choice = self._chance.choice
        if self._is_chinese and self._chance.random() < 0.8:
            first = "".join(
                choice(words.CHINESE_FIRST_NAMES) for _ in range(self._chance.choice((1, 2, 2)))
            )
            return choice(words.CHINESE_LAST_NAMES) + first
        return f"{choice(words.FIRST_NAMES)}{self._gap}{choice(words.LAST_NAMES)}"


def _fingerprint(account: str) -> str:
    return hashlib.blake2b(account.encode(), digest_size=32).hexdigest()
