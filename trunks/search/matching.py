"""Rows that answer a question: every word is found somewhere in the row."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from trunks.models.dod import DodBindingQuerySet
from trunks.models.pbx import PbxQuerySet
from trunks.models.trunk import TrunkQuerySet
from trunks.search.words import Question, Word

# All but addresses, which are lower case anyway, hold normalised text: see `trunks.search.text`.
PBX_FIELDS = ("search_name", "base_url")
TRUNK_FIELDS = ("search_text", "search_name", "pbx__search_name")
BINDING_FIELDS = ("search_text", "digits", "trunk__search_name", "trunk__pbx__search_name")


def matching_pbxs(rows: PbxQuerySet, question: Question) -> PbxQuerySet:
    """Keep the PBXs that answer the question by their name or address."""
    return rows.filter(_every_word(question.words, PBX_FIELDS))


def matching_trunks(rows: TrunkQuerySet, question: Question) -> TrunkQuerySet:
    """Keep the trunks that answer the question."""
    return rows.filter(_every_word(question.words, TRUNK_FIELDS))


def matching_bindings(
    rows: DodBindingQuerySet, question: Question, *, of_one_trunk: bool = False
) -> DodBindingQuerySet:
    """Keep the DOD bindings that answer the question.

    Within one trunk its own name and that of its PBX tell nothing, so they are not looked at.
    """
    fields = BINDING_FIELDS[:2] if of_one_trunk else BINDING_FIELDS
    return rows.filter(_every_word(question.words, fields))


def _every_word(words: Iterable[Word], fields: Iterable[str]) -> Q:
    condition = Q()
    for word in words:
        condition &= _somewhere(word, fields)
    return condition


def _somewhere(word: Word, fields: Iterable[str]) -> Q:
    condition = Q()
    for field in fields:
        for spelling in word.spellings:
            condition |= Q(**{f"{field}__contains": spelling})
    return condition
