"""A stored reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from trunks.failures.answers import ANSWERS, ANSWERS_BY_DETAIL
from trunks.failures.our_side import OUR_SIDE
from trunks.failures.reaching import REACHING, REACHING_BY_DETAIL
from trunks.failures.refusals import REFUSALS, REFUSALS_BY_ERRNO
from trunks.failures.sentences import LATER

_SENTENCES = {**REACHING, **REFUSALS, **ANSWERS, **OUR_SIDE}
_BY_DETAIL = {**REACHING_BY_DETAIL, **ANSWERS_BY_DETAIL}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three sentences about one failure, in the reader's language."""

    happened: str
    meaning: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.happened} {self.meaning} {self.remedy}"


def explain(reason: str, *, errno: str = "", detail: str = "") -> Explanation:
    """Put a stored reason into words; an unknown one is named as it is, never hidden."""
    special = (
        REFUSALS_BY_ERRNO.get(errno) if reason == "errno" else _BY_DETAIL.get((reason, detail))
    )
    sentences = special or _SENTENCES.get(reason)
    if sentences is None:
        return Explanation(
            gettext("The PBX could not be read (%(reason)s).") % {"reason": reason or "?"},
            gettext("Nothing was changed here."),
            str(LATER),
        )
    words = {"errno": errno or gettext("without a number"), "detail": detail or "?"}
    happened, meaning, remedy = (str(sentence) for sentence in sentences)
    return Explanation(happened % words if "%(" in happened else happened, meaning, remedy)


def known_reasons() -> frozenset[str]:
    """Return the reasons that have sentences of their own."""
    return frozenset(_SENTENCES)
