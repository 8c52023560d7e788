"""Bring the index into few pieces now and then.

Each landing adds a piece to it, and a search looks into all of them: among a million bindings a name took a fifth
longer in eleven pieces of like sizes than in one.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from trunks.models import SearchIndex
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS, index


def search_merge(*, if_older_than: timedelta = timedelta(), leaves_time: bool = True) -> None:
    """Merge the pieces of the index, unless that was done lately or is under way; searches go on meanwhile.

    Each step writes a little and, if it `leaves_time`, then lets others write for as long. What a step that
    failed left is merged the next time.
    """
    due = SearchIndex.objects.due("merged_at", if_older_than=if_older_than)
    if not due.update(merged_at=timezone.now()):
        return
    for table in (TRUNK_GRAMS, BINDING_GRAMS):
        began = time.monotonic()
        while index().merge(table):
            if leaves_time:
                time.sleep(time.monotonic() - began)
            began = time.monotonic()
