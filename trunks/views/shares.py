"""Shared links for people with an account: making one, all of them, and revoking one or many."""

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
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from trunks.forms.shares import ShareForm
from trunks.models import Share, Trunk
from trunks.models.role import reads_only
from trunks.models.share import MAY_SHARE, SEES_ALL, ShareQuerySet
from trunks.services.sharing import share_make, share_revoke, shares_revoke
from trunks.sight import sight_of

SHARES_A_PAGE = 50
# So many are named where all are to be revoked.
SHARES_NAMED = 20


@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    """List the person's own links, and for those who may see them those of others."""
    person = _person(request)
    sees_all = person.has_perm(SEES_ALL)
    if not (sees_all or person.has_perm(MAY_SHARE)):
        raise PermissionDenied
    found = _visible(person)
    shows_all = request.GET.get("show") == "all"
    rows = (found if shows_all else found.alive()).for_list()
    page = Paginator(rows, SHARES_A_PAGE).get_page(request.GET.get("page"))
    for share in page:
        share.may_be_revoked = share.may_be_revoked_by(person)  # type: ignore[attr-defined]
    own = found.lasting().made_by(person.pk)
    context = {
        "page": page,
        "sees_all": sees_all,
        "shows_all": shows_all,
        "has_own": not reads_only(person) and own.exists(),
    }
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
    visible = _visible(person)
    share = get_object_or_404(visible.for_list(), pk=share_id)
    if request.method == "POST":
        share_revoke(share=share, by=person)
        messages.success(request, _("The link for “%(label)s” was revoked.") % {"label": share})
        return redirect("shares")
    if not share.may_be_revoked_by(person):
        raise PermissionDenied
    lasting, trunk = visible.lasting(), share.trunk
    context = {
        "share": share,
        "of_trunk": lasting.of_trunk(trunk.pbx.slug, trunk.remote_id).count(),
        "of_person": lasting.made_by(share.made_by_id).count(),
    }
    return render(request, "trunks/share_revoke.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def shares_revoke_of_trunk(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """Ask whether to revoke all links to one trunk, and do it."""
    if "\0" in remote_id:
        raise Http404
    found = _visible(_person(request)).of_trunk(slug, remote_id)
    return _revoke_all(request, found, "trunk")


@require_http_methods(["GET", "HEAD", "POST"])
def shares_revoke_of_person(request: HttpRequest, maker_id: int) -> HttpResponse:
    """Ask whether to revoke all links that one person made, and do it."""
    found = _visible(_person(request)).made_by(min(maker_id, 2**62))
    return _revoke_all(request, found, "person")


def _revoke_all(request: HttpRequest, found: ShareQuerySet, whose: str) -> HttpResponse:
    """Revoke what is asked for, or say what that is; links of others that a person does not see are not among it."""
    person = _person(request)
    newest = found.for_list().first()
    if newest is None:
        raise Http404
    if not newest.may_be_revoked_by(person):
        raise PermissionDenied
    if request.method == "POST":
        count = shares_revoke(shares=found, by=person)
        said = ngettext("%(count)d link was revoked.", "%(count)d links were revoked.", count)
        messages.success(request, said % {"count": count})
        return redirect("shares")
    lasting = found.lasting()
    context = {
        "count": lasting.count(),
        "shares": lasting.for_list()[:SHARES_NAMED],
        "newest": newest,
        "whose": whose,
    }
    return render(request, "trunks/shares_revoke.html", context)


def _visible(person: User) -> ShareQuerySet:
    return Share.objects.in_sight(sight_of(person)).visible_to(person)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
