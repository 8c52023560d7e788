"""Rows that answer a question: each of its terms holds."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import QuerySet

from trunks.models import DodBinding, Sight
from trunks.models.dod import DodBindingQuerySet
from trunks.models.pbx import PbxQuerySet
from trunks.models.trunk import TrunkQuerySet
from trunks.search.conditions import as_expression, conditions
from trunks.search.language import Question
from trunks.search.rows import Rows, in_sight

# Reading all bindings of more PBXs than these takes longer than what the index tells of a question.
_FEW_PBXS = 20

Found = TypeVar("Found", bound=QuerySet[Any])


def matching_pbxs(rows: PbxQuerySet, question: Question) -> PbxQuerySet:
    """Keep the PBXs that answer the question."""
    return _matching(rows, question, Rows.PBXS)


def matching_trunks(rows: TrunkQuerySet, question: Question) -> TrunkQuerySet:
    """Keep the trunks that answer the question."""
    return _matching(rows, question, Rows.TRUNKS)


def matching_bindings(rows: DodBindingQuerySet, question: Question) -> DodBindingQuerySet:
    """Keep the DOD bindings that answer the question."""
    return _matching(rows, question, Rows.BINDINGS)


def bindings_to_ask(sight: Sight) -> DodBindingQuerySet:
    """All bindings in sight, to be asked a question; only few trunks are what databases may look them up by."""
    if sight.pbxs is None or len(sight.pbxs) <= _FEW_PBXS:
        return DodBinding.objects.in_sight(sight)
    return DodBinding.objects.filter(as_expression(in_sight(Rows.BINDINGS, sight)))


def _matching(rows: Found, question: Question, kind: Rows) -> Found:
    if not question:
        return rows
    return rows.filter(as_expression(conditions(question.terms, kind)))
