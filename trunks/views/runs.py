"""Runs: starting one, watching it, giving up, and trying the failed ones again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url, trigger_client_event

from trunks.forms.list_state import ListPage
from trunks.forms.runs import RunForm
from trunks.htmx import HtmxHttpRequest, see_other, wants_partial
from trunks.models import FetchRun, Sight
from trunks.runs import SHOWN_RUNS, read_run, run_lines
from trunks.search.sample import Count
from trunks.services.runs import run_again, run_cancel, run_start
from trunks.sight import sight_of

RUNS_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HtmxHttpRequest) -> HttpResponse:
    """List the last runs, or start one."""
    if request.method == "POST":
        return _start(request)
    sight = sight_of(request.user)
    with_people = FetchRun.objects.in_sight(sight).select_related("requested_by")
    page = Paginator(with_people, RUNS_A_PAGE).get_page(request.GET.get("page"))
    lines = run_lines(page, sight)
    context = {
        "listing": _turnable(page, _address_of_runs),
        "lines": lines,
        "are_live": any(not line.progress.is_over for line in lines),
    }
    template = "trunks/_runs.html" if wants_partial(request) else "trunks/runs.html"
    return render(request, template, context)


@require_safe
def run(request: HtmxHttpRequest, run_id: int) -> HttpResponse:
    """Show a run; as a fragment for whoever watches it, with what has changed around it."""
    sight = sight_of(request.user)
    state, page = request.GET.get("state", ""), request.GET.get("page", "1")
    shown = read_run(_run(run_id, sight), sight, state=state, page=page)
    context = {"shown": shown, "run": shown.line.run, "listing": _turnable(shown.lanes, shown.url)}
    if not wants_partial(request):
        again = FetchRun.objects.in_sight(sight).filter(again_of=run_id).first()
        return render(request, "trunks/run.html", {**context, "tried_again": again})
    told = request.GET.get("told")
    line = shown.line
    context["is_news"] = told is not None and told != str(line.milestone)
    response = render(request, "trunks/_run.html", {**context, "is_fragment": True})
    if told is None:
        return push_url(response, shown.url(page=shown.lanes.number))
    if line.progress.is_over:
        # Lists and pages that show what was fetched listen for this and read themselves anew.
        trigger_client_event(response, "fetches-over", after="settle")
    return response


@require_safe
def live_runs(request: HtmxHttpRequest) -> HttpResponse:
    """Answer the line that pages show of runs that go on, for the runs that the page knows of."""
    if not wants_partial(request):
        return redirect("runs")
    ids = [int(text) for text in request.GET.getlist("id")[:SHOWN_RUNS] if _is_id(text)]
    sight = sight_of(request.user)
    lines = run_lines(FetchRun.objects.in_sight(sight).filter(pk__in=ids), sight)
    are_over = all(line.progress.is_over for line in lines)
    context = {"lines": lines, "are_over": are_over, "is_fragment": True}
    response = render(request, "trunks/_live_runs.html", context)
    if are_over:
        trigger_client_event(response, "fetches-over", after="settle")
    return response


@require_POST
@permission_required("trunks.add_fetch", raise_exception=True)
def cancel(request: HtmxHttpRequest, run_id: int) -> HttpResponse:
    """Give up what waits."""
    user = cast("User", request.user)
    found = _run(run_id, sight_of(user))
    given_up = run_cancel(run=found, cancelled_by=user, sight=sight_of(user))
    said = ngettext(
        "%(n)d PBX that waited was given up.", "%(n)d PBXs that waited were given up.", given_up
    )
    messages.success(request, said % {"n": given_up} + " " + _("What runs ends by itself."))
    return see_other(request, found.get_absolute_url())


@require_POST
@permission_required("trunks.add_fetch", raise_exception=True)
def again(request: HtmxHttpRequest, run_id: int) -> HttpResponse:
    """Try the failed ones in a new run."""
    user = cast("User", request.user)
    found = _run(run_id, sight_of(user))
    new = run_again(run=found, requested_by=user, sight=sight_of(user))
    if new is None:
        messages.warning(
            request, _("There is nothing to try again: no PBX that failed here is enabled.")
        )
    return see_other(request, (new or found).get_absolute_url())


@permission_required("trunks.add_fetch", raise_exception=True)
def _start(request: HtmxHttpRequest) -> HttpResponse:
    form = RunForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    sight = sight_of(request.user)
    pbxs = list(form.pbxs(sight))
    if not pbxs:
        messages.warning(request, _nothing_to_fetch(form))
        return see_other(request, _came_from(request))
    scope = form.chosen_scope
    started = run_start(
        pbxs=pbxs,
        # Of some sites only, they are not what others call all PBXs.
        scope=scope
        if scope != FetchRun.Scope.ALL or not sight.is_limited
        else FetchRun.Scope.CHOSEN,
        site=form.chosen_site,
        requested_by=cast("User", request.user),
        # Who ticks a PBX wants that one now, also when it is left alone after failures.
        insists=scope == FetchRun.Scope.CHOSEN,
    )
    return see_other(request, started.get_absolute_url())


def _nothing_to_fetch(form: RunForm) -> str:
    match form.chosen_scope:
        case FetchRun.Scope.CHOSEN if not form.slugs:
            return _("Nothing was chosen. Tick the PBXs to fetch first.")
        case FetchRun.Scope.CHOSEN:
            return _("None of the chosen PBXs is enabled, so nothing was called.")
        case FetchRun.Scope.SITE:
            return _("No enabled PBX is at site “%(site)s”.") % {"site": form.chosen_site}
        case _:
            return _("No PBX is enabled, so nothing was called.")


def _run(run_id: int, sight: Sight) -> FetchRun:
    found = FetchRun.objects.in_sight(sight).select_related(
        "requested_by", "cancelled_by", "again_of"
    )
    return get_object_or_404(found, pk=run_id)


def _came_from(request: HttpRequest) -> str:
    candidate = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(candidate, allowed_hosts=None)
    return candidate if is_ours else reverse("overview")


def _turnable(page: Page[Any], url: Callable[[int], str]) -> ListPage[Any]:
    return ListPage(
        rows=list(page),
        count=Count(page.paginator.count, is_exact=True),
        start=page.start_index(),
        url=url(page.number),
        previous_url=url(page.number - 1) if page.has_previous() else "",
        next_url=url(page.number + 1) if page.has_next() else "",
    )


def _address_of_runs(page: int) -> str:
    return reverse("runs") + (f"?page={page}" if page > 1 else "")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
