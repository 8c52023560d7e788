"""What a run is asked to cover."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import QueryDict

from trunks.models import FetchRun, Pbx, Sight
from trunks.models.pbx import PbxQuerySet

OFFERED = (FetchRun.Scope.ALL, FetchRun.Scope.SITE, FetchRun.Scope.CHOSEN)


class RunForm(forms.Form):
    """All PBXs, those of one site, or the ticked ones. Ticks of PBXs that are gone count for nothing."""

    scope = forms.ChoiceField(choices=[(scope.value, scope.label) for scope in OFFERED])
    site = forms.CharField(required=False, max_length=100, strip=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.slugs = [slug for slug in data.getlist("pbx") if "\0" not in slug]

    @property
    def chosen_scope(self) -> FetchRun.Scope:
        """The scope of a valid form."""
        return FetchRun.Scope(cast("str", self.cleaned_data["scope"]))

    @property
    def chosen_site(self) -> str:
        """The site, where the scope is one; else nothing."""
        is_site = self.chosen_scope == FetchRun.Scope.SITE
        return cast("str", self.cleaned_data["site"]) if is_site else ""

    def pbxs(self, sight: Sight) -> PbxQuerySet:
        """Return the enabled PBXs in sight that a valid form asks for."""
        enabled = Pbx.objects.in_sight(sight).enabled()
        match self.chosen_scope:
            case FetchRun.Scope.SITE:
                return enabled.filter(site=self.chosen_site)
            case FetchRun.Scope.CHOSEN:
                return enabled.filter(slug__in=self.slugs)
            case _:
                return enabled
