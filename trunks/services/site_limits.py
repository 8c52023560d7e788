"""Limiting people to the PBXs of some sites."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from trunks.models import SiteLimit


def site_limits_set(*, user: User, sites: Iterable[str]) -> None:
    """Let a person see the PBXs of these sites and no others; without a site, all."""
    with transaction.atomic():
        user.site_limits.all().delete()
        SiteLimit.objects.bulk_create(
            SiteLimit(user=user, site=site) for site in dict.fromkeys(sites)
        )
