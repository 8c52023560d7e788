"""Finds for a line the best few of everything, and the lists that have all of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trunks.models import DodBinding, Pbx, Sight, Trunk
from trunks.search.exactly import exactly
from trunks.search.fields import DOD_FIELDS, PBX_FIELDS, TRUNK_FIELDS, Field
from trunks.search.finding import Finding
from trunks.search.language import Match, Question, read_question, write_term
from trunks.search.matching import (
    bindings_to_ask,
    matching_bindings,
    matching_pbxs,
    matching_trunks,
)
from trunks.search.rows import PRESENT, Rows
from trunks.search.sql import ALWAYS
from trunks.search.suggestions import Complete, FullList, Group, Suggestion, Suggestions
from trunks.search.text import as_number, normalise
from trunks.search.values import NOT_IN, Asked, Kind
from trunks.search.values_in_sight import find_values_in_sight

SHOWN = 5
LOOKED_AT = 100
_STAR_CODE = re.compile(r"[*#0-9]{2,20}")

# How each kind is called, the page that one of it has, and the field that asks for it.
_KINDS: dict[Kind, tuple[str | Promise, str, str]] = {
    Kind.NUMBER: (_("Numbers"), "number", "number"),
    Kind.NAME: (_("Names"), "", "name"),
    Kind.EXTENSION: (_("Extensions"), "extension", "ext"),
    Kind.GROUP: (_("Extension groups"), "", "group"),
}


def suggest(line: str, sight: Sight) -> Suggestions:
    """Look for a line in everything that PBXs in sight have now; whatever it holds, this never raises."""
    question = read_question(line)
    line = question.text
    if not question:
        return Suggestions(line, question, problems=question.problems)
    asked = _ask(line, question, sight)
    if _is_plain(question):
        # The spaces and brackets of a number are no ends of words.
        marked = read_question(f'"{line}"') if as_number(line) else question
        complete, groups = _of_words(marked, sight)
    else:
        marked, complete, groups = question, _star_code(line, sight), list(_rows(asked))
    filled = [group for group in groups if group.found]
    lists = list(_lists(line, asked))
    return Suggestions(line, marked, complete, filled, lists, question.problems)


def _is_plain(question: Question) -> bool:
    """Tell whether a line is nothing but words, which may stand in anything."""
    return all(
        not term.field
        and not term.negated
        and [wanted.match for wanted in term.wanted] == [Match.CONTAINS]
        for term in question.terms
    )


def _of_words(question: Question, sight: Sight) -> tuple[list[Complete], list[Group]]:
    """Return the pages of the number and the extension that words are, and the best few of every kind."""
    asked = Asked.of(question)
    values = find_values_in_sight(asked, SHOWN, sight)
    complete = [
        Complete(page, asked.text, reverse(page, args=[asked.text]))
        for kind, (_label, page, _field) in _KINDS.items()
        if page and kind in values.complete
    ]
    groups = [Group("trunks", _("Trunks"), _trunks(question, asked, sight))]
    for kind, (label, page, field) in _KINDS.items():
        # Not named again when its page is offered already.
        is_offered = page and kind in values.complete
        found = [
            Suggestion(value, _page_of(value, page, field))
            for value in values.best[kind]
            if not is_offered or asked.rank(value)
        ]
        groups.append(Group(f"{field}s", label, found))
    return complete, [*groups, Group("pbxs", _("PBXs"), _pbxs(question, asked, sight))]


def _star_code(line: str, sight: Sight) -> list[Complete]:
    """Return the page of a number that a line is, whose star stands for itself."""
    if not _STAR_CODE.fullmatch(line):
        return []
    bindings = bindings_to_ask(sight).present()
    rows = matching_bindings(bindings, exactly("number", line)).order_by()
    return [Complete("number", line, reverse("number", args=[line]))] if rows.exists() else []


def _page_of(value: str, page: str, field: str) -> str:
    return reverse(page, args=[value]) if page else _list_url("dods", write_term(field, value))


def _trunks(question: Question, asked: Asked, sight: Sight) -> list[Suggestion]:
    rows = Trunk.objects.in_sight(sight).present()
    columns = ("name", "pbx__name", "host", "username", "pbx__slug", "remote_id")
    found = _best(rows, matching_trunks(rows, question), asked, *columns)
    return [
        Suggestion(
            name or f"#{remote_id}",
            reverse("trunk", args=[slug, remote_id]),
            _hint(asked, name, pbx, host, user),
        )
        for name, pbx, host, user, slug, remote_id in found
    ]


def _pbxs(question: Question, asked: Asked, sight: Sight) -> list[Suggestion]:
    rows = Pbx.objects.in_sight(sight)
    columns = ("name", "site", "base_url", "slug")
    found = _best(rows, matching_pbxs(rows, question), asked, *columns)
    return [
        Suggestion(name, reverse("pbx", args=[slug]), _hint(asked, name, site, address))
        for name, site, address, slug in found
    ]


def _best(
    rows: QuerySet[Any], matching: QuerySet[Any], asked: Asked, *columns: str
) -> list[tuple[Any, ...]]:
    """Return the rows that fit best by their first column; of those that do otherwise, some are looked at."""
    named = rows.filter(search_name__gte=asked.text).order_by("search_name", "id")
    found = [row for row in named.values_list(*columns)[:SHOWN] if asked.rank(row[0]) <= 1]
    if len(found) < SHOWN and not asked.is_one_letter:
        found += matching.order_by().values_list(*columns)[:LOOKED_AT]
    once = dict.fromkeys(found)
    return sorted(once, key=lambda row: (asked.rank(row[0]), normalise(row[0])))[:SHOWN]


def _hint(asked: Asked, name: str, always: str, *others: str | None) -> str:
    """Return what stands beside a name, with what was found where the name does not have it."""
    beside = [always]
    if asked.rank(name) == NOT_IN:
        beside += [other for other in others if other and asked.rank(other) < NOT_IN][:1]
    return " · ".join(filter(None, beside))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a line asks of each list; None of a list that lacks a field of it. Removed trunks are as in the lists."""

    sight: Sight

    dods: Question | None
    trunks: Question | None
    pbxs: Question | None
    with_removed: bool


