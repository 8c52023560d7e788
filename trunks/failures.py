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
_PIN = _("Compare the fingerprint with the PBX before you pin it in its settings.")

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
        _("It was reached and let us in, but did not give the trunks."),
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
        _("Check that the firmware is 30.13.0.30 or newer, and report this to us."),
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
        _("The PBX now reports far fewer trunks than before (%(detail)s)."),
        _("A restarting PBX does that, so the last good data was kept."),
        _(
            "Look at its page: apply the answer there, or fetch again; a second equal answer is applied."
        ),
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
    sentences = _OF_ERRNO.get(errno) if reason == "errno" else None
    sentences = sentences or _SENTENCES.get(reason)
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
