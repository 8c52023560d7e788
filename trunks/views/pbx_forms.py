"""The form of a PBX between request and page, for the pages that show it."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trunks.forms.pbxs import PbxForm
from trunks.keyring import KeysUnusable, SecretUnavailable
from trunks.models import ConnectionTest, Pbx, Trust
from trunks.services.connecting import target_allowed
from trunks.services.held_passwords import (
    HeldPassword,
    held_password_open,
    held_password_seal,
    password_hold,
)
from trunks.services.logins import bad_logins_left
from trunks.sight import shows_site, sight_of

# How much later than its own deadline a test ends at the latest, if a worker is there.
OVERDUE_SECONDS = 15


def form_of(
    user: User, pbx: Pbx | None, data: QueryDict | None = None, *, for_test: bool = False
) -> PbxForm:
    """Return the form, blank or as posted, with the password that was typed a moment ago."""
    token = data.get("held_password", "") if data else ""
    held = held_password_open(token=token, user=user) if token else None
    return PbxForm(
        data,
        target_allowed=target_allowed,
        site_allowed=partial(shows_site, sight_of(user)),
        pbx=pbx,
        held=held,
        held_refused=bool(token) and held is None,
        for_test=for_test,
    )


def typed_password(form: PbxForm) -> HeldPassword | None:
    """Return the password of a checked form, typed now or a moment ago; None leaves the saved one."""
    if form.errors.get("password"):
        return None
    if typed := form.cleaned_data.get("password"):
        return password_hold(password=typed, authority=form.authority)
    return form.held.bound_to(form.authority) if isinstance(form.held, HeldPassword) else None


def form_context(user: User, form: PbxForm, test: ConnectionTest | None = None) -> dict[str, Any]:
    """Return what the form's templates need; the password goes along sealed."""
    context: dict[str, Any] = {
        "form": form,
        "pbx": form.pbx,
        "action": reverse("pbx-edit", args=[form.pbx.slug]) if form.pbx else reverse("pbx-add"),
        **test_context(test),
    }
    if test and test.certificate and form["trust"].value() == Trust.PINNED:
        context["pinned"] = form["pinned_fingerprint"].value() == test.certificate["sha256"]
    if form.is_bound and (held := typed_password(form)):
        # Unusable keys are for the form to say, as soon as it is about to keep a password.
        with contextlib.suppress(KeysUnusable):
            context["held_token"] = held_password_seal(held=held, user=user)
            context["held_until"] = held.expires_at
    return context


def test_context(test: ConnectionTest | None) -> dict[str, Any]:
    """Return what the result of a connection test needs."""
    if test is None:
        return {"test": None}
    seconds = int((timezone.now() - test.requested_at).total_seconds())
    refused = test.reason == "credentials-rejected"
    return {
        "test": test,
        "tries_left": bad_logins_left(test.base_url) if refused else None,
        "seconds": seconds,
        "is_overdue": seconds > test.deadline + OVERDUE_SECONDS,
    }


def form_page(
    request: HttpRequest, user: User, form: PbxForm, test: ConnectionTest | None = None
) -> HttpResponse:
    """Render the whole page around the form."""
    return render(request, "trunks/pbx_form.html", form_context(user, form, test))


def pbx_of_form(request: HttpRequest, user: User) -> Pbx | None:
    """Return the PBX that a posted form edits, None for a new one; refuse who may not edit or add."""
    slug = request.POST.get("pbx", "")
    if not user.has_perm("trunks.change_pbx" if slug else "trunks.add_pbx"):
        raise PermissionDenied
    if "\0" in slug:  # which PostgreSQL takes in no text
        raise Http404
    return get_object_or_404(Pbx.objects.in_sight(sight_of(user)), slug=slug) if slug else None


def secret_sentence(error: SecretUnavailable) -> str:
    """Say in the form why a password can be neither kept nor used."""
    if isinstance(error, KeysUnusable):
        return _(
            "The API password cannot be encrypted, so nothing was saved. %(why)s Ask whoever runs "
            "this dashboard."
        ) % {"why": error}
    return _(
        "The saved API password cannot be read: the key it was encrypted with is missing or is "
        "another one. Type the password again, or have PBXDASH_KEYS restored."
    )
