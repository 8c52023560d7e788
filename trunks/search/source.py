"""Where the rows that answer a question are read: from the index, along their trunks, or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from trunks.models import Sight
from trunks.search.commonness import TOO_COMMON, measured, narrows
from trunks.search.conditions import (
    all_clues,
    all_hold,
    clues,
    conditions,
    hints,
    narrowed,
    parts,
    told_by_bindings,
    trunk_is,
    trunk_is_among,
)
from trunks.search.index import TRUNK_GRAMS, Clue, index
from trunks.search.language import Question, Term
from trunks.search.rows import (
    BINDING_PRESENT,
    BINDINGS_OF_TRUNK,
    PBX_OF_BINDING,
    PBX_OF_TRUNK,
    PRESENT,
    Rows,
    in_sight,
)
from trunks.search.sql import ALWAYS, Sql, every, read, read_columns

# The bindings of so few trunks are looked at sooner than any index tells of them.
_FEW_TRUNKS = 80
# Times as many for whom is limited: the index leads past all that is out of sight.
_TIMES_IN_SIGHT = 5


class _Trunks(NamedTuple):
    """The trunks along which bindings are read: by what the index finds them, and what must hold of each."""

    clues: Sequence[Clue]
    said: Sql
    # The same, as a condition on bindings.
    among: Sql
    # Trunks that are known to be such: all that there are, or the first ones.
    known: Sql


class Source:
    """Reads columns of the rows that answer a question, in the way that comes to them soonest."""

    def __init__(self, kind: Rows, question: Question, scope: Sql, sight: Sight) -> None:
        """Read rows of a kind in sight; `scope` is what all must hold, of bindings what their trunks must."""
        self._kind = kind
        self._terms, of_trunk = parts(question.terms, kind)
        self.clues = clues(question.terms, kind)
        self._all_clues = all_clues(question.terms, kind)
        # What a row says of itself is told soonest, so it comes first.
        self.own = all_hold(self._terms, kind)
        self.of_trunk = ALWAYS
        self._trunks: _Trunks | None = None
        limit = in_sight(kind, sight)
        # What must hold beside that, of rows that the index found, and of any.
        self._beside = hinted = [limit, scope]
        if kind is Rows.BINDINGS:
            limit_of_trunk = in_sight(Rows.TRUNKS, sight)
            self.of_trunk = every([limit_of_trunk, all_hold(of_trunk, Rows.TRUNKS), scope])
            self._trunks = self._choose_trunks(of_trunk, limit_of_trunk, scope)
            kept, others = told_by_bindings(of_trunk)
            present, left = (BINDING_PRESENT, ALWAYS) if scope == PRESENT else (ALWAYS, scope)
            by_itself = [limit, present, all_hold(kept, kind)]
            looked_up = every([all_hold(others, Rows.TRUNKS), left])
            self._beside = [*by_itself, looked_up]
            hinted = [hints(others), *by_itself, trunk_is(looked_up)]
        self.of_row = every([self.own, *hinted])
        # What must hold of rows that the index found.
        self._found = self._found_by(self.clues)

    @property
    def goes_along_trunks(self) -> bool:
        """Tell whether trunks are looked up first, and their bindings, which lie close together, after them."""
        return self._trunks is not None

    @property
    def ids(self) -> str:
        """The column of ids in whose order rows come by themselves; empty if in none."""
        if self._trunks is not None or not self._kind.value.grams:
            return ""
        return index().ids(self._kind.table, self._kind.value.grams, self.clues)

    def first(self, columns: Sequence[str], most: int) -> list[list[Any]]:
        """Read columns of so many rows as they are come upon, those of each column together."""
        named = [f"{column} AS c{number}" for number, column in enumerate(columns)]
        if self._trunks is not None and self.own == ALWAYS:
            # The trunks that were looked up to choose this way nearly always have bindings enough.
            tables = self._along_trunks(named, [], self._trunks.known)
            found = read_columns(_select(named, *tables, f"LIMIT {most}"), len(columns))
            if len(found[0]) == most or self._trunks.said == self._trunks.known:
                return found
        order = f"ORDER BY {self.ids}" if self.ids else ""
        rest = f"{order} LIMIT {most}"
        asked = index().chosen(self._kind.value.grams, self._all_clues, for_sample=True)
        if self._trunks is not None or asked == self.clues:
            return read_columns(self.select(named, rest), len(columns))
        tables = self._by_index(named, asked, self._found_by(asked))
        return read_columns(_select(named, *tables, rest), len(columns))

    def tables(self, columns: Sequence[str], also: Sequence[Clue] = ()) -> tuple[Sql, Sql]:
        """Return what to read columns from, and what must hold; `also` narrows the index further."""
        if self._trunks is not None and not also:
            return self._along_trunks(columns, self._trunks.clues, self._trunks.said)
        return self._by_index(columns, [*self.clues, *also], self._found)

    def select(self, columns: Sequence[str], rest: str = "", *, also: Sequence[Clue] = ()) -> Sql:
        """Return the statement that reads columns; `rest` is what comes after its conditions."""
        return _select(columns, *self.tables(columns, also), rest)

    @property
    def narrowed(self) -> Sql:
        """What holds of the rows that answer the question, as querysets take it, told as soon as can be."""
        among = [self._trunks.among] if self._trunks else narrowed(self.clues, self._kind)
        return every([*among, self.of_row])

    def _found_by(self, asked: Sequence[Clue]) -> Sql:
        """Return what must hold of rows that the index found by these clues, without what it tells by itself."""
        told = index().told(self._kind.value.grams, asked)
        return every([all_hold(self._terms, self._kind, told), *self._beside])

    def _by_index(
        self, columns: Sequence[str], asked: Sequence[Clue], found: Sql
    ) -> tuple[Sql, Sql]:
        kind = self._kind.value
        joins = _needed(kind.joins, columns, found)
        begin = (self._kind.table, kind.grams, asked)
        source, where = index().source(*begin, joins, in_order=bool(kind.grams))
        return source, every([*where, found])

    def _along_trunks(
        self, columns: Sequence[str], found: Sequence[Clue], trunks: Sql
    ) -> tuple[Sql, Sql]:
        said = every([trunks, self.own])
        joins = _needed([BINDINGS_OF_TRUNK, PBX_OF_TRUNK], columns, said)
        begin = ("trunks_trunk", TRUNK_GRAMS, found)
        source, where = index().source(*begin, joins, in_order=False)
        return source, every([*where, said])

    def _choose_trunks(self, of_trunk: Sequence[Term], limit: Sql, scope: Sql) -> _Trunks | None:
        """Go along trunks where they are few, or when nothing else tells where to look."""
        if limit == ALWAYS and all(term.negated for term in of_trunk):
            return None
        found = clues(of_trunk, Rows.TRUNKS)
        most = _FEW_TRUNKS if limit == ALWAYS else _FEW_TRUNKS * _TIMES_IN_SIGHT
        ids = self._first_trunks(found, most + 1)
        few = ", ".join(map(str, ids)) or "NULL"
        known = Sql(f"trunks_trunk.id IN ({few})")
        if len(ids) <= most:
            return _Trunks([], known, Sql(f"trunks_dodbinding.trunk_id IN ({few})"), known)
        # How far apart the first ones are tells the share of all trunks that are such.
        share = TOO_COMMON if limit != ALWAYS else len(ids) / max(ids)
        shares = measured.shares(self._kind.value.grams)
        if any(narrows(clue, shares, below=share) for clue in clues(self._terms, self._kind)):
            return None
        trunks = every([limit, conditions(of_trunk, Rows.TRUNKS), scope])
        return _Trunks(found, self.of_trunk, trunk_is_among(trunks), known)

    def _first_trunks(self, found: Sequence[Clue], most: int) -> list[int]:
        """Return the ids of trunks as they are come upon; without a queryset, which compiles longer than this runs."""
        source, where = index().source("trunks_trunk", TRUNK_GRAMS, found, [], in_order=False)
        said = every([*where, self.of_trunk])
        text = f"SELECT trunks_trunk.id FROM {source.text} WHERE {said.text} LIMIT {most}"  # noqa: S608
        return [pk for (pk,) in read(Sql(text, (*source.params, *said.params)))]


def _select(columns: Sequence[str], source: Sql, said: Sql, rest: str) -> Sql:
    text = f"SELECT {', '.join(columns)} FROM {source.text} WHERE {said.text} {rest}"  # noqa: S608
    return Sql(text, (*source.params, *said.params))


def _needed(joins: Sequence[str], columns: Sequence[str], said: Sql) -> list[str]:
    """Return joins without those that nothing is read from; each row has exactly one in all of them.

    A condition names the table of PBXs only where it brings them in by itself.
    """
    text, needed = " ".join(columns), list[str]()
    for join in reversed(joins):
        table = join.partition(" ")[0]
        is_asked = join not in {PBX_OF_TRUNK, PBX_OF_BINDING} and f"{table}." in said.text
        if is_asked or f"{table}." in text:
            needed.insert(0, join)
            text += join
    return needed
