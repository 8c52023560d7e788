"""What somebody without an account sees who has a link: one trunk and no way to anything else.

GET writes here, as nowhere else: each opening is counted and recorded in the audit log before anything is shown,
and rationed by address, all three because nobody logs in to be held to account. Nothing else changes by it. HEAD
shows nothing, so it only uses up a ration. That a chat makes a preview of a link does not mean that a person read
it, so only a browser that says that it opens a page counts as one; all others are counted apart, as programs.
`pbxdash.share_visitors` keeps cookies from these pages and sets their headers.
"""

from __future__ import annotations

import math
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from trunks.models import Trunk
from trunks.origin import current_origin
from trunks.services.sharing import (
    PassphraseWanted,
    ShareGone,
    TooManyOpened,
    Visit,
    share_open,
)
from trunks.shared_trunk import shown_by

ROBOTS = "User-agent: *\nDisallow: /s/\n"


# A form of another site could do no more than this visitor could: there is no cookie that it would use.
@csrf_exempt
@login_not_required
@sensitive_post_parameters("passphrase")
@sensitive_variables("token", "passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link shows; the passphrase opens this one page and is remembered nowhere."""
    passphrase = request.POST.get("passphrase", "").strip() if request.method == "POST" else None
    try:
        opened = share_open(
            token=token,
            address=current_origin().address,
            visit=visit_of(request),
            passphrase=passphrase,
        )
        shown = shown_by(opened)
    except (ShareGone, Trunk.DoesNotExist):
        return render(request, "shared/gone.html", status=404)
    except TooManyOpened as refusal:
        return _later(request, "shared/too_many.html", refusal.until)
    except PassphraseWanted as wish:
        if wish.held_until:
            return _later(request, "shared/passphrase.html", wish.held_until)
        return render(request, "shared/passphrase.html", {"is_wrong": wish.is_wrong})
    return render(request, "shared/trunk.html", {"share": opened, "trunk": shown})


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Ask search engines, and those previews that ask, to leave shared links alone."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def visit_of(request: HttpRequest) -> Visit:
    """Tell who opens a link, by what browsers say of why they ask (w3.org/TR/fetch-metadata).

    They say it to HTTPS alone, so that over plain HTTP everybody passes for a person.
    """
    if request.method == "HEAD":
        return Visit.LOOK
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    if any("prefetch" in purpose for purpose in purposes):
        return Visit.PROGRAM
    mode = request.headers.get("Sec-Fetch-Mode", "" if request.is_secure() else "navigate")
    return Visit.PERSON if mode == "navigate" else Visit.PROGRAM


def _later(request: HttpRequest, template: str, until: datetime) -> HttpResponse:
    seconds = max(1, math.ceil((until - timezone.now()).total_seconds()))
    context = {"is_held": True, "minutes": math.ceil(seconds / 60)}
    response = render(request, template, context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
