"""What all lists have in common: page or fragment, the address bar, and how far the data can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy
from django_htmx.http import push_url

from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.models import Pbx, PbxState

NAMED_PBXS = 5
_SENTENCES: dict[PbxState, str | Promise] = {
    PbxState.FAILING: ngettext_lazy(
        "%(count)d of %(all)d PBX not answering:", "%(count)d of %(all)d PBXs not answering:", "all"
    ),
    PbxState.NEVER: ngettext_lazy(
        "%(count)d of %(all)d PBX never fetched:", "%(count)d of %(all)d PBXs never fetched:", "all"
    ),
    PbxState.STALE: ngettext_lazy(
        "%(count)d of %(all)d PBX not fetched lately:",
        "%(count)d of %(all)d PBXs not fetched lately:",
        "all",
    ),
    PbxState.DISABLED: ngettext_lazy(
        "%(count)d of %(all)d PBX disabled:", "%(count)d of %(all)d PBXs disabled:", "all"
    ),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """PBXs whose rows may not be what is on them now, and why."""

    sentence: str
    pbxs: list[Pbx]
    unnamed: int


def doubts(pbxs: Iterable[Pbx]) -> list[Doubt]:
    """Sum up what to beware of in a list that mixes PBXs."""
    states = [(pbx.state, pbx) for pbx in pbxs]
    found = []
    for state, sentence in _SENTENCES.items():
        those = [pbx for its_state, pbx in states if its_state == state]
        if those:
            words = sentence % {"count": len(those), "all": len(states)}
            found.append(Doubt(words, those[:NAMED_PBXS], max(0, len(those) - NAMED_PBXS)))
    return found


def show_list(
    request: HtmxHttpRequest, *, page: str, fragment: str, url: str, context: dict[str, Any]
) -> HttpResponse:
    """Answer with the page or its fragment; with a fragment the address bar follows to `url`."""
    is_fragment = wants_partial(request)
    response = render(
        request, fragment if is_fragment else page, {**context, "is_fragment": is_fragment}
    )
    # An entry in the history for every other question; a list that reads itself anew makes none.
    if is_fragment and not _asks_the_same(request.htmx.current_url_abs_path or "", url):
        push_url(response, url)
    return response


def _asks_the_same(one: str, other: str) -> bool:
    """Compare two addresses; parameters without a value and their order mean nothing."""
    here, there = urlsplit(one), urlsplit(other)
    queries = (sorted(parse_qsl(here.query)), sorted(parse_qsl(there.query)))
    return here.path == there.path and queries[0] == queries[1]
