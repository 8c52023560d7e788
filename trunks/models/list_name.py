"""The lists that people search, as saved views and preferences know them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListName(models.TextChoices):
    """A list; its value is also the name of its address."""

    TRUNKS = "trunks", _("Trunks")
    DODS = "dods", _("DOD bindings")
    PBXS = "pbxs", _("PBXs")
