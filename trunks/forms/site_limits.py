"""One site that a person may see, as the admin edits it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trunks.models import UNLIMITED, Pbx, SiteLimit

if TYPE_CHECKING:
    FormBase = forms.ModelForm[SiteLimit]
else:
    FormBase = forms.ModelForm


class SiteLimitForm(FormBase):
    """A site that PBXs are at; one that no PBX is at any more stays, and shows nothing."""

    site = forms.ChoiceField(label=_("site"))

    class Meta:
        model = SiteLimit
        fields = ("site",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        known = Pbx.objects.in_sight(UNLIMITED).sites()
        choices = [("", "---------"), *((site, site) for site in known)]
        kept = self.instance.site
        if kept and kept not in known:
            choices.append((kept, gettext("%(site)s (no PBX is there now)") % {"site": kept}))
        self.fields["site"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
