"""PBXs: the list, one of them, and everything that changes one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunks.forms.pbx_list import PbxListForm
from trunks.forms.pbxs import PbxForm, name_taken
from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.keyring import SecretUnavailable
from trunks.models import HeldAnswer, Pbx
from trunks.models.pbx import PbxQuerySet
from trunks.services import pbxs
from trunks.services.logins import login_block
from trunks.sight import sight_of
from trunks.views.lists import list_of, show_list
from trunks.views.pbx_forms import form_of, form_page, secret_sentence, typed_password

FETCHES_SHOWN = 10
TRUNKS_SHOWN = 50
NAMES_SHOWN = 20


@require_safe
def pbx_list(request: HtmxHttpRequest) -> HttpResponse:
    form = list_of(PbxListForm, request)
    return show_list(
        request,
        page="trunks/pbx_list.html",
        fragment="trunks/_pbx_table.html",
        form=form,
        listing=form.turn(Pbx.objects.for_table()),
        context={"total": _seen(request).count()},
    )


@require_safe
def pbx_detail(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    found = _seen(request).with_trunk_count().select_related("last_fetch")
    pbx = get_object_or_404(found, slug=slug)
    held = HeldAnswer.objects.of(pbx) if pbx.answer_held_at else None
    context = {
        "pbx": pbx,
        "trunks": pbx.trunks.present()[:TRUNKS_SHOWN],
        "attempts": pbx.fetches.select_related("requested_by")[:FETCHES_SHOWN],
        "held": held,
        **(_loss(held) if held else {}),
        "supplements": list(pbx.supplements.all()),
        "stop": login_block(pbx=pbx, sight=sight_of(request.user)),
    }
    if wants_partial(request):
        return render(request, "trunks/_pbx_data.html", {**context, "oob": True})
    return render(request, "trunks/pbx_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("trunks.add_pbx", raise_exception=True)
def pbx_add(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    form = form_of(user, None, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (pbx := _saved(form, user)):
        messages.success(
            request, _("%(name)s was added. Fetch it to see its trunks.") % _named(pbx)
        )
        return redirect(pbx)
    return form_page(request, user, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("trunks.change_pbx", raise_exception=True)
def pbx_edit(request: HttpRequest, slug: str) -> HttpResponse:
    user, pbx = cast("User", request.user), get_object_or_404(_seen(request), slug=slug)
    form = form_of(user, pbx, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (saved := _saved(form, user)):
        messages.success(request, _("The settings of %(name)s were saved.") % _named(saved))
        return redirect(saved)
    return form_page(request, user, form)


@require_POST
@permission_required("trunks.change_pbx", raise_exception=True)
def pbx_enabled(request: HttpRequest, slug: str) -> HttpResponse:
    pbx = get_object_or_404(_seen(request), slug=slug)
    enabled = request.POST.get("enabled") == "true"
    pbxs.pbx_set_enabled(pbx=pbx, enabled=enabled, by=cast("User", request.user))
    said = (
        _("%(name)s is enabled: it can be fetched again.")
        if enabled
        else _("%(name)s is disabled: it is not called, and what was fetched stays.")
    )
    messages.success(request, said % _named(pbx))
    return redirect("pbxs" if request.POST.get("back") == "list" else pbx)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("trunks.delete_pbx", raise_exception=True)
def pbx_delete(request: HttpRequest, slug: str) -> HttpResponse:
    pbx = get_object_or_404(_seen(request), slug=slug)
    if request.method == "POST":
        name = _named(pbx)
        pbxs.pbx_delete(pbx=pbx, by=cast("User", request.user))
        messages.success(
            request, _("%(name)s was deleted, with all that was fetched from it.") % name
        )
        return redirect("pbxs")
    return render(
        request, "trunks/pbx_delete.html", {"pbx": pbx, "goes": pbxs.pbx_contents(pbx=pbx)}
    )


def _seen(request: HttpRequest) -> PbxQuerySet:
    return Pbx.objects.in_sight(sight_of(request.user))


def _saved(form: PbxForm, by: User) -> Pbx | None:
    """Save a valid form; None when it cannot be, which the form then says."""
    password = typed_password(form)
    settings = form.pbx_settings()
    try:
        if form.pbx:
            password_md5 = password.password_md5 if password else None
            return pbxs.pbx_update(pbx=form.pbx, password_md5=password_md5, by=by, **settings)
        if password:
            return pbxs.pbx_add(password_md5=password.password_md5, by=by, **settings)
    except pbxs.NameTaken:
        form.add_error("name", name_taken())
    except pbxs.PasswordNeeded:
        form.add_error(
            "password", _("Another person changed this PBX meanwhile. Type the password.")
        )
    except SecretUnavailable as error:
        form.add_error(None, secret_sentence(error))
    return None


def _loss(held: HeldAnswer) -> dict[str, Any]:
    """Return the first trunks that a held answer would remove, and how many more there are."""
    would_go = list(held.lost_trunks[:NAMES_SHOWN])
    return {"would_go": would_go, "unnamed": max(0, held.lost - len(would_go))}


def _named(pbx: Pbx) -> dict[str, str]:
    return {"name": pbx.name}
