"""What all lists have in common: page or fragment, and the address bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import SafeString
from django_htmx.http import push_url

from trunks.binding_lines import binding_lines
from trunks.forms.facets import facets_of, switches_of
from trunks.forms.list_state import ListForm, ListPage
from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.models import ListPreference, SavedView, TargetKind
from trunks.models.binding_row import BindingRow
from trunks.services.directory import extension_names
from trunks.sight import sight_of

AList = TypeVar("AList", bound=ListForm)
# How the ids of the forms with the search line end.
SEARCH_LINE = "-filters"


def list_of(form_class: type[AList], request: HttpRequest, *, path: str = "") -> AList:
    """Read the state of a list from its address, and its layout from what the person keeps.

    `path` is where the list is, when not here.
    """
    user = cast("User", request.user)
    kept = ListPreference.objects.of(user, form_class.list_name) or ("", "")
    return form_class(request.GET, path=path or request.path, sight=sight_of(user), kept=kept)


def lines_of(form: ListForm, rows: Sequence[BindingRow]) -> SafeString:
    """Make the rows of a list of DOD bindings, with the names of their extensions."""
    bound = (row for row in rows if row.target_kind == TargetKind.EXTENSION)
    names = extension_names((row.trunk__pbx_id, row.target) for row in bound)
    return binding_lines(rows, form.question, form.shown_columns, names)


def show_list(
    request: HtmxHttpRequest,
    *,
    page: str,
    fragment: str,
    form: ListForm,
    listing: ListPage[Any],
    context: dict[str, Any],
) -> HttpResponse:
    """Answer with the page or its fragment; with a fragment the address bar follows to the list's own."""
    is_fragment = wants_partial(request)
    user = cast("User", request.user)
    common = {
        "form": form,
        "listing": listing,
        "facets": facets_of(form),
        "switches": switches_of(form),
        "freshness": None if _tells_freshness(request, form) else form.freshness(),
        "saved_view": SavedView.objects.shown(user, sight_of(user), form.list_name, form.view),
        "is_fragment": is_fragment,
    }
    response = render(request, fragment if is_fragment else page, {**common, **context})
    # An entry in the history for every other question; a list that reads itself anew makes none.
    if is_fragment and not _asks_the_same(request.htmx.current_url_abs_path or "", listing.url):
        push_url(response, listing.url)
    return response


def _tells_freshness(request: HtmxHttpRequest, form: ListForm) -> bool:
    """Tell whether the page that asks shows it already: a letter was typed, and not of which PBXs."""
    here = urlsplit(request.htmx.current_url_abs_path or "")
    is_typed = wants_partial(request) and (request.htmx.trigger or "").endswith(SEARCH_LINE)
    if not is_typed or here.path != form.path or form.asked_of_pbxs is None:
        return False
    shown = type(form)(QueryDict(here.query), path=form.path, sight=form.sight)
    return shown.asked_of_pbxs == form.asked_of_pbxs


def _asks_the_same(one: str, other: str) -> bool:
    """Compare two addresses; parameters without a value and their order mean nothing."""
    here, there = urlsplit(one), urlsplit(other)
    queries = (sorted(parse_qsl(here.query)), sorted(parse_qsl(there.query)))
    return here.path == there.path and queries[0] == queries[1]
