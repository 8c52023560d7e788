"""Starting fetches, and watching them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from trunks.failures import explain
from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.models import Fetch, Pbx, Trunk
from trunks.services.fetching import PbxGone, fetch_request
from trunks.sight import sight_of

# What one press may ask for: more ids than any list page shows, few enough for one answer.
MOST_ROWS = 500
NOTHING_TICKED = gettext_lazy("Nothing was chosen. Tick the trunks to fetch first.")


@require_http_methods(["GET", "HEAD", "POST"])
def fetches(request: HtmxHttpRequest) -> HttpResponse:
    """Show the fetches that the address names, or start some and show those."""
    if request.method == "POST":
        return _start(request)
    return _show(request, _watched(request, _numbers(request.GET.getlist("id"))))


@permission_required("trunks.add_fetch", raise_exception=True)
def _start(request: HtmxHttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    asked = []
    for pbx, remote_ids in _asked_for(request):
        with suppress(PbxGone):  # Whoever deleted it a moment ago wants nothing of it.
            asked.append(fetch_request(pbx=pbx, remote_ids=remote_ids, requested_by=user))
    if not asked:
        return _nothing_asked(request)
    if not wants_partial(request):
        back = urlencode([("id", fetch.pk) for fetch in asked] + [("next", _came_from(request))])
        return redirect(f"{reverse('fetches')}?{back}")
    # Those of earlier presses too, since the answer takes the place of their notices.
    return _show(request, _watched(request, _waited_for(request) | {fetch.pk for fetch in asked}))


def _nothing_asked(request: HtmxHttpRequest) -> HttpResponse:
    if not wants_partial(request):
        messages.warning(request, NOTHING_TICKED)
        return redirect(_came_from(request))
    watched = _watched(request, _waited_for(request))
    context = {
        "fetches": watched,
        "are_over": not watched,
        "said": NOTHING_TICKED,
        "announced": NOTHING_TICKED,
    }
    return render(request, "trunks/_fetches.html", context)


def _watched(request: HttpRequest, ids: Collection[int]) -> list[Fetch]:
    return Fetch.objects.in_sight(sight_of(request.user)).watched(ids)


def _waited_for(request: HttpRequest) -> set[int]:
    """Return the fetches that are not over, as every page shows them."""
    alone = Fetch.objects.in_sight(sight_of(request.user)).open().alone()
    return set(alone.values_list("pk", flat=True)[:MOST_ROWS])


def _asked_for(request: HttpRequest) -> list[tuple[Pbx, list[str]]]:
    """Return the PBXs to call, each with the ids of the ticked trunks; no ids for a whole PBX."""
    sight = sight_of(request.user)
    slugs = [slug for slug in request.POST.getlist("pbx")[:MOST_ROWS] if "\0" not in slug]
    whole = list(Pbx.objects.in_sight(sight).filter(slug__in=slugs))
    ticked: dict[Pbx, list[str]] = defaultdict(list)
    rows = Trunk.objects.in_sight(sight).with_pbx()
    for trunk in rows.filter(pk__in=_numbers(request.POST.getlist("trunk"))).order_by("id"):
        if trunk.pbx not in whole:
            ticked[trunk.pbx].append(trunk.remote_id)
    return [(pbx, []) for pbx in whole] + list(ticked.items())


def _show(request: HtmxHttpRequest, watched: list[Fetch]) -> HttpResponse:
    context = {
        "fetches": watched,
        "are_over": all(fetch.is_over for fetch in watched),
        "came_from": _came_from(request),
    }
    if not wants_partial(request):
        return render(request, "trunks/fetches.html", context)
    if context["are_over"] or request.method == "POST":
        context["announced"] = " ".join(_announcement(fetch) for fetch in watched)
    response = render(request, "trunks/_fetches.html", context)
    if context["are_over"]:
        # Lists and pages that show what was fetched listen for this and read themselves anew.
        trigger_client_event(response, "fetches-over", after="settle")
    return response


def _announcement(fetch: Fetch) -> str:
    """Say for those who listen what the notice of a fetch begins with."""
    if not fetch.is_over:
        return gettext("Fetching %(pbx)s") % {"pbx": fetch.pbx.name} + "."
    if fetch.state in Fetch.FAILURES:
        why = explain(fetch.reason, errno=fetch.errno, detail=fetch.detail)
        return f"{fetch.pbx.name}: {why.happened}"
    return f"{fetch.pbx.name}: {fetch.get_state_display()}."


def _came_from(request: HttpRequest) -> str:
    """Return the page to go back to, never one of another site."""
    candidate = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(candidate, allowed_hosts=None):
        return candidate
    return reverse("overview")


def _numbers(texts: list[str]) -> list[int]:
    """Return the row numbers among what an address or a form may hold."""
    return [
        int(text)
        for text in texts[:MOST_ROWS]
        if text.isascii() and text.isdigit() and len(text) < 19
    ]
