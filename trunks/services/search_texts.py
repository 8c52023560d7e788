"""Keep the texts that rows are found by in step with what they are written from."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from trunks.models import DodBinding, Pbx, SearchIndex, Trunk
from trunks.search.sections import RULE, BindingTexts, pbx_text, trunk_text

ROWS_AT_ONCE = 500


def search_texts_rewrite(*, pbx: Pbx) -> int:
    """Write the texts of a PBX's trunks and bindings anew where they differ, and return how many did."""
    changed: list[Trunk] = []
    rewritten = 0
    for trunk in pbx.trunks.defer("extensions_dod", "groups_dod"):
        trunk.pbx = pbx
        text = trunk_text(trunk)
        if text != trunk.search_text:
            trunk.search_text = text
            changed.append(trunk)
        rewritten += _rewrite_bindings(trunk)
    Trunk.objects.bulk_update(changed, ["search_text"], batch_size=ROWS_AT_ONCE)
    return rewritten + len(changed)


def search_texts_rebuild() -> int:
    """Write the texts of all rows anew where they differ, each PBX in a transaction of its own.

    Returns how many rows were written.
    """
    rewritten = 0
    for pk in list(Pbx.objects.values_list("pk", flat=True)):
        with transaction.atomic():
            pbx = Pbx.objects.select_for_update().filter(pk=pk).first()
            if pbx is None:
                continue
            text = pbx_text(pbx)
            if text != pbx.search_text:
                pbx.search_text = text
                pbx.save(update_fields=["search_text"])
                rewritten += 1
            rewritten += search_texts_rewrite(pbx=pbx)
    SearchIndex.objects.update_or_create(pk=1, defaults={"rule": RULE, "built_at": timezone.now()})
    return rewritten


def search_texts_are_current() -> bool:
    """Tell whether all texts were written by the rule of this version."""
    return SearchIndex.objects.filter(pk=1, rule=RULE).exists()


def _rewrite_bindings(trunk: Trunk) -> int:
    texts = BindingTexts(trunk)
    changed: list[DodBinding] = []
    for binding in trunk.bindings.all():
        text = texts.text(binding)
        if text != binding.search_text:
            binding.search_text = text
            changed.append(binding)
    DodBinding.objects.bulk_update(changed, ["search_text"], batch_size=ROWS_AT_ONCE)
    return len(changed)
