"""Answers held back: a person's word on one of them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from trunks.models import HeldAnswer, Pbx
from trunks.services.holding import HeldAnswerGone, held_apply, held_discard
from trunks.sight import sight_of


@require_POST
@permission_required("trunks.add_fetch", raise_exception=True)
def held(request: HttpRequest, slug: str) -> HttpResponse:
    """Apply the held answer that the person saw, or give it up; another one than that is left alone."""
    pbx = get_object_or_404(Pbx.objects.in_sight(sight_of(request.user)), slug=slug)
    word = request.POST.get("answer")
    if word not in {"apply", "discard"}:
        raise BadRequest
    try:
        seen, user = _seen(request, pbx), cast("User", request.user)
        said = _applied(seen, user) if word == "apply" else _given_up(seen, user)
    except HeldAnswerGone:
        messages.warning(
            request,
            _(
                "Nothing was done: the answer you looked at is no longer held back. It was applied, given up or "
                "followed by another one meanwhile. This page shows what holds now."
            ),
        )
    else:
        messages.success(request, said)
    return redirect(pbx)


def _seen(request: HttpRequest, pbx: Pbx) -> HeldAnswer:
    """Return the answer that the form was about; raise `HeldAnswerGone`."""
    text = request.POST.get("held", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest
    found = HeldAnswer.objects.filter(pbx=pbx, pk=int(text)).first()
    if found is None:
        raise HeldAnswerGone
    return found


def _applied(seen: HeldAnswer, user: User) -> str:
    difference = held_apply(held=seen, applied_by=user)
    removed = difference.counts[2]
    said = ngettext(
        "The answer was applied: %(n)d trunk is marked as removed.",
        "The answer was applied: %(n)d trunks are marked as removed.",
        removed,
    )
    return said % {"n": removed}


def _given_up(seen: HeldAnswer, user: User) -> str:
    held_discard(held=seen, discarded_by=user)
    return _("The last good data was kept, and the answer that was held back is forgotten.")
