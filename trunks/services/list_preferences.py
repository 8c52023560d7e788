"""Keeping how a person likes a list."""

from __future__ import annotations

from django.contrib.auth.models import User

from trunks.models import Density, ListName, ListPreference, reads_only
from trunks.services.roles import NotAllowed


def list_preference_keep(*, user: User, list_name: ListName, cols: str, density: Density) -> None:
    """Keep the columns and the density of a list for a person; what was chosen before is replaced.

    The usual ones are no choice: nothing is kept, and addresses need not say them.

    Raises:
        NotAllowed: the person may keep nothing.
    """
    if reads_only(user):
        raise NotAllowed
    if not cols and density == Density.COMFORTABLE:
        ListPreference.objects.filter(user=user, list_name=list_name).delete()
        return
    ListPreference.objects.update_or_create(
        user=user, list_name=list_name, defaults={"cols": cols, "density": density}
    )
