"""Shared links for people with an account: making one, all of them, and revoking one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from trunks.forms.shares import ShareForm
from trunks.models import Share, Trunk
from trunks.models.share import MAY_SHARE, SEES_ALL
from trunks.services.sharing import share_make, share_revoke
from trunks.sight import sight_of

SHARES_A_PAGE = 50


@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    """List the person's own links, and for those who may see them those of others."""
    person = _person(request)
    sees_all = person.has_perm(SEES_ALL)
    if not (sees_all or person.has_perm(MAY_SHARE)):
        raise PermissionDenied
    found = Share.objects.in_sight(sight_of(person)).visible_to(person)
    shows_all = request.GET.get("show") == "all"
    rows = (found if shows_all else found.alive()).for_list()
    page = Paginator(rows, SHARES_A_PAGE).get_page(request.GET.get("page"))
    for share in page:
        share.may_be_revoked = share.may_be_revoked_by(person)  # type: ignore[attr-defined]
    context = {"page": page, "sees_all": sees_all, "shows_all": shows_all}
    return render(request, "trunks/shares.html", context)


@sensitive_post_parameters("passphrase")
@sensitive_variables("token", "context")
@require_http_methods(["GET", "HEAD", "POST"])
def share_new(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """Make a link; the answer to the form is the only page that ever shows it."""
    person = _person(request)
    if not person.has_perm(MAY_SHARE):
        raise PermissionDenied
    if "\0" in remote_id:
        raise Http404
    seen = Trunk.objects.in_sight(sight_of(person))
    trunk = get_object_or_404(seen.for_page(), pbx__slug=slug, remote_id=remote_id)
    form = ShareForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"trunk": trunk, "form": form}
    if not (form.is_bound and form.is_valid()):
        return render(request, "trunks/share_form.html", context)
    share, token = share_make(trunk=trunk, by=person, wish=form.wish)
    link = request.build_absolute_uri(reverse("share", args=[token]))
    context |= {"share": share, "link": link}
    return render(request, "trunks/share_made.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def share_revoke_page(request: HttpRequest, share_id: int) -> HttpResponse:
    """Ask whether to revoke a link, and do it."""
    person = _person(request)
    share = get_object_or_404(
        Share.objects.in_sight(sight_of(person)).visible_to(person).for_list(), pk=share_id
    )
    if request.method == "POST":
        share_revoke(share=share, by=person)
        messages.success(request, _("The link for “%(label)s” was revoked.") % {"label": share})
        return redirect("shares")
    if not share.may_be_revoked_by(person):
        raise PermissionDenied
    return render(request, "trunks/share_revoke.html", {"share": share})


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
