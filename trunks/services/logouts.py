"""Kept tokens given back to their PBX by a worker, when a connection is edited, disabled or deleted."""

from __future__ import annotations

import json
import logging
from contextlib import suppress

from django_tasks import task

from trunks.keyring import SecretUnavailable, keyring
from trunks.models import Pbx
from trunks.services.connecting import client_without_password
from trunks.services.tokens import token_take
from trunks.yeastar import PbxError

logger = logging.getLogger(__name__)

SEALED_FOR_LOGOUT = "task.run_logout"
_SETTINGS = ("base_url", "api_path", "trust", "pinned_fingerprint", "connect_timeout", "deadline")


@task()
def run_logout(sealed: str) -> None:
    """Give a token back in the worker; a failure is nobody's trouble, since it ends by itself."""
    with suppress(SecretUnavailable, PbxError, ValueError):
        values = json.loads(keyring().unseal(sealed, context=SEALED_FOR_LOGOUT))
        token = values.pop("token")
        with client_without_password(Pbx(**values)) as client:
            client.end(token)
        logger.info("Logged out at %s", values["base_url"])


def logout_request(*, pbx: Pbx) -> None:
    """Stop using the kept token of a PBX as it was set, and have it given back.

    Call it in the transaction of the change. What a task holds is in the database, so it is sealed.
    """
    token = token_take(pbx=pbx)
    if token:
        values = {"token": token, **{name: getattr(pbx, name) for name in _SETTINGS}}
        run_logout.enqueue(keyring().seal(json.dumps(values), context=SEALED_FOR_LOGOUT))
