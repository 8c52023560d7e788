"""What has its reason in this dashboard: its keys, settings and decisions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trunks.failures.sentences import Sentences

_ASK = _("Ask the administrator of this dashboard.")
_FAR_FEWER = _("The PBX now reports far fewer trunks than before (%(detail)s).")

OUR_SIDE: dict[str, Sentences] = {
    "secret-unavailable": (
        _("The saved API password cannot be read."),
        _("The key it was encrypted with is missing or is another one."),
        _("Restore PBXDASH_KEYS, or type the API password of this PBX again."),
    ),
    "bad-settings": (
        _("The settings of this PBX contradict each other."),
        _("Address, trust and pinned certificate do not fit together; nothing was called."),
        _("Open its settings and save them again."),
    ),
    "held-back": (
        _FAR_FEWER,
        _("A restarting PBX does that, so the last good data was kept."),
        _(
            "Look at its page: apply the answer there, or fetch again; a second equal answer is applied."
        ),
    ),
    "held-given-up": (
        _FAR_FEWER,
        _("A person kept the last good data and gave this answer up."),
        _("Fetch again to see what the PBX reports now."),
    ),
    "held-followed": (
        _FAR_FEWER,
        _("It was held back until the next answer of the PBX settled the matter."),
        _("Look at the fetch after it."),
    ),
    "disabled": (
        _("This PBX is disabled."),
        _("It was not called."),
        _("Enable it on its page first."),
    ),
    "left-alone": (
        _("The PBX failed several times in a row and is left alone for a while."),
        _("It was not called, so that one that is off does not hold up the others."),
        _("A person can try it now: press Fetch on its page."),
    ),
    "edited-meanwhile": (
        _("The settings of this PBX were edited during the fetch."),
        _("What came from the old ones was not kept."),
        _("Fetch again."),
    ),
    "interrupted": (
        _("The fetch was cut off, since its worker process ended."),
        _("Nothing was changed here."),
        _("Fetch again."),
    ),
    "internal": (
        _("This dashboard made a mistake."),
        _("Nothing was changed here; the log of the worker says more."),
        _ASK,
    ),
}
