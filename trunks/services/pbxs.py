"""Adding, changing and deleting PBXs."""

from __future__ import annotations

from itertools import count
from typing import Unpack

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from trunks.connection_settings import PbxSettings
from trunks.models import DodBinding, Pbx, TrunkVersion
from trunks.search.text import normalise
from trunks.services.supplements import supplements_offered_again

# Words that an address of ours has in the place of a slug.
RESERVED_SLUGS = frozenset({"new"})
FALLBACK_SLUG = "pbx"


class NameTaken(Exception):
    """Another PBX got the same name first."""


class PasswordNeeded(Exception):
    """The saved API secret may not follow a changed address or trust; it must be typed again."""


def pbx_add(*, password_md5: str, **settings: Unpack[PbxSettings]) -> Pbx:
    """Save a new PBX with its secret.

    Raises:
        NameTaken: the name is another PBX's.
        SecretUnavailable: the secret cannot be sealed; nothing is saved.
    """
    try:
        with transaction.atomic():
            pbx = Pbx(slug=_free_slug(settings["name"]))
            _apply(pbx, settings)
            pbx.save()
            # The secret is sealed for its row, so the row comes first.
            pbx.keep_secret(password_md5)
            pbx.save(update_fields=["secret"])
    except IntegrityError:
        raise NameTaken from None
    return pbx


def pbx_update(*, pbx: Pbx, password_md5: str | None, **settings: Unpack[PbxSettings]) -> Pbx:
    """Change a PBX; without a password the saved secret stays.

    Edited credentials end the stop after a refused log-in. A lock-out goes on: it is the PBX that counts.

    Raises:
        NameTaken: the name is another PBX's.
        PasswordNeeded: address or trust changed, and no password came with it.
        SecretUnavailable: the secret cannot be sealed; nothing is saved.
    """
    try:
        with transaction.atomic():
            current = Pbx.objects.select_for_update().get(pk=pbx.pk)
            same_target = current.leads_to(
                settings["base_url"], settings["trust"], settings["pinned_fingerprint"]
            )
            if password_md5 is None and not same_target:
                raise PasswordNeeded
            if password_md5 is not None or settings["username"] != current.username:
                current.credentials_rejected_at = None
            if password_md5 is not None:
                current.keep_secret(password_md5)
            _apply(current, settings)
            supplements_offered_again(pbx=current)
            current.save(
                update_fields=[*settings, "search_name", "secret", "credentials_rejected_at"]
            )
    except IntegrityError:
        raise NameTaken from None
    return current


def pbx_set_enabled(*, pbx: Pbx, enabled: bool) -> None:
    """Allow or stop fetching a PBX; its data stays."""
    pbx.enabled = enabled
    pbx.save(update_fields=["enabled"])


def pbx_contents(*, pbx: Pbx) -> dict[str, int]:
    """Count what goes with a PBX when it is deleted."""
    return {
        "trunks": pbx.trunks.count(),
        "bindings": DodBinding.objects.filter(trunk__pbx=pbx).count(),
        "versions": TrunkVersion.objects.filter(trunk__pbx=pbx).count(),
        "fetches": pbx.fetches.count(),
    }


def pbx_delete(*, pbx: Pbx) -> None:
    """Delete a PBX with its trunks, bindings, versions and fetches."""
    pbx.delete()


def _apply(pbx: Pbx, settings: PbxSettings) -> None:
    for field, value in settings.items():
        setattr(pbx, field, value)
    longest = Pbx._meta.get_field("search_name").max_length  # noqa: SLF001  documented
    pbx.search_name = normalise(pbx.name)[:longest]


def _free_slug(name: str) -> str:
    """Return a slug that no PBX has; a name without Latin letters and digits becomes "pbx"."""
    longest = Pbx._meta.get_field("slug").max_length or 0  # noqa: SLF001  documented
    stem = slugify(normalise(name))[: longest - 6].strip("-_") or FALLBACK_SLUG
    taken = set(Pbx.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= RESERVED_SLUGS
    if stem not in taken:
        return stem
    return next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)
