"""What people see and change of their own account: where they are logged in, and their password."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pbxdash.client_address import client_address
from pbxdash.known_browser import known_browser
from pbxdash.login import held_back
from pbxdash.session_ends import keep_moved, seconds_left
from trunks.models import PersonSession
from trunks.services.person_logins import LoginTry
from trunks.services.person_sessions import sessions_end

SHOWN_SESSIONS = 100


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List where the person is logged in."""
    open_now = PersonSession.objects.open_of(_person(request), timezone.now())
    found = list(open_now[:SHOWN_SESSIONS])
    # By its row and not by its key, since Django logs the whole context of a template at debug level.
    here = next((one.pk for one in found if one.session_key == _key(request)), None)
    return render(request, "registration/sessions.html", {"sessions": found, "here": here})


@require_POST
def sessions_over(request: HttpRequest) -> HttpResponse:
    """End one session of the person, or all others."""
    chosen, person, here = request.POST.get("session", ""), _person(request), _key(request)
    if chosen == "others":
        count = sessions_end(user=person, but=here)
    elif chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        count = sessions_end(user=person, only=[int(chosen)])
    else:
        raise BadRequest
    said = ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", count)
    messages.success(request, said % {"n": count})
    return redirect("sessions")


@login_not_required
@require_safe
def session_end(request: HttpRequest) -> HttpResponse:
    """Tell a page that is open how many seconds are left; to ask is no use of the session."""
    return JsonResponse({"seconds": max(0, seconds_left(request.session))})


@require_POST
def session_stay(request: HttpRequest) -> HttpResponse:
    """Go on with a session; that somebody asked for it is all it takes."""
    return JsonResponse({"seconds": max(0, seconds_left(request.session))})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change the person's own password, and end all other sessions."""
    person = _person(request)
    if not person.has_usable_password():
        return render(request, "registration/password_elsewhere.html")
    form = PasswordChangeForm(person, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return render(request, "registration/password_change.html", {"form": form})
    name = person.get_username()
    attempt = LoginTry(name, client_address(request), known_browser(request, name))
    if until := attempt.held_until():
        return held_back(request, until)
    valid = form.is_valid()
    if "old_password" not in form.errors:
        attempt.succeeded()
    if not valid:
        return render(request, "registration/password_change.html", {"form": form})
    form.save()
    before = _key(request)
    update_session_auth_hash(request, person)
    keep_moved(request, before)
    sessions_end(user=person, but=_key(request))
    messages.success(
        request, _("Your password was changed, and all your other sessions were ended.")
    )
    return redirect("sessions")


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _key(request: HttpRequest) -> str:
    return str(request.session.session_key)
