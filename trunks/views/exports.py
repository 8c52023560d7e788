"""Every list as a file, at its own address with another ending: the same question, order and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar, cast

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from trunks.forms.list_state import ListForm
from trunks.forms.lists import DodListForm, TrunkListForm
from trunks.forms.pbx_list import PbxListForm
from trunks.models import DodBinding, Pbx, Trunk
from trunks.models.pbx import PbxQuerySet
from trunks.services.export.about import Asked
from trunks.services.export.exporting import export_make
from trunks.services.export.fields import ExportedList
from trunks.services.export.lists import DODS, PBXS, TRUNKS

BATCH = 2_000

Row = TypeVar("Row", bound=Model)
Listed = tuple[ExportedList[Any], ListForm, Iterator[list[Any]]]


@require_GET
def export(request: HttpRequest, name: str, extension: str) -> StreamingHttpResponse:
    exported, form, batches = LISTS[name](request.GET)
    file = export_make(
        exported=exported,
        extension=extension,
        columns=getattr(form, "shown_columns", form.columns),
        batches=batches,
        asked=Asked(
            form.question.text, request.build_absolute_uri(form.url()), tuple(map(str, form.notes))
        ),
        pbxs=_pbxs_of(form),
        by=cast("User", request.user),
    )
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name)
    }
    if file.size is not None:
        headers["Content-Length"] = str(file.size)
    return StreamingHttpResponse(file.chunks, content_type=file.content_type, headers=headers)


def _trunks(query: QueryDict) -> Listed:
    form = TrunkListForm(
        query,
        path=reverse("trunks"),
        pbxs=list(Pbx.objects.for_lists()),
        other_kinds=Trunk.objects.other_kinds(),
    )
    return TRUNKS, form, _in_batches(form.apply(Trunk.objects.for_table()))


def _dods(query: QueryDict) -> Listed:
    form = DodListForm(query, path=reverse("dods"), pbxs=list(Pbx.objects.for_lists()))
    return DODS, form, _in_batches(form.apply(DodBinding.objects.for_export()))


def _pbxs(query: QueryDict) -> Listed:
    form = PbxListForm(query, path=reverse("pbxs"))
    return PBXS, form, _in_batches(form.apply(Pbx.objects.for_table()))


LISTS: dict[str, Callable[[QueryDict], Listed]] = {"trunks": _trunks, "dods": _dods, "pbxs": _pbxs}


def _in_batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """Read rows in their order, without ever holding all of them."""
    left = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(left, BATCH)):
        yield batch


def _pbxs_of(form: ListForm) -> PbxQuerySet:
    """Return the PBXs that the list is narrowed to, or all."""
    if isinstance(form, DodListForm) and form.one_trunk:
        return Pbx.objects.filter(pk=form.one_trunk.pbx_id)
    slugs = form.chosen("pbx")
    return Pbx.objects.filter(slug__in=slugs) if slugs else Pbx.objects.all()