def _ask(line: str, question: Question, sight: Sight) -> _Asked:
    def whole(fields: Collection[Field]) -> Question | None:
        asked = read_question(line, fields)
        return asked if len(asked.terms) == len(question.terms) else None

    with_removed = "removed" in question.asks_for("is")
    return _Asked(sight, whole(DOD_FIELDS), whole(TRUNK_FIELDS), whole(PBX_FIELDS), with_removed)


def _rows(asked: _Asked) -> Iterator[Group]:
    """Yield the first rows that a line with fields finds."""
    if asked.trunks:
        seen = Trunk.objects.in_sight(asked.sight)
        rows = seen if asked.with_removed else seen.present()
        columns = ("name", "pbx__name", "pbx__slug", "remote_id")
        found = matching_trunks(rows, asked.trunks).order_by().values_list(*columns)[:SHOWN]
        trunks = [
            Suggestion(name or f"#{remote_id}", reverse("trunk", args=[slug, remote_id]), pbx)
            for name, pbx, slug, remote_id in found
        ]
        yield Group("trunks", _("Trunks"), trunks)
    if asked.dods:
        seen_too = bindings_to_ask(asked.sight)
        bindings = seen_too if asked.with_removed else seen_too.present()
        first = matching_bindings(bindings, asked.dods).for_table().order_by()[:SHOWN]
        yield Group("bindings", _("DOD bindings"), [_binding(row) for row in first])


def _binding(row: DodBinding) -> Suggestion:
    page = reverse("number", args=[row.number]) if row.number else row.trunk.get_absolute_url()
    return Suggestion(row.raw, page, f"{row.trunk} · {row.trunk.pbx}")


def _lists(line: str, asked: _Asked) -> Iterator[FullList]:
    """Yield the lists that have rows, and how many, counted as the lists do."""
    scope = ALWAYS if asked.with_removed else PRESENT
    lists = (
        ("dods", Rows.BINDINGS, asked.dods, DodBinding.objects.all(), scope),
        ("trunks", Rows.TRUNKS, asked.trunks, Trunk.objects.all(), scope),
        ("pbxs", Rows.PBXS, asked.pbxs, Pbx.objects.all(), ALWAYS),
    )
    for page, kind, question, rows, within in lists:
        if question:
            count = Finding(kind, question, rows, within, sight=asked.sight).sample.count
            if count.number:
                yield FullList(page, _list_url(page, line), count)


def _list_url(page: str, line: str) -> str:
    return f"{reverse(page)}?{urlencode({'q': line})}"
