"""Answers that came and could not be used."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trunks.failures.sentences import API_PAGE, LATER, REPORT, SETTINGS, Sentences

ANSWERS: dict[str, Sentences] = {
    "redirected": (
        _("The PBX sends callers on to %(detail)s."),
        _("Redirects are not followed, so that a password never goes to another machine."),
        _("If that is the right address, put it into the settings of this PBX."),
    ),
    "http-status": (
        _("The answer was HTTP %(detail)s instead of 200."),
        _("The API of an S-Series always answers 200; something else is there."),
        SETTINGS,
    ),
    "not-an-api": (
        _("There is no S-Series API at this address."),
        _("A web page or nothing came back: a wrong port or path, or the API is switched off."),
        API_PAGE,
    ),
    "compressed": (
        _("The answer was compressed, which was not asked for."),
        _("Something between this dashboard and the PBX changes its answers."),
        SETTINGS,
    ),
    "too-large": (
        _("The answer was larger than 8 MiB and was not read to its end."),
        _("No trunk list is that large; something else is there."),
        SETTINGS,
    ),
    "bad-json": (
        _("The answer was not valid JSON."),
        _("It was cut off or damaged, or another program answers at this address."),
        LATER,
    ),
    "no-token": (
        _("The PBX let us in, but gave no token."),
        _("This is not how the S-Series API 2.0.0 answers."),
        _("Check that the firmware is 30.13.0.30 or newer."),
    ),
    "no-trunks": (
        _("The PBX said success, but sent no list of trunks."),
        _("Nothing was changed here, since no list is not the same as no trunks."),
        LATER,
    ),
    "bad-trunks": (
        _("The list of trunks has a form that is not documented."),
        _("Nothing was changed here."),
        REPORT,
    ),
    "bad-list": (
        _("The list has a form that is not documented."),
        _("Half a list would look like things that are gone, so none of it was taken."),
        _("Check that the firmware is 30.13.0.30 or newer, and report this to us."),
    ),
    "empty-list": (
        _("The PBX sent an empty list, though its bindings name what should be in it."),
        _("It was not believed: a PBX that restarts may answer like this."),
        LATER,
    ),
}

# What one word of detail tells apart.
ANSWERS_BY_DETAIL: dict[tuple[str, str], Sentences] = {
    ("not-an-api", "empty"): (
        _("The PBX answered with nothing."),
        _("The call was taken and no word came back; it may be restarting."),
        LATER,
    ),
    ("not-an-api", "404"): (
        _("The web server there does not know the path of the API (HTTP 404)."),
        _("The API path is wrong, or another web server answers at this address."),
        SETTINGS,
    ),
    ("not-an-api", "other-json"): (
        _("What answers there speaks JSON, but not that of an S-Series."),
        _("Every answer of an S-Series says whether it succeeded; this one does not."),
        SETTINGS,
    ),
    ("bad-json", "cut-off"): (
        _("The answer ends in the middle."),
        _("The PBX or something between broke it off; the part that came was not used."),
        LATER,
    ),
    ("bad-json", "encoding"): (
        _("The answer is not text that can be read."),
        _("Its bytes are neither UTF-8 nor GB18030: it was damaged, or something else answers."),
        LATER,
    ),
    ("bad-json", "repeated-key"): (
        _("The answer gives two values for the same field."),
        _("Nobody can know which one counts, so nothing was changed here."),
        REPORT,
    ),
    ("bad-json", "nesting"): (
        _("The answer is nested deeper than any list of trunks."),
        _("It was not read; something else answers, or the PBX is faulty."),
        SETTINGS,
    ),
    ("bad-json", "number"): (
        _("The answer holds a number that is endless or not a number."),
        _("No field of a trunk is like that, so nothing was changed here."),
        REPORT,
    ),
    ("bad-trunks", "no-list"): (
        _("Where the list of trunks belongs, the PBX sent something else."),
        _("Nothing was changed here, since no list is not the same as no trunks."),
        REPORT,
    ),
    ("bad-trunks", "no-trunk"): (
        _("The list of trunks holds something that is no trunk."),
        _("Half a list would look like trunks removed, so nothing was changed here."),
        REPORT,
    ),
    ("bad-trunks", "other-trunk"): (
        _("The PBX answered about another trunk than was asked for."),
        _("Its answer was not used."),
        REPORT,
    ),
    ("bad-trunks", "repeated-id"): (
        _("The list of trunks names the same trunk twice."),
        _("Nobody can know which one counts, so nothing was changed here."),
        REPORT,
    ),
    ("bad-trunks", "bad-id"): (
        _("The list of trunks holds a trunk without a usable id."),
        _("It could not be told from the others, so nothing was changed here."),
        REPORT,
    ),
    ("bad-trunks", "bad-dod"): (
        _("The DOD numbers of a trunk came in a form that is not documented."),
        _("Taking them for none would lose those that are known, so nothing was changed here."),
        REPORT,
    ),
    ("bad-trunks", "bad-field"): (
        _("A field of a trunk came in a form that is not documented."),
        _("Nothing was changed here."),
        REPORT,
    ),
}
