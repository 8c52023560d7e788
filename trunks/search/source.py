"""Where the rows that answer a question are read: from the index, along their trunks, or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from trunks.models import Sight
from trunks.search.conditions import (
    all_clues,
    all_hold,
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
from trunks.search.sql import ALWAYS, Sql, as_text, every, one_of, read_columns, select_from
from trunks.search.trunk_choice import Trunks, choose_trunks

# Of a trunk that is at hand, what bindings keep of it need not be read with each of them.
_OF_TRUNK = {
    "trunks_dodbinding.trunk_id": "trunks_trunk.id",
    "trunks_dodbinding.pbx_id": "trunks_trunk.pbx_id",
    "trunks_dodbinding.trunk_kind": "trunks_trunk.kind",
}


class First(NamedTuple):
    """The first rows that were come upon, the values of each column together, and the largest id of their table."""

    columns: list[list[Any]]
    newest: int


class Source:
    """Reads columns of the rows that answer a question, in the way that comes to them soonest."""

    def __init__(self, kind: Rows, question: Question, scope: Sql, sight: Sight) -> None:
        """Read rows of a kind in sight; `scope` is what all must hold, of bindings what their trunks must."""
        self._kind = kind
        self._scope = scope
        self._limit = in_sight(kind, sight)
        self._limit_of_trunk = in_sight(Rows.TRUNKS, sight)
        self._terms, self._terms_of_trunk = parts(question.terms, kind)
        self._all_clues = all_clues(question.terms, kind)
        self.clues = index().chosen(kind.value.grams, self._all_clues)
        # What a row says of itself is told soonest, so it comes first.
        self.own = all_hold(self._terms, kind)
        self.of_trunk = ALWAYS
        self._trunks: Trunks | None = None
        if kind is Rows.BINDINGS:
            said_of_trunk = all_hold(self._terms_of_trunk, Rows.TRUNKS)
            self.of_trunk = every([self._limit_of_trunk, said_of_trunk, scope])
            self._trunks = choose_trunks(
                self._terms_of_trunk, self.of_trunk, limit=self._limit_of_trunk, own=self._terms
            )

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

    def first(self, columns: Sequence[str], most: int) -> First:
        """Read columns of so many rows as they are come upon."""
        row, count = [as_text(columns)], len(columns)
        if self._trunks is not None and self.own == ALWAYS:
            # The trunks that were looked up to choose this way nearly always have bindings enough.
            of_trunk = [as_text(_OF_TRUNK.get(column, column) for column in columns)]
            along = self._along_trunks(of_trunk, [], one_of("trunks_trunk.id", self._trunks.known))
            found = self._read(select_from(of_trunk, *along, f"LIMIT {most}"), count)
            if len(found.columns[0]) == most or self._trunks.are_all:
                return found
        order = f"ORDER BY {self.ids}" if self.ids else ""
        rest = f"{order} LIMIT {most}"
        asked = self.clues
        if self._trunks is None:
            asked = index().chosen(self._kind.value.grams, self._all_clues, for_sample=True)
        if asked == self.clues:
            return self._read(self.select(row, rest), count)
        tables = self._by_index(row, asked, self._found_by(asked))
        return self._read(select_from(row, *tables, rest), count)

    def _read(self, statement: Sql, count: int) -> First:
        newest = f"(SELECT MAX(id) FROM {self._kind.table})"  # noqa: S608
        columns, value = read_columns(statement, count, beside=newest)
        return First(columns, value or 1)

    def tables(self, columns: Sequence[str], also: Sequence[Clue] = ()) -> tuple[Sql, Sql]:
        """Return what to read columns from, and what must hold; `also` narrows the index further."""
        if self._trunks is not None and not also:
            return self._along_trunks(columns, self._trunks.clues, self._trunks.said)
        asked = self.clues
        if also:
            asked = [*index().beside_few(self._kind.value.grams, asked), *also]
        return self._by_index(columns, asked, self._found)

    def select(self, columns: Sequence[str], rest: str = "", *, also: Sequence[Clue] = ()) -> Sql:
        """Return the statement that reads columns; `rest` is what comes after its conditions."""
        return select_from(columns, *self.tables(columns, also), rest)

    @cached_property
    def of_row(self) -> Sql:
        """What holds of the rows that answer the question, and of no others."""
        if self._kind is not Rows.BINDINGS:
            return every([self.own, self._limit, self._scope])
        by_itself, others, looked_up = self._told_of_trunk
        return every([self.own, hints(others), *by_itself, trunk_is(looked_up)])

    @property
    def narrowed(self) -> Sql:
        """The same, as querysets take it, told as soon as can be."""
        if self._trunks is None:
            among = narrowed(self.clues, self._kind)
        elif self._trunks.are_all:
            among = [one_of("trunks_dodbinding.trunk_id", self._trunks.known)]
        else:
            found = conditions(self._terms_of_trunk, Rows.TRUNKS)
            among = [trunk_is_among(every([self._limit_of_trunk, found, self._scope]))]
        return every([*among, self.of_row])

    @cached_property
    def _told_of_trunk(self) -> tuple[list[Sql], Sequence[Term], Sql]:
        """What a binding tells by itself of its trunk, and what of the question it does not, which is looked up."""
        kept, others = told_by_bindings(self._terms_of_trunk)
        is_present = self._scope == PRESENT
        present, left = (BINDING_PRESENT, ALWAYS) if is_present else (ALWAYS, self._scope)
        # Nearly all are present, so that is asked of those that are left.
        by_itself = [self._limit, all_hold(kept, self._kind), present]
        return by_itself, others, every([all_hold(others, Rows.TRUNKS), left])

    @cached_property
    def _found(self) -> Sql:
        """What must hold of rows that the index found."""
        return self._found_by(self.clues)

    def _found_by(self, asked: Sequence[Clue]) -> Sql:
        """Return what must hold of rows that the index found by these clues, without what it tells by itself."""
        told = index().told(self._kind.value.grams, asked)
        own = all_hold(self._terms, self._kind, told)
        if self._kind is not Rows.BINDINGS:
            return every([own, self._limit, self._scope])
        by_itself, _, looked_up = self._told_of_trunk
        return every([own, *by_itself, looked_up])

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
