"""What the terms of a question mean for rows: a condition in SQL on the row alone.

Conditions name the table in full, and bring the trunk, the PBX or the bindings of a row in by themselves, so that
they hold in any query over these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from trunks.models import DodIssue, Pbx, Registration, Trust
from trunks.models.dod import SEVERITIES
from trunks.models.pbx_state import stale_before
from trunks.search.clues import clue_of, tells_all
from trunks.search.commonness import COMMON, Shares, measured, narrows
from trunks.search.fields import ISSUE, TARGET_KINDS
from trunks.search.grams import label_gram
from trunks.search.index import Clue, index
from trunks.search.language import Term, Wanted
from trunks.search.rows import BINDING_PRESENT, PRESENT, Rows
from trunks.search.sections import BINDING_SECTIONS, TRUNK_SECTIONS, section_of
from trunks.search.sql import ALWAYS, NEVER, Sql, any_of, every, vendor
from trunks.search.text_conditions import Part, fits, holds_piece, somewhere

ISSUES = frozenset(value for value, _label in ISSUE.values)
# What of bindings a column has that is one of a few words.
_LABELLED = {"target", "issue"}
_OF_BINDINGS = {"number", "ext", "group", "issue", "target"}
# What the trunk of a binding tells, and what the list of trunks calls it.
_OF_THE_TRUNK = {
    "trunk": "name",
    **{name: name for name in ("host", "user", "pbx", "site", "kind")},
}
# What bindings keep of their trunks and so tell by themselves, however it is asked.
_KEPT_FIELDS = frozenset({"pbx", "site", "kind"})
_KEPT_STATES = frozenset({"failing", "insecure", "removed", "present"})
# What a PBX calls the fields by which its trunks are found too.
_OF_THE_PBX = {"pbx": "name", "site": "site"}


def parts(terms: Sequence[Term], rows: Rows) -> tuple[list[Term], list[Term]]:
    """Part terms into what rows tell by themselves, and what of bindings their trunks tell, as those are asked."""
    if rows is not Rows.BINDINGS:
        return list(terms), []
    own = [term for term in terms if not _is_of_the_trunk(term)]
    others = (term for term in terms if _is_of_the_trunk(term))
    return own, [replace(term, field=_OF_THE_TRUNK.get(term.field, term.field)) for term in others]


def told_by_bindings(of_trunk: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """Part what is asked of trunks into what their bindings tell too, and what only the trunk tells."""
    kept = list(filter(_is_kept, of_trunk))
    return kept, [term for term in of_trunk if term not in kept]


def all_hold(terms: Sequence[Term], rows: Rows, told: Sequence[Clue] = ()) -> Sql:
    """Return the condition that all terms hold; what few rows hold, and what is told soonest, comes first.

    Only rows that the index found by the clues in `told` are tested: what these tell by themselves is left out.
    """
    if len(terms) > 1:
        shares = measured.shares(rows.value.grams)
        terms = sorted(terms, key=lambda term: _lateness(term, rows, shares))
    return every(_test(term, rows, told) for term in terms)


def hints(terms: Sequence[Term]) -> Sql:
    """Return what the texts of bindings tell of terms for their trunks, whose names, hosts and so on they hold too.

    It is told sooner than by looking the trunk up, and holds of more bindings than the terms do.
    """
    return every(
        any_of(
            holds_piece(Part(f"{Rows.BINDINGS.table}.search_text"), somewhere(one, wanted.match))
            for wanted in term.wanted
            for one in wanted.spellings
        )
        for term in terms
        if term.field in TRUNK_SECTIONS and not term.negated
    )


def clues(terms: Sequence[Term], rows: Rows) -> list[Clue]:
    """Return what the index of these rows can narrow a question by."""
    return index().chosen(rows.value.grams, all_clues(terms, rows))


def all_clues(terms: Sequence[Term], rows: Rows) -> list[Clue]:
    """Return what the index could be asked of a question, worth it or not."""
    if not rows.value.grams:
        return []
    return [clue for term in terms if (clue := _clue(term, rows))]


def narrowed(found: Sequence[Clue], rows: Rows) -> list[Sql]:
    """Return the condition that a row is among those that can fit these clues; nothing without clues."""
    shares = measured.shares(rows.value.grams) if found else {}
    worth_it = [clue for clue in found if narrows(clue, shares)]
    if not worth_it:
        return []
    query = index().narrow(rows.value.grams, worth_it)
    return [Sql(f"{rows.table}.id IN ({query.text})", query.params)]


def conditions(terms: Sequence[Term], rows: Rows) -> Sql:
    """Return the condition that all terms hold; the index narrows it where it can."""
    own, of_trunk = parts(terms, rows)
    said = [*narrowed(clues(own, rows), rows), all_hold(own, rows)]
    if of_trunk:
        said.append(trunk_is_among(conditions(of_trunk, Rows.TRUNKS)))
    return every(said)


def trunk_is_among(said: Sql) -> Sql:
    """Return the condition that the trunk of a binding is among these; they are looked up first."""
    text = f"trunks_dodbinding.trunk_id IN (SELECT id FROM trunks_trunk WHERE {said.text})"  # noqa: S608
    return Sql(text, said.params)


def trunk_is(said: Sql) -> Sql:
    """Return the condition that the trunk of a binding is such; it is looked at last."""
    if said == ALWAYS:
        return ALWAYS
    of_row = "trunks_trunk.id = trunks_dodbinding.trunk_id"
    text = f"EXISTS (SELECT 1 FROM trunks_trunk WHERE {of_row} AND ({said.text}))"  # noqa: S608
    return Sql(text, said.params)


def as_expression(said: Sql) -> RawSQL:
    """Return a condition as querysets take it."""
    # The values are apart from the text, which is made of our own words only.
    return RawSQL(said.text, said.params, output_field=BooleanField())  # noqa: S611


def _is_of_the_trunk(term: Term) -> bool:
    if term.field == "is":
        return not any(wanted.text in ISSUES for wanted in term.wanted)
    return term.field in _OF_THE_TRUNK


def _is_kept(term: Term) -> bool:
    if term.field == "is":
        return all(wanted.text in _KEPT_STATES for wanted in term.wanted)
    return term.field in _KEPT_FIELDS


def _test(term: Term, rows: Rows, told: Sequence[Clue]) -> Sql:
    if told and _clue(term, rows) in told and tells_all(term):
        kind = TARGET_KINDS.get(term.field)
        return bound_to(kind.value) if kind else ALWAYS
    said = any_of(_holds(term.field, wanted, rows) for wanted in term.wanted)
    return Sql(f"NOT ({said.text})", said.params) if term.negated else said


def _lateness(term: Term, rows: Rows, shares: Shares) -> tuple[bool, bool]:
    """Tell how late to test a term: texts take longer than kinds, and common words tell little."""
    is_kind = term.field == "kind" or (rows.are_bindings and term.field in _LABELLED)
    is_common = term.negated or not narrows(clue_of(term), shares, below=COMMON)
    return not is_kind, is_common


def _clue(term: Term, rows: Rows) -> Clue:
    if term.negated or term.field in {"kind", "state"}:
        return ()
    if not rows.are_bindings and (term.field in _OF_BINDINGS or term.field == "is"):
        return ()
    return clue_of(term)


def _state(state: str, rows: Rows) -> Sql:
    """Return the condition that `is:` a state; one that rows of this kind do not have never holds."""
    if state in ISSUES:
        return _issue(state, rows)
    if rows is Rows.PBXS:
        return _pbx_state(state)
    if state in _OF_PBXS:
        return _pbx_is_among(_pbx_state(state), rows)
    if rows.are_bindings and state in _PRESENCE:
        return _PRESENCE[state]
    plain: dict[str, Sql] = {
        "stale": Sql("trunks_trunk.observed_at < %s", (_moment(stale_before()),)),
        "removed": Sql("trunks_trunk.removed_at IS NOT NULL"),
        "present": PRESENT,
        "bound": Sql("trunks_trunk.dod_count > 0"),
        "unregistered": Sql(
            "LOWER(trunks_trunk.registration) = %s", (Registration.FAILURE.value.lower(),)
        ),
    }
    said = plain.get(state, NEVER)
    return trunk_is(said) if rows.are_bindings else said


def _holds(field: str, wanted: Wanted, rows: Rows) -> Sql:
    if field == "is":
        return _state(wanted.text, rows)
    if field == "state":
        return _worst_state(wanted.text, rows)
    if field == "kind":
        return _kind(wanted.text, rows)
    if field in _OF_THE_PBX and rows is not Rows.PBXS:
        return _pbx_is_among(_fits(_OF_THE_PBX[field], wanted, Rows.PBXS), rows)
    if field == "issue":
        return _issue(wanted.text, rows)
    if rows is Rows.TRUNKS and field in _OF_BINDINGS:
        said = _holds(field, wanted, Rows.BINDINGS)
        return _some_binding(said, clues([Term(field, (wanted,))], Rows.BINDINGS))
    if field == "target":
        return bound_to(wanted.text)
    if field in TARGET_KINDS:
        kind = bound_to(TARGET_KINDS[field].value)
        return every([kind, _fits("target", wanted, rows)])
    return _fits(field, wanted, rows)


def _kind(kind: str, rows: Rows) -> Sql:
    if not rows.are_bindings:
        return Sql("LOWER(trunks_trunk.kind) = %s", (kind,))
    # PostgreSQL would take an equation for true of hardly any row, and then sort rows that it had better walk along.
    false = _FALSE[vendor()]
    return Sql(f"COALESCE(LOWER(trunks_dodbinding.trunk_kind) = %s, {false})", (kind,))


def bound_to(target_kind: str) -> Sql:
    """Return the condition that a binding is for extensions, or for groups."""
    # Nearly all rows are bound to an extension: an index that begins with the kind must not be taken for it.
    return Sql("trunks_dodbinding.target_kind || '' = %s", (target_kind,))


def _issue(issue: str, rows: Rows) -> Sql:
    said = Sql("trunks_dodbinding.issue = %s", (issue,))
    if vendor() == "postgresql" and issue in ISSUES:
        # There is an index over severities, and each is of one issue.
        said = Sql("trunks_dodbinding.severity = %s", (SEVERITIES.index(DodIssue(issue)),))
    return said if rows.are_bindings else _some_binding(said, [((label_gram(issue),),)])


def _some_binding(said: Sql, found: Sequence[Clue]) -> Sql:
    """Return the condition that a trunk has such a binding: the few that there are, or one of its own at sight."""
    shares = measured.shares(Rows.BINDINGS.value.grams) if found else {}
    if any(narrows(clue, shares, below=COMMON) for clue in found):
        among = every([*narrowed(found, Rows.BINDINGS), said])
        return Sql(
            "trunks_trunk.id IN (SELECT trunks_dodbinding.trunk_id FROM trunks_dodbinding"  # noqa: S608
            f" WHERE {among.text})",
            among.params,
        )
    # With an OFFSET, PostgreSQL does not make it a join with all bindings.
    of_trunk = f"trunks_dodbinding.trunk_id = trunks_trunk.id AND ({said.text})"
    one = f"SELECT 1 FROM trunks_dodbinding WHERE {of_trunk} LIMIT 1 OFFSET 0"  # noqa: S608
    return Sql(f"EXISTS ({one})", said.params)


def _pbx_is_among(said: Sql, rows: Rows) -> Sql:
    pbxs = f"{rows.table}.pbx_id IN (SELECT id FROM trunks_pbx WHERE {said.text})"  # noqa: S608
    return Sql(pbxs, said.params)


def _worst_state(state: str, rows: Rows) -> Sql:
    if rows is not Rows.PBXS:
        return NEVER
    query, params = Pbx.objects.in_states([state]).order_by().values("pk").query.sql_with_params()
    return Sql(f"trunks_pbx.id IN ({query})", params)


def _pbx_state(state: str) -> Sql:
    plain: dict[str, Sql] = {
        "stale": Sql(
            "trunks_pbx.observed_at IS NULL OR trunks_pbx.observed_at < %s",
            (_moment(stale_before()),),
        ),
        "failing": Sql("trunks_pbx.failing_since IS NOT NULL"),
        "insecure": Sql("trunks_pbx.trust = %s", (Trust.PLAIN.value,)),
        "disabled": Sql("NOT trunks_pbx.enabled"),
        "blocked": Sql(
            "trunks_pbx.credentials_rejected_at IS NOT NULL OR trunks_pbx.secret_lost_at IS NOT NULL "
            "OR trunks_pbx.login_blocked_until > %s",
            (_moment(timezone.now()),),
        ),
        "held": Sql("trunks_pbx.answer_held_at IS NOT NULL"),
    }
    # A null in a comparison would make the opposite unknown too.
    said = plain.get(state, NEVER)
    return Sql(f"COALESCE({said.text}, {_FALSE[vendor()]})", said.params)


_OF_PBXS = {"failing", "insecure"}
_PRESENCE = {"present": BINDING_PRESENT, "removed": Sql(f"NOT {BINDING_PRESENT.text}")}
_FALSE = {"sqlite": "0", "postgresql": "FALSE"}


def _moment(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value)  # type: ignore[arg-type]


def _fits(field: str, wanted: Wanted, rows: Rows) -> Sql:
    """Return the condition that one of the spellings fits a value of a section, or of any."""
    if field and field not in rows.value.sections:
        return NEVER
    part = _part(field, rows)
    return any_of(fits(part, spelling, wanted.match) for spelling in wanted.spellings)


def _part(field: str, rows: Rows) -> Part:
    column = f"{rows.table}.search_text"
    if rows is Rows.BINDINGS_OF_ONE_TRUNK and not field:
        # What all of them share would find all or none.
        return Part(column, end=section_of(BINDING_SECTIONS, "trunk").begin)
    if not field:
        return Part(column)
    section = section_of(BINDING_SECTIONS if rows.are_bindings else rows.value.sections, field)
    return Part(column, section.begin, section.end)
