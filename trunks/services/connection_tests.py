""" "Test connection": log in, read what the PBX says of itself, log out; nothing of the PBX is saved.

The row holds the settings while the worker tries them. Its secret is erased as soon as there is a result.
"""

from __future__ import annotations

import dataclasses
import logging
from datetime import timedelta
from typing import Unpack

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from trunks.connection_settings import ConnectionSettings
from trunks.keyring import SecretUnavailable
from trunks.models import Action, ConnectionTest, Pbx, Trust
from trunks.services.auditing import audit_record
from trunks.services.connecting import certificate_of, client_for
from trunks.services.roles import require
from trunks.yeastar import CertificateSeen, PbxError, Reason, Untrusted

logger = logging.getLogger(__name__)

# A test without a result by then has lost its worker.
GIVEN_UP_AFTER = timedelta(minutes=15)
# Refused log-ins count for ten minutes; a day of results is for looking back at a page left open.
KEPT_FOR = timedelta(days=1)


class ConnectionTestCrashed(Exception):
    """A mistake of ours during a test; the text is only the type of the error, safe to keep."""


@task()
def run_connection_test(test_id: int) -> None:
    """Perform a connection test in the worker."""
    connection_test_perform(test_id)


def connection_test_request(
    *,
    requested_by: User,
    password_md5: str,
    pbx: Pbx | None = None,
    **settings: Unpack[ConnectionSettings],
) -> ConnectionTest:
    """Ask the worker to try settings that are not saved.

    `pbx` is the one whose saved secret is tried.

    Raises:
        NotAllowed: the person may neither add nor change PBXs.
        SecretUnavailable: the password cannot be sealed.
    """
    require(requested_by, "trunks.add_pbx", "trunks.change_pbx")
    with transaction.atomic():
        connection_tests_clear()
        test = ConnectionTest.objects.create(requested_by=requested_by, **settings)
        test.keep_secret(password_md5)
        test.save(update_fields=ConnectionTest.SECRET_FIELDS)
        # In the same transaction, so that no row waits for a worker that was never woken.
        run_connection_test.enqueue(test.pk)
        audit_record(
            Action.CONNECTION_TESTED,
            by=requested_by,
            pbx=pbx,
            details={"address": test.base_url, "username": test.username},
        )
    return test


def saved_connection_test_request(
    *, requested_by: User, pbx: Pbx, **settings: Unpack[ConnectionSettings]
) -> ConnectionTest:
    """Ask for a test with the saved secret of a PBX; refused credentials are not tried again.

    Raises:
        NotAllowed: the person may not change PBXs.
        SecretUnavailable: the saved secret cannot be read.
        ValueError: the settings lead to another machine than the saved ones.
    """
    require(requested_by, "trunks.change_pbx")
    if not pbx.leads_to(settings["base_url"], settings["trust"], settings["pinned_fingerprint"]):
        raise ValueError("the saved secret may not follow a changed address or trust")
    if pbx.credentials_rejected_at and pbx.username == settings["username"]:
        return ConnectionTest.objects.create(
            requested_by=requested_by,
            state=ConnectionTest.State.FAILED,
            reason="login-held",
            finished_at=timezone.now(),
            **settings,
        )
    return connection_test_request(
        requested_by=requested_by, password_md5=pbx.read_secret(), pbx=pbx, **settings
    )


def connection_test_perform(test_id: int) -> None:
    """Try the settings of a test; every way it can go ends in a result without the secret.

    Does nothing for a test that is over, runs already or is gone. Raises `ConnectionTestCrashed` for a mistake
    of ours.
    """
    waiting = ConnectionTest.objects.filter(pk=test_id, state=ConnectionTest.State.QUEUED)
    if not waiting.update(state=ConnectionTest.State.RUNNING):
        return
    test = ConnectionTest.objects.get(pk=test_id)
    crash: ConnectionTestCrashed | None = None
    try:
        _try(test)
    except PbxError as error:
        _fail(test, error.reason, errno=error.errno, detail=error.detail)
        if isinstance(error, Untrusted) and error.certificate:
            test.certificate = _stored(error.certificate)
    except SecretUnavailable:
        _fail(test, "secret-unavailable")
    except ValueError:
        _fail(test, "bad-settings")
    except Exception as error:  # noqa: BLE001
        # The text of an unknown error may hold anything, so only its type goes on.
        _fail(test, "internal", detail=type(error).__name__)
        crash = ConnectionTestCrashed(type(error).__name__)
    _end(test)
    if crash is not None:
        raise crash from None


def connection_tests_clear() -> None:
    """Forget old results, and the secrets of tests whose worker never came back."""
    now = timezone.now()
    ConnectionTest.objects.filter(requested_at__lt=now - KEPT_FOR).delete()
    ConnectionTest.objects.filter(
        state__in=[ConnectionTest.State.QUEUED, ConnectionTest.State.RUNNING],
        requested_at__lt=now - GIVEN_UP_AFTER,
    ).update(state=ConnectionTest.State.FAILED, reason="interrupted", secret="", finished_at=now)


def _try(test: ConnectionTest) -> None:
    if test.trust == Trust.PINNED and not test.pinned_fingerprint:
        # Nothing to trust yet: show the certificate to a person, and send no password.
        test.certificate = _stored(certificate_of(test))
        _fail(test, Reason.CERTIFICATE_UNTRUSTED, detail=test.certificate["sha256"])
        return
    with client_for(test) as pbx:
        test.device = dataclasses.asdict(pbx.device())
    test.state = ConnectionTest.State.SUCCEEDED


def _fail(test: ConnectionTest, reason: str, *, errno: str = "", detail: str = "") -> None:
    test.state = ConnectionTest.State.FAILED
    test.reason, test.errno, test.detail = reason, errno[:20], detail[:300]


def _end(test: ConnectionTest) -> None:
    test.secret = ""
    test.finished_at = timezone.now()
    test.save()
    logger.info("Connection test %s: %s %s", test.pk, test.state, test.reason)


def _stored(certificate: CertificateSeen) -> dict[str, str]:
    return {
        "sha256": certificate.sha256,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
    }
