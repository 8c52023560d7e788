"""The audit log: its entries, one of them, its end to sign off, and its files."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from trunks.forms.audit import SEARCHED, AuditForm
from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.models import AuditEntry
from trunks.models.audit import AuditEntryQuerySet
from trunks.services.audit_verifying import audit_head, last_check
from trunks.services.export.audit_log import audit_export, audit_headers
from trunks.sight import sight_of
from trunks.views.exports import headers_alone

MAY_READ = "trunks.view_auditentry"


@require_safe
@permission_required(MAY_READ, raise_exception=True)
def audit(request: HtmxHttpRequest) -> HttpResponse:
    form, head = AuditForm(request.GET), audit_head()
    newest = head.sequence if head else 0
    context = {
        "form": form,
        "page": form.turn(form.narrow(_entries(request), newest=newest)),
        "searched": SEARCHED if form.looks_not_further and newest > SEARCHED else 0,
    }
    if wants_partial(request):
        return render(request, "trunks/_audit_entries.html", context)
    # The end of the chain tells how much is out of sight.
    if not sight_of(request.user).is_limited:
        context |= {"sees_chain": True, "head": head, "check": last_check()}
    return render(request, "trunks/audit.html", context)


@require_safe
@permission_required(MAY_READ, raise_exception=True)
def audit_entry(request: HttpRequest, sequence: int) -> HttpResponse:
    entry = get_object_or_404(_entries(request), sequence=min(sequence, 2**62))
    return render(request, "trunks/audit_entry.html", {"entry": entry})


@require_safe
@permission_required(MAY_READ, raise_exception=True)
def audit_head_file(request: HttpRequest) -> HttpResponse:
    """Hand over the end of the log as `verify_audit --head` takes it."""
    head = audit_head()
    if head is None or sight_of(request.user).is_limited:
        raise Http404
    disposition = content_disposition_header(
        as_attachment=True, filename=f"pbxdash-audit-head-{head.sequence}.txt"
    )
    headers = {"Content-Disposition": disposition}
    return HttpResponse(f"{head}\n", content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
@permission_required(MAY_READ, raise_exception=True)
def audit_file(request: HttpRequest, extension: str) -> StreamingHttpResponse:
    if request.method == "HEAD":
        return headers_alone(*audit_headers(extension))
    form, head = AuditForm(request.GET), audit_head()
    entries = form.narrow(_entries(request), newest=head.sequence if head else 0)
    file = audit_export(
        batches=form.batches(entries),
        extension=extension,
        query=form.summary,
        by=cast("User", request.user),
    )
    disposition = content_disposition_header(as_attachment=True, filename=file.name)
    return StreamingHttpResponse(
        file.chunks, content_type=file.content_type, headers={"Content-Disposition": disposition}
    )


def _entries(request: HttpRequest) -> AuditEntryQuerySet:
    """Return what the person may see of the log: the one place where it is limited."""
    sight, entries = sight_of(request.user), AuditEntry.objects.newest_first()
    return entries if sight.pbxs is None else entries.of_pbxs(sight.pbxs)
