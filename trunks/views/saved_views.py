"""Saved views: all that a person may see, where each leads, and everything that changes one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunks.forms.saved_views import NewViewForm, SavedViewForm, ViewQuestionForm
from trunks.htmx import HtmxHttpRequest, see_other, wants_partial
from trunks.models import SavedView
from trunks.services import saved_views as services
from trunks.sight import sight_of

VIEWS_A_PAGE = 50
SHARE = "trunks.share_savedview"


@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: HtmxHttpRequest) -> HttpResponse:
    """List what the person may see, or add a view."""
    if request.method == "POST":
        return _add(request)
    person = _person(request)
    views = SavedView.objects.own_first(person, sight_of(person)).select_related("owner")
    page = Paginator(views, VIEWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "trunks/saved_views.html", {"page": page})


@require_safe
def saved_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the list that the view stands for."""
    return HttpResponseRedirect(_visible(request, slug).list_url)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_edit(request: HttpRequest, slug: str) -> HttpResponse:
    person, view = _person(request), _visible(request, slug)
    if not view.may_be_changed_by(person):
        raise PermissionDenied
    form = SavedViewForm(
        request.POST if request.method == "POST" else None,
        view=view,
        may_share=view.is_shared or person.has_perm(SHARE),
    )
    if form.is_bound and form.is_valid():
        try:
            services.saved_view_change(
                view=view, by=person, name=form.chosen_name, is_shared=form.shares
            )
        except services.NameTaken:
            form.refuse_name()
        else:
            messages.success(request, _("“%(name)s” was saved.") % _named(view))
            return redirect("saved-views")
    return render(request, "trunks/saved_view_form.html", {"view_form": form, "view": view})


@require_POST
def saved_view_question(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep another question, order and columns in a view."""
    view, form = _visible(request, slug), ViewQuestionForm(request.POST)
    query = form.question_for(view) if form.is_valid() else None
    if query is None:
        raise BadRequest
    services.saved_view_change(view=view, by=_person(request), query=query)
    messages.success(request, _("“%(name)s” now shows what you see here.") % _named(view))
    return redirect(view.list_url)


@require_POST
def saved_view_shared(request: HttpRequest, slug: str) -> HttpResponse:
    """Share a view with everybody, or no longer."""
    view, is_shared = _visible(request, slug), request.POST.get("shared") == "true"
    services.saved_view_change(view=view, by=_person(request), is_shared=is_shared)
    said = (
        _("Everybody now has “%(name)s” among the saved views.")
        if is_shared
        else _("“%(name)s” is now for its owner alone.")
    )
    messages.success(request, said % _named(view))
    return redirect("saved-views")


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_delete(request: HttpRequest, slug: str) -> HttpResponse:
    person, view = _person(request), _visible(request, slug)
    if request.method == "POST":
        services.saved_view_delete(view=view, by=person)
        messages.success(request, _("“%(name)s” was deleted.") % _named(view))
        return redirect("saved-views")
    if not view.may_be_withdrawn_by(person):
        raise PermissionDenied
    return render(request, "trunks/saved_view_delete.html", {"view": view})


def _add(request: HtmxHttpRequest) -> HttpResponse:
    person = _person(request)
    form = NewViewForm(request.POST, may_share=person.has_perm(SHARE))
    if form.is_valid() and (view := _saved(form, person)):
        messages.success(request, _("“%(name)s” was saved.") % _named(view))
        return see_other(request, view.list_url)
    context = {"view_form": form, "address": request.POST.get("address", "")}
    template = "_save_view_form" if wants_partial(request) else "saved_view_form"
    return render(request, f"trunks/{template}.html", context)


def _saved(form: NewViewForm, owner: User) -> SavedView | None:
    """Save a valid form; None when it cannot be, which the form then says."""
    address = form.chosen_address
    try:
        return services.saved_view_add(
            owner=owner,
            list_name=address.list_name,
            name=form.chosen_name,
            query=address.query,
            is_shared=bool(form.shares),
        )
    except services.NameTaken:
        form.refuse_name()
    return None


def _visible(request: HttpRequest, slug: str) -> SavedView:
    person = _person(request)
    views = SavedView.objects.visible_to(person, sight_of(person)).select_related("owner")
    return get_object_or_404(views, slug=slug)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _named(view: SavedView) -> dict[str, str]:
    return {"name": view.name}
