"""Who may see the PBXs of some sites only, and what comes of it: the PBXs in sight."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sight:
    """The ids of the PBXs that a person may see, None for all; and the sites that they are at, as the limit says."""

    pbxs: frozenset[int] | None
    sites: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Tell whether there may be PBXs that the person must not know of."""
        return self.pbxs is not None

    def has(self, pbx_id: int) -> bool:
        """Tell whether a PBX is in sight."""
        return self.pbxs is None or pbx_id in self.pbxs


# Of whoever has no limit, and of our own work.
UNLIMITED = Sight(None)
NOTHING = Sight(frozenset())


class SiteLimit(models.Model):
    """One site that a person may see; without any row a person sees all.

    The name stays when no PBX is there any more: the person then sees nothing, and not everything.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="site_limits"
    )
    site = models.CharField(_("site"), max_length=100)

    class Meta:
        ordering = ["site"]
        verbose_name = _("site that the person may see")
        verbose_name_plural = _("sites that the person may see")
        constraints = [
            models.UniqueConstraint(fields=["user", "site"], name="site_limit_once_a_person")
        ]

    def __str__(self) -> str:
        return self.site
