"""Every list as a file, at its own address with another ending: the same question, order and columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunks.forms.list_state import ListForm, ReadsRows
from trunks.forms.lists import DodListForm, OverPbxs, TrunkListForm
from trunks.forms.pbx_list import PbxListForm
from trunks.models import Pbx, Trunk
from trunks.models.binding_row import binding_rows
from trunks.services.export.about import Asked
from trunks.services.export.exporting import export_headers, export_make
from trunks.services.export.fields import ExportedList
from trunks.services.export.lists import DODS, PBXS, TRUNKS
from trunks.views.lists import list_of


class Listed(NamedTuple):
    """A list, what its address means, and its rows with what a file has of them."""

    exported: ExportedList[Any]
    form_class: type[ListForm]
    rows: Callable[[], QuerySet[Any] | ReadsRows[Any]]


LISTS = {
    "trunks": Listed(TRUNKS, TrunkListForm, Trunk.objects.for_table),
    "dods": Listed(DODS, DodListForm, lambda: binding_rows),
    "pbxs": Listed(PBXS, PbxListForm, Pbx.objects.for_table),
}


@require_safe
def export(request: HttpRequest, name: str, extension: str) -> StreamingHttpResponse:
    listed = LISTS[name]
    form = list_of(listed.form_class, request, path=reverse(name))
    batches = form.batches(listed.rows())
    if request.method == "HEAD":
        return headers_alone(
            *export_headers(exported=listed.exported, extension=extension, batches=batches)
        )
    file = export_make(
        exported=listed.exported,
        extension=extension,
        columns=form.shown_columns,
        batches=batches,
        asked=Asked(
            form.question.text, request.build_absolute_uri(form.url()), tuple(not_followed(form))
        ),
        pbxs=form.pbxs if isinstance(form, OverPbxs) else Pbx.objects.in_sight(form.sight),
        by=cast("User", request.user),
    )
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name)
    }
    if file.size is not None:
        headers["Content-Length"] = str(file.size)
    return StreamingHttpResponse(file.chunks, content_type=file.content_type, headers=headers)


def headers_alone(name: str, content_type: str) -> StreamingHttpResponse:
    """Answer HEAD for a file; it streams nothing, since an empty answer would say that the file is empty."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return StreamingHttpResponse(
        (), content_type=content_type, headers={"Content-Disposition": disposition}
    )


def not_followed(form: ListForm) -> list[str]:
    """Return what the page of the list says of the parts of its question that were not searched."""
    sentence = _("“%(typed)s” was not searched: %(why)s")
    problems = form.question.problems
    return [
        *(sentence % {"typed": problem.typed, "why": problem.explanation} for problem in problems),
        *form.notes,
    ]
