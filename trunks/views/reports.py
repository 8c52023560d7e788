"""Audit reports: what to ask for, the report to be printed, and the ZIP that proves it."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunks.forms.reports import ReportForm
from trunks.services.evidence.making import evidence_make, evidence_name, report_make
from trunks.services.evidence.report import Report
from trunks.services.evidence.source import Source
from trunks.services.export.about import Asked
from trunks.sight import sight_of
from trunks.views.exports import headers_alone, not_followed

ZIP = "application/zip"


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    form = ReportForm(sight=sight_of(request.user), initial=request.GET.dict())
    return render(request, "trunks/reports.html", {"report_form": form})


@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    form = ReportForm(request.GET, sight=sight_of(request.user))
    if not form.is_valid():
        return render(request, "trunks/reports.html", {"report_form": form})
    if request.method == "HEAD":
        # Nothing is read or shown, so nothing is recorded.
        return StreamingHttpResponse(())
    made = report_make(source=_source(request, form), by=cast("User", request.user))
    context = {
        "report": made,
        "zip_url": form.url("evidence"),
        "form_url": form.url("reports"),
    }
    return render(request, "trunks/report.html", context)


@require_safe
def evidence(request: HttpRequest) -> HttpResponseBase:
    form = ReportForm(request.GET, sight=sight_of(request.user))
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('report')}?{request.GET.urlencode()}")
    if request.method == "HEAD":
        return headers_alone(f"{evidence_name(timezone.now())}.zip", ZIP)
    made = evidence_make(
        source=_source(request, form), by=cast("User", request.user), render=_page_of_file
    )
    response = FileResponse(made.file, as_attachment=True, filename=made.name, content_type=ZIP)
    response.block_size = 1 << 16
    return response


def _page_of_file(report: Report) -> str:
    return render_to_string("trunks/report_file.html", {"report": report})


def _source(request: HttpRequest, form: ReportForm) -> Source:
    trunks, bindings = form.trunks, form.bindings
    # Of a past moment bindings are those of the trunks found, and are not searched for.
    lists = [(_("Trunks"), trunks)] + ([] if form.moment else [(_("DOD bindings"), bindings)])
    notes = [f"{label}: {note}" for label, listed in lists for note in not_followed(listed)]
    return Source(
        asked=Asked(form.line, request.build_absolute_uri(form.url("report")), tuple(notes)),
        pbx=form.chosen_pbx,
        site=form.chosen_site,
        as_of=form.moment,
        pbxs=trunks.pbxs,
        trunks=trunks,
        removed=form.removed,
        bindings=bindings,
        doubtful=form.doubtful,
        origin=request.build_absolute_uri("/").rstrip("/"),
    )
