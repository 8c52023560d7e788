"""What a PBX refuses: log-ins, addresses, and questions by its own error numbers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trunks.failures.sentences import API_PAGE, LATER, Sentences

REFUSALS: dict[str, Sentences] = {
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
        LATER,
    ),
    "token-dead": (
        _("The PBX ended our log-in twice in a row (PBX error %(errno)s)."),
        _("Another program that uses the same API user can cause that."),
        _("Try again when the other program is quiet, or stop it."),
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
    LATER,
)

REFUSALS_BY_ERRNO: dict[str, Sentences] = {
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
        API_PAGE,
    ),
}
