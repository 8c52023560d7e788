"""How far a view that mixes PBXs can be trusted: how many of them are not up to date, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, ngettext_lazy

from trunks.models import PbxState
from trunks.models.pbx import PbxQuerySet, StateTotals

MINUTE, HOUR = 60, 3600

# All of the PBXs that are not up to date are in one state.
_ALONE: dict[str, str | Promise] = {
    PbxState.FAILING: ngettext_lazy(
        "%(count)d of %(all)d PBX not answering", "%(count)d of %(all)d PBXs not answering", "all"
    ),
    PbxState.BLOCKED: ngettext_lazy(
        "Log-in stopped at %(count)d of %(all)d PBX",
        "Log-in stopped at %(count)d of %(all)d PBXs",
        "all",
    ),
    PbxState.HELD: ngettext_lazy(
        "The answer of %(count)d of %(all)d PBX is held back",
        "The answers of %(count)d of %(all)d PBXs are held back",
        "all",
    ),
    PbxState.NEVER: ngettext_lazy(
        "%(count)d of %(all)d PBX never fetched", "%(count)d of %(all)d PBXs never fetched", "all"
    ),
    PbxState.STALE: ngettext_lazy(
        "%(count)d of %(all)d PBX not fetched lately",
        "%(count)d of %(all)d PBXs not fetched lately",
        "all",
    ),
}
# They are in several; worst first.
_AMONG_OTHERS: dict[str, str | Promise] = {
    PbxState.FAILING: ngettext_lazy("%(count)d not answering", "%(count)d not answering", "count"),
    PbxState.BLOCKED: ngettext_lazy(
        "%(count)d log-in stopped", "%(count)d log-ins stopped", "count"
    ),
    PbxState.HELD: ngettext_lazy(
        "%(count)d answer held back", "%(count)d answers held back", "count"
    ),
    PbxState.NEVER: ngettext_lazy("%(count)d never fetched", "%(count)d never fetched", "count"),
    PbxState.STALE: ngettext_lazy(
        "%(count)d not fetched lately", "%(count)d not fetched lately", "count"
    ),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """PBXs in one state that is not the best, with a link to them; the name when it is only one."""

    state: str
    words: str
    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """What to tell above a list: `doubts` is empty when all that may be fetched is up to date."""

    pbxs: int
    doubts: list[Doubt]
    not_fresh: int
    oldest: datetime | None
    disabled: Doubt | None

    @property
    def lead(self) -> str:
        """The sentence before several doubts."""
        sentence = ngettext(
            "%(count)d of %(all)d PBX is not up to date:",
            "%(count)d of %(all)d PBXs are not up to date:",
            self.pbxs,
        )
        return sentence % {"count": self.not_fresh, "all": self.pbxs}

    @property
    def all_fresh(self) -> str:
        """The sentence for when nothing is in doubt; empty without a PBX that may be fetched."""
        if not self.pbxs or self.doubts:
            return ""
        sentence = ngettext(
            "%(all)d PBX, read within the last %(time)s",
            "All %(all)d PBXs were read within the last %(time)s",
            self.pbxs,
        )
        return sentence % {"all": self.pbxs, "time": _limit()}


def read_freshness(pbxs: PbxQuerySet, *, within: str = "") -> Freshness:
    """Sum up the PBXs in view, in one query of at most one row a state.

    `within` is the question that finds them in their list, so that links lead to these PBXs alone.
    Disabled ones are named, and do not count.
    """
    totals = {row.state: row for row in pbxs.totals_by_state()}
    disabled = totals.pop(PbxState.DISABLED, None)
    count = sum(row.pbxs for row in totals.values())
    doubtful = [totals[state] for state in _AMONG_OTHERS if state in totals]
    sentences = _ALONE if len(doubtful) == 1 else _AMONG_OTHERS
    ages = [row.oldest for row in doubtful if row.oldest is not None]
    return Freshness(
        pbxs=count,
        doubts=[_doubt(row, sentences[row.state], count, within) for row in doubtful],
        not_fresh=sum(row.pbxs for row in doubtful),
        oldest=min(ages, default=None),
        disabled=disabled and _doubt(disabled, _DISABLED, count, within),
    )


_DISABLED = ngettext_lazy("%(count)d disabled", "%(count)d disabled", "count")


def _doubt(row: StateTotals, sentence: str | Promise, count: int, within: str) -> Doubt:
    words = sentence % {"count": row.pbxs, "all": count}
    if row.pbxs == 1:
        return Doubt(row.state, words, reverse("pbx", args=[row.slug]), row.name)
    query = urlencode({"q": f"{within} state:{row.state}".strip()})
    return Doubt(row.state, words, f"{reverse('pbxs')}?{query}", "")


def _limit() -> str:
    """Return in words how old data may be and still count as fresh."""
    seconds = settings.PBXDASH_STALE_AFTER
    if seconds % HOUR == 0:
        return gettext("%(n)d h") % {"n": seconds // HOUR}
    return gettext("%(n)d min") % {"n": max(1, round(seconds / MINUTE))}
