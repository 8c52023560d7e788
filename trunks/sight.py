"""What a person may see, worked out from the limits that are kept."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from trunks.models import NOTHING, UNLIMITED, Pbx, Sight, SiteLimit
from trunks.search.text import as_value

_KEPT_AS = "_sight"


def sight_of(user: AbstractBaseUser | AnonymousUser | None) -> Sight:
    """Return what a person may see: for whom is limited in two queries, and in none the next time in a request.

    `RolesBackend` tells of the person of a request whether there is any limit; of others it is looked up.
    """
    if not isinstance(user, User):
        return NOTHING
    known = getattr(user, _KEPT_AS, None)
    if not isinstance(known, Sight):
        known = _read(user)
        setattr(user, _KEPT_AS, known)
    return known


def shows_site(sight: Sight, site: str) -> bool:
    """Tell whether the name of a site may be said; names are compared as searches for a whole value do."""
    return not sight.is_limited or as_value(site) in _compared(sight.sites)


def _read(user: User) -> Sight:
    if not getattr(user, "is_limited", True):
        return UNLIMITED
    sites = tuple(SiteLimit.objects.filter(user=user).values_list("site", flat=True))
    if not sites:
        return UNLIMITED
    wanted = _compared(sites)
    # All of them, since databases do not compare so; an index has both columns.
    rows = Pbx.objects.order_by().values_list("pk", "site")
    return Sight(frozenset(pk for pk, site in rows if as_value(site) in wanted), sites)


def _compared(sites: tuple[str, ...]) -> frozenset[str]:
    """Return names as they are compared; a blank one is no site, which many PBXs have."""
    return frozenset(map(as_value, sites)) - {""}
