"""Showing the SIP password of a trunk, once."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trunks.failures import explain
from trunks.forms.reveal import RevealForm
from trunks.models import Trunk
from trunks.services.revealing import (
    PERMISSION,
    RevealFailed,
    RevealRefused,
    may_reveal,
    sip_password_reveal,
)
from trunks.sight import sight_of

# As long as it takes to read or copy a password; the browser leaves the page by itself then.
SECONDS_SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PERMISSION, raise_exception=True)
def reveal(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """Ask for a reason and the person's own password, then show what the PBX says."""
    if not settings.PBXDASH_REVEAL or "\0" in remote_id:
        raise Http404
    person = cast("User", request.user)
    seen = Trunk.objects.in_sight(sight_of(person)).for_page()
    trunk = get_object_or_404(seen, pbx__slug=slug, remote_id=remote_id)
    if not may_reveal(person, trunk):
        raise Http404
    form = RevealForm(request.POST if request.method == "POST" else None, auto_id="reveal_%s")
    context: dict[str, Any] = {"trunk": trunk, "reveal_form": form}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            found = sip_password_reveal(
                trunk=trunk, by=person, password=form.own_password, reason=form.chosen_reason
            )
        except RevealRefused as refused:
            status = _refuse(form, refused)
        except RevealFailed as failed:
            context["why"] = explain(failed.reason, errno=failed.errno, detail=failed.detail)
        else:
            # Not its text, since Django logs the whole context of a template at debug level.
            return _shown(request, trunk, {**context, "found": found, "seconds": SECONDS_SHOWN})
    return render(request, "trunks/reveal.html", context, status=status)


def _shown(request: HttpRequest, trunk: Trunk, context: dict[str, Any]) -> HttpResponse:
    response = render(request, "trunks/revealed.html", context)
    # Also without a script, and the browser keeps no copy: every page of ours is `no-store`.
    response.headers["Refresh"] = f"{SECONDS_SHOWN}; url={trunk.get_absolute_url()}"
    return response


def _refuse(form: RevealForm, refused: RevealRefused) -> int:
    """Say in the form why nothing was tried; return the status of the answer."""
    if refused.why == "wrong-password":
        form.refuse_password()
        return 200
    if refused.why == "too-often":
        form.add_error(None, _("That was too often within an hour. Try again in some minutes."))
        return 429
    form.add_error(None, _("Somebody else is being shown a password. Try again in a moment."))
    return 503
