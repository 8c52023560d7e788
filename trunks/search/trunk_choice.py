"""Which trunks bindings are read along: where these are few, or tell more than what is asked of bindings themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from trunks.search.commonness import TOO_COMMON, measured, narrows
from trunks.search.conditions import clues
from trunks.search.index import TRUNK_GRAMS, Clue, index
from trunks.search.language import Term
from trunks.search.rows import Rows
from trunks.search.sql import ALWAYS, Sql, every, one_of, select_from, vendor

# The bindings of so few trunks are looked at sooner than any index tells of them.
_FEW_TRUNKS = 80
# Of trunks that are rarer than this, so many more are read at once where a database goes on reading from where it
# stopped: once they are all known, their bindings are not looked for with a search for trunks each time.
_RARE = 0.008
_MORE_OF_RARE = {"sqlite": 320, "postgresql": 0}
# Times as many for whom is limited: the index leads past all that is out of sight.
_TIMES_IN_SIGHT = 5


class Trunks(NamedTuple):
    """The trunks along which bindings are read: by what the index finds them, and what must hold of each."""

    clues: Sequence[Clue]
    said: Sql
    # The ids of trunks that are known to be such, and whether there are no others.
    known: Sequence[int]
    are_all: bool


def choose_trunks(
    terms: Sequence[Term], said: Sql, *, limit: Sql, own: Sequence[Term]
) -> Trunks | None:
    """Return the trunks that answer terms where they are few, or when nothing else tells where to look.

    `said` is what must hold of them, `limit` what of it is the sight; `own` are the terms about bindings themselves.
    """
    if limit == ALWAYS and all(term.negated for term in terms):
        return None
    found = clues(terms, Rows.TRUNKS)
    most = _FEW_TRUNKS if limit == ALWAYS else _FEW_TRUNKS * _TIMES_IN_SIGHT
    ids, are_all = _first_trunks(found, said, most)
    if are_all:
        return Trunks([], one_of("trunks_trunk.id", ids), ids, are_all=True)
    # How far apart the first ones are tells the share of all trunks that are such.
    share = TOO_COMMON if limit != ALWAYS else len(ids) / max(ids)
    shares = measured.shares(Rows.BINDINGS.value.grams)
    if any(narrows(clue, shares, below=share) for clue in clues(own, Rows.BINDINGS)):
        return None
    return Trunks(found, said, ids, are_all=False)


def _first_trunks(found: Sequence[Clue], said: Sql, most: int) -> tuple[list[int], bool]:
    """Return the ids of trunks as they are come upon, and whether there are no others.

    Without a queryset, which compiles longer than this runs.
    """
    source, where = index().source("trunks_trunk", TRUNK_GRAMS, found, [], in_order=False)
    more = _MORE_OF_RARE[vendor()]
    limit = f"LIMIT {most + more + 1}"
    text, params = select_from(["trunks_trunk.id"], source, every([*where, said]), limit)
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        ids = [pk for (pk,) in cursor.fetchmany(most + 1)]
        if len(ids) <= most:
            return ids, True
        if more and len(ids) < _RARE * max(ids):
            ids += [pk for (pk,) in cursor.fetchmany(more)]
            return ids, len(ids) <= most + more
    return ids, False
