"""What to tell people when a PBX could not be read: what happened, what it means, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = str | Promise

_SETTINGS = _("Check address, port and API path of this PBX in its settings.")
_LATER = _("Try again; if it stays like this, check the PBX and the network between.")
_API_PAGE = _("On the PBX, look at Settings > PBX > General > API.")
_OUR_SIDE = _("Ask the administrator of this dashboard.")
_REPORT = _("Check that the firmware is 30.13.0.30 or newer, and report this to us.")
_PIN = _("Compare the fingerprint with the PBX before you pin it in its settings.")

_FAR_FEWER = _("The PBX now reports far fewer trunks than before (%(detail)s).")

# Reason: what happened, what it means, what to do. %(detail)s and %(errno)s stand for safe words only.
_SENTENCES: dict[str, tuple[Words, Words, Words]] = {
    "name-not-resolved": (
        _("The name of the PBX was not found."),
        _("DNS knows no address for it."),
        _("Check the spelling, or use the IP address."),
    ),
    "refused": (
        _("The PBX refused the connection."),
        _("A machine is there, but nothing listens on this port."),
        _("Check the port: the web page of an S-Series is on 8088 unless someone moved it."),
    ),
    "no-route": (
        _("There is no way to the PBX."),
        _("The network says that this address cannot be reached from here."),
        _LATER,
    ),
    "connect-timeout": (
        _("The PBX did not take the connection in time."),
        _("It is off, too busy, or a firewall drops what we send."),
        _LATER,
    ),
    "timeout": (
        _("The PBX did not answer in time."),
        _("It took the connection and then was too slow or silent."),
        _("Try again; for a slow line, allow more seconds in its settings."),
    ),
    "closed": (
        _("The PBX closed the connection before its answer was whole."),
        _("It may be restarting, or what listens there is not its web server."),
        _LATER,
    ),
    "no-answer": (
        _("The PBX closed the connection without an answer that can be read."),
        _("It may be restarting, or what listens there is not its web server."),
        _LATER,
    ),
    "tls-failed": (
        _("No encrypted connection could be made."),
        _("The PBX and this dashboard did not agree on TLS 1.2 or newer."),
        _("On the PBX, set System Security Level to High, or check what listens on this port."),
    ),
    "not-tls": (
        _("What answers on this port does not speak HTTPS."),
        _("The PBX is probably set to plain HTTP there."),
        _("Switch the PBX to HTTPS, or change the address to http:// and accept the risk."),
    ),
    "tls-expected": (
        _("This port wants HTTPS, and the address says http://."),
        _("Nothing was read."),
        _("Change the address to https:// in the settings of this PBX."),
    ),
    "certificate-untrusted": (
        _("The certificate of the PBX is not from an authority that this computer knows."),
        _("That is usual for an S-Series, which makes its own. No password was sent."),
        _PIN,
    ),
    "certificate-changed": (
        _("The certificate of the PBX is not the pinned one."),
        _("It was replaced, or another machine answers in its place. No password was sent."),
        _("Find out why. If the PBX got a new certificate, test the connection and pin that one."),
    ),
    "certificate-expired": (
        _("The certificate of the PBX has expired."),
        _("It ran out, or a clock here or there is wrong. No password was sent."),
        _("Renew the certificate on the PBX, or compare the clocks."),
    ),
    "certificate-not-yet-valid": (
        _("The certificate of the PBX is not valid yet."),
        _("A clock is wrong, here or where the certificate was made. No password was sent."),
        _("Compare the clocks of the PBX and of this dashboard."),
    ),
    "certificate-wrong-name": (
        _("The certificate of the PBX is for another name."),
        _("It does not name the address in the settings of this PBX. No password was sent."),
        _("Use the name that the certificate was made for, or pin the certificate."),
    ),
    "credentials-rejected": (
        _("The PBX refused the API username or password."),
        _("No further log-in is tried until they are edited: five bad ones lock us out."),
        _("Type the API username and password again in the settings of this PBX."),
    ),
    "locked-out": (
        _("The PBX has locked this dashboard out for ten minutes."),
        _("It does that to an address after five bad log-ins, also when the password is right."),
        _("Wait, or delete our address (API-IP) from the blocked IPs on the PBX."),
    ),
    "login-held": (
        _("No log-in was tried."),
        _("An earlier log-in at this PBX was refused, and more could lock us out for everyone."),
        _("Correct the API username and password, then wait until ten minutes have passed."),
    ),
    "login-unrecorded": (
        _("No log-in was tried."),
        _("Every try is counted in the database before it is made, and the database was busy."),
        _("Try again; if it stays like this, ask the administrator of this dashboard."),
    ),
    "address-not-allowed": (
        _("The PBX does not allow API calls from this dashboard's address."),
        _("Its list of allowed addresses leaves us out."),
        _("Add the address of this dashboard to the allowed IPs of the PBX."),
    ),
    "errno": (
        _("The PBX refused the question (PBX error %(errno)s)."),
        _("It was reached and understood us, but did not give what was asked for."),
        _LATER,
    ),
    "token-dead": (
        _("The PBX ended our log-in twice in a row (PBX error %(errno)s)."),
        _("Another program that uses the same API user can cause that."),
        _("Try again when the other program is quiet, or stop it."),
    ),
    "target-forbidden": (
        _("This address may not be called."),
        _("It is this computer, a metadata service, or outside the networks that are allowed."),
        _("Correct the address, or ask the administrator to allow its network."),
    ),
    "redirected": (
        _("The PBX sends callers on to %(detail)s."),
        _("Redirects are not followed, so that a password never goes to another machine."),
        _("If that is the right address, put it into the settings of this PBX."),
    ),
    "http-status": (
        _("The answer was HTTP %(detail)s instead of 200."),
        _("The API of an S-Series always answers 200; something else is there."),
        _SETTINGS,
    ),
    "not-an-api": (
        _("There is no S-Series API at this address."),
        _("A web page or nothing came back: a wrong port or path, or the API is switched off."),
        _API_PAGE,
    ),
    "compressed": (
        _("The answer was compressed, which was not asked for."),
        _("Something between this dashboard and the PBX changes its answers."),
        _SETTINGS,
    ),
    "too-large": (
        _("The answer was larger than 8 MiB and was not read to its end."),
        _("No trunk list is that large; something else is there."),
        _SETTINGS,
    ),
    "bad-json": (
        _("The answer was not valid JSON."),
        _("It was cut off or damaged, or another program answers at this address."),
        _LATER,
    ),
    "no-token": (
        _("The PBX let us in, but gave no token."),
        _("This is not how the S-Series API 2.0.0 answers."),
        _("Check that the firmware is 30.13.0.30 or newer."),
    ),
    "no-trunks": (
        _("The PBX said success, but sent no list of trunks."),
        _("Nothing was changed here, since no list is not the same as no trunks."),
        _LATER,
    ),
    "bad-trunks": (
        _("The list of trunks has a form that is not documented."),
        _("Nothing was changed here."),
        _REPORT,
    ),
    "bad-list": (
        _("The list has a form that is not documented."),
        _("Half a list would look like things that are gone, so none of it was taken."),
        _("Check that the firmware is 30.13.0.30 or newer, and report this to us."),
    ),
    "empty-list": (
        _("The PBX sent an empty list, though its bindings name what should be in it."),
        _("It was not believed: a PBX that restarts may answer like this."),
        _LATER,
    ),
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
        _OUR_SIDE,
    ),
}

# Reasons that one word of detail tells apart.
_OF_DETAIL: dict[tuple[str, str], tuple[Words, Words, Words]] = {
    ("timeout", "unfinished"): (
        _("The PBX began to answer and did not finish in time."),
        _("It fell silent or is very slow; the part that came was not used."),
        _("Try again; for a slow line, allow more seconds in its settings."),
    ),
    ("not-an-api", "empty"): (
        _("The PBX answered with nothing."),
        _("The call was taken and no word came back; it may be restarting."),
        _LATER,
    ),
    ("not-an-api", "404"): (
        _("The web server there does not know the path of the API (HTTP 404)."),
        _("The API path is wrong, or another web server answers at this address."),
        _SETTINGS,
    ),
    ("not-an-api", "other-json"): (
        _("What answers there speaks JSON, but not that of an S-Series."),
        _("Every answer of an S-Series says whether it succeeded; this one does not."),
        _SETTINGS,
    ),
    ("bad-json", "cut-off"): (
        _("The answer ends in the middle."),
        _("The PBX or something between broke it off; the part that came was not used."),
        _LATER,
    ),
    ("bad-json", "encoding"): (
        _("The answer is not text that can be read."),
        _("Its bytes are neither UTF-8 nor GB18030: it was damaged, or something else answers."),
        _LATER,
    ),
    ("bad-json", "repeated-key"): (
        _("The answer gives two values for the same field."),
        _("Nobody can know which one counts, so nothing was changed here."),
        _REPORT,
    ),
    ("bad-json", "nesting"): (
        _("The answer is nested deeper than any list of trunks."),
        _("It was not read; something else answers, or the PBX is faulty."),
        _SETTINGS,
    ),
    ("bad-json", "number"): (
        _("The answer holds a number that is endless or not a number."),
        _("No field of a trunk is like that, so nothing was changed here."),
        _REPORT,
    ),
    ("bad-trunks", "no-list"): (
        _("Where the list of trunks belongs, the PBX sent something else."),
        _("Nothing was changed here, since no list is not the same as no trunks."),
        _REPORT,
    ),
    ("bad-trunks", "no-trunk"): (
        _("The list of trunks holds something that is no trunk."),
        _("Half a list would look like trunks removed, so nothing was changed here."),
        _REPORT,
    ),
    ("bad-trunks", "other-trunk"): (
        _("The PBX answered about another trunk than was asked for."),
        _("Its answer was not used."),
        _REPORT,
    ),
    ("bad-trunks", "repeated-id"): (
        _("The list of trunks names the same trunk twice."),
        _("Nobody can know which one counts, so nothing was changed here."),
        _REPORT,
    ),
    ("bad-trunks", "bad-id"): (
        _("The list of trunks holds a trunk without a usable id."),
        _("It could not be told from the others, so nothing was changed here."),
        _REPORT,
    ),
    ("bad-trunks", "bad-dod"): (
        _("The DOD numbers of a trunk came in a form that is not documented."),
        _("Taking them for none would lose those that are known, so nothing was changed here."),
        _REPORT,
    ),
    ("bad-trunks", "bad-field"): (
        _("A field of a trunk came in a form that is not documented."),
        _("Nothing was changed here."),
        _REPORT,
    ),
}

_NOT_UNDERSTOOD = (
    _("The PBX did not understand the question (PBX error %(errno)s)."),
    _("Its firmware is too old, or something between changes what is sent."),
    _("Check that the firmware is 30.13.0.30 or newer and the path is api/v2.0.0."),
)
_TROUBLE_INSIDE = (
    _("The PBX had trouble inside (PBX error %(errno)s)."),
    _("It was reached, but its API could not do its work; it may be busy or restarting."),
    _LATER,
)

_OF_ERRNO: dict[str, tuple[Words, Words, Words]] = {
    "10062": (
        _("The PBX has no trunk with this id."),
        _("It was probably deleted there."),
        _("Fetch the whole PBX, which marks what is gone as removed."),
    ),
    "10003": (
        _("The PBX does not know this question (PBX error 10003)."),
        _("Its firmware is too old, or its API path is for another version."),
        _("Check that the firmware is 30.13.0.30 or newer and the path is api/v2.0.0."),
    ),
    "10002": _NOT_UNDERSTOOD,
    "10004": _NOT_UNDERSTOOD,
    "20000": _NOT_UNDERSTOOD,
    "20001": _NOT_UNDERSTOOD,
    "20007": _NOT_UNDERSTOOD,
    "20008": _NOT_UNDERSTOOD,
    "20009": _NOT_UNDERSTOOD,
    "20010": _TROUBLE_INSIDE,
    "30001": _TROUBLE_INSIDE,
    "30003": (
        _("The API service of the PBX is not running (PBX error 30003)."),
        _("The PBX itself is up."),
        _API_PAGE,
    ),
}


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
    special = _OF_ERRNO.get(errno) if reason == "errno" else _OF_DETAIL.get((reason, detail))
    sentences = special or _SENTENCES.get(reason)
    if sentences is None:
        return Explanation(
            gettext("The PBX could not be read (%(reason)s).") % {"reason": reason or "?"},
            gettext("Nothing was changed here."),
            str(_LATER),
        )
    words = {"errno": errno or gettext("without a number"), "detail": detail or "?"}
    happened, meaning, remedy = (str(sentence) for sentence in sentences)
    return Explanation(happened % words if "%(" in happened else happened, meaning, remedy)


def known_reasons() -> frozenset[str]:
    """Return the reasons that have sentences of their own."""
    return frozenset(_SENTENCES)
