"""The way to a PBX: names, routes, connections and certificates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trunks.failures.sentences import LATER, Sentences

_PIN = _("Compare the fingerprint with the PBX before you pin it in its settings.")

REACHING: dict[str, Sentences] = {
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
        LATER,
    ),
    "connect-timeout": (
        _("The PBX did not take the connection in time."),
        _("It is off, too busy, or a firewall drops what we send."),
        LATER,
    ),
    "timeout": (
        _("The PBX did not answer in time."),
        _("It took the connection and then was too slow or silent."),
        _("Try again; for a slow line, allow more seconds in its settings."),
    ),
    "closed": (
        _("The PBX closed the connection before its answer was whole."),
        _("It may be restarting, or what listens there is not its web server."),
        LATER,
    ),
    "no-answer": (
        _("The PBX closed the connection without an answer that can be read."),
        _("It may be restarting, or what listens there is not its web server."),
        LATER,
    ),
    "target-forbidden": (
        _("This address may not be called."),
        _("It is this computer, a metadata service, or outside the networks that are allowed."),
        _("Correct the address, or ask the administrator to allow its network."),
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
}

# One that had begun to answer.
REACHING_BY_DETAIL: dict[tuple[str, str], Sentences] = {
    ("timeout", "unfinished"): (
        _("The PBX began to answer and did not finish in time."),
        _("It fell silent or is very slow; the part that came was not used."),
        _("Try again; for a slow line, allow more seconds in its settings."),
    ),
}
