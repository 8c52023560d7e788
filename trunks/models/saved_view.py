"""Saved views: a list with its question, order and columns under a name."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.models.list_name import ListName
from trunks.models.role import reads_only
from trunks.models.site_limit import Sight, SiteLimit

LONGEST_NAME = 80
SIDEBAR_VIEWS = 12


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Named reads over saved views."""

    def visible_to(self, user: User, sight: Sight) -> SavedViewQuerySet:
        """A person's own and those that others share; none of those who see more, since its words may tell of it."""
        shared = Q(is_shared=True)
        if sight.is_limited:
            theirs = SiteLimit.objects.filter(user=OuterRef("owner"))
            shared &= Exists(theirs) & ~Exists(theirs.exclude(site__in=sight.sites))
        return self.filter(Q(owner=user) | shared)

    def own_first(self, user: User, sight: Sight) -> SavedViewQuerySet:
        """What a person may see by name, own ones before those of others."""
        is_of_others = Case(When(owner=user, then=Value(0)), default=Value(1))
        return self.visible_to(user, sight).order_by(is_of_others, "search_name", "id")

    def for_sidebar(self, user: User, sight: Sight) -> SavedViewQuerySet:
        """As many as the sidebar has room for."""
        return self.own_first(user, sight)[:SIDEBAR_VIEWS]

    def shown(self, user: User, sight: Sight, list_name: str, slug: str) -> SavedView | None:
        """The one that the address of a list names, if the person may see it; costs nothing where none is named."""
        if not slug or "\0" in slug:
            return None
        return self.visible_to(user, sight).filter(list_name=list_name, slug=slug).first()


class SavedView(models.Model):
    """One question to one list that somebody wants to ask again.

    The address never changes, not even with the name, so that links to it last.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    list_name = models.CharField(max_length=6, choices=ListName)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    search_name = models.CharField(max_length=250, editable=False)
    slug = models.SlugField(max_length=LONGEST_NAME, unique=True, allow_unicode=True)
    # As an address has it, without page and cursors.
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        permissions = [("share_savedview", "Can share saved views with everybody")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "search_name"], name="saved_view_named_once_by_its_owner"
            )
        ]
        indexes = [
            models.Index(
                fields=["search_name"], condition=Q(is_shared=True), name="saved_view_shared"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("saved-view", args=[self.slug])

    @property
    def list_url(self) -> str:
        """The list that it stands for; the address says by which view it was reached."""
        query = f"{self.query}&" if self.query else ""
        return f"{reverse(self.list_name)}?{query}view={quote(self.slug)}"

    @property
    def question(self) -> str:
        """What it searches for; empty when it leaves nothing out."""
        return QueryDict(self.query).get("q", "")

    def may_be_changed_by(self, user: User) -> bool:
        """Tell whether a person may rename it or keep another question in it."""
        return self.owner_id == user.pk and not reads_only(user)

    def may_be_withdrawn_by(self, user: User) -> bool:
        """Tell whether a person may delete it, or share it no longer: own ones, and what others share with all."""
        return self.may_be_changed_by(user) or (
            self.is_shared and not reads_only(user) and user.has_perm("trunks.change_savedview")
        )
