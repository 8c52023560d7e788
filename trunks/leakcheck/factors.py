"""Second factors: an authenticator app is set up with a code that is wrong, and recovery codes are made."""

from __future__ import annotations

from contextlib import suppress

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse

from trunks.keyring import SecretUnavailable
from trunks.leakcheck.acting import into_mistakes
from trunks.leakcheck.markers import Kind
from trunks.leakcheck.scene import Scene
from trunks.leakcheck.visitors import SUPERUSER, found_in
from trunks.services.second_factors import factor_unseal

# The one page that shows the secret, to be scanned.
SHOWN = frozenset({Kind.SECOND_FACTOR})


def second_factors(scene: Scene) -> None:
    """Give one person an app and recovery codes; where it is switched on, begin to set one up as another."""
    markers, person = scene.report.markers, scene.person(SUPERUSER)
    secret = generate_totp_secret()
    markers.add(Kind.SECOND_FACTOR, secret)
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    row = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    # Where it is not sealed, the secret of the app is not either, and is found.
    with suppress(SecretUnavailable):
        markers.add(Kind.SECOND_FACTOR, factor_unseal(row.data["seed"]))
        for code in RecoveryCodes(row).get_unused_codes():
            markers.add(Kind.SECOND_FACTOR, code)
    if settings.PBXDASH_SECOND_FACTOR:
        _set_up(scene)


def _set_up(scene: Scene) -> None:
    admin = scene.administrator
    confirm, begin = reverse("account_reauthenticate"), reverse("mfa_activate_totp")
    wrong = {"password": f"{admin.password}!"}
    admin.ask("account_reauthenticate", confirm, method="POST", data=wrong, form="wrong")
    right = {"password": admin.password}
    into_mistakes(admin, "account_reauthenticate", confirm, right)
    admin.ask("account_reauthenticate", confirm, method="POST", data=right)
    answer, _ = admin.ask("mfa_activate_totp", begin)
    _learn(scene, answer)
    bad = {"code": "000000"}
    answer, _ = admin.ask(
        "mfa_activate_totp", begin, method="POST", data=bad, form="wrong", allowed=SHOWN
    )
    _learn(scene, answer)
    into_mistakes(admin, "mfa_activate_totp", begin, bad)


def _learn(scene: Scene, answer: HttpResponseBase) -> None:
    """Look for the secret that a page shows from now on."""
    if secret := found_in(answer, r'<code class="secret">([^<]+)<'):
        scene.report.markers.add(Kind.SECOND_FACTOR, secret)
    else:
        scene.report.find(
            "the check itself", "no second factor was begun, so none can be looked for"
        )
