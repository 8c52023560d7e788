"""Adding, changing and deleting saved views."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from trunks.models import ListName, SavedView, reads_only
from trunks.search.text import normalise
from trunks.services.roles import NotAllowed
from trunks.services.slugs import free_slug

FALLBACK_SLUG = "view"


class NameTaken(Exception):
    """The person has a view of this name already."""


def saved_view_add(
    *, owner: User, list_name: ListName, name: str, query: str, is_shared: bool = False
) -> SavedView:
    """Keep a question to a list under a name.

    Raises:
        NameTaken: the person has a view of this name.
        NotAllowed: the person may not share views, or keep anything.
    """
    _require(not reads_only(owner))
    if is_shared:
        _require(owner.has_perm("trunks.share_savedview"))
    view = SavedView(
        owner=owner, list_name=list_name, query=query, is_shared=is_shared, **_named(name)
    )
    while True:
        view.slug = free_slug(
            name, among=SavedView.objects.all(), fallback=FALLBACK_SLUG, allow_unicode=True
        )
        try:
            with transaction.atomic():
                view.save(force_insert=True)
        except IntegrityError:
            if SavedView.objects.filter(owner=owner, search_name=view.search_name).exists():
                raise NameTaken from None
            # Of people who save the same name at once, each needs another slug.
            if not SavedView.objects.filter(slug=view.slug).exists():
                raise
        else:
            return view


def saved_view_change(
    *,
    view: SavedView,
    by: User,
    name: str | None = None,
    query: str | None = None,
    is_shared: bool | None = None,
) -> SavedView:
    """Change what is given; the address stays. One that is gone meanwhile stays gone.

    Raises:
        NameTaken: the owner has another view of this name.
        NotAllowed: it is another person's, or the person may not share views.
    """
    changes: dict[str, Any] = {}
    if name is not None:
        _require(view.may_be_changed_by(by))
        changes |= _named(name)
    if query is not None:
        _require(view.may_be_changed_by(by))
        changes["query"] = query
    if is_shared is not None and is_shared != view.is_shared:
        _require(
            view.may_be_changed_by(by) and by.has_perm("trunks.share_savedview")
            if is_shared
            else view.may_be_withdrawn_by(by)
        )
        changes["is_shared"] = is_shared
    changes["updated_at"] = timezone.now()
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(**changes)
    except IntegrityError:
        raise NameTaken from None
    for field, value in changes.items():
        setattr(view, field, value)
    return view


def saved_view_delete(*, view: SavedView, by: User) -> None:
    """Delete a view; nothing that it shows is touched.

    Raises:
        NotAllowed: it is another person's and not shared, or the person is no administrator.
    """
    _require(view.may_be_withdrawn_by(by))
    SavedView.objects.filter(pk=view.pk).delete()


def _named(name: str) -> dict[str, str]:
    longest = SavedView._meta.get_field("search_name").max_length  # noqa: SLF001  documented
    return {"name": name, "search_name": normalise(name)[:longest]}


def _require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed
