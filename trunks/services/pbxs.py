"""Adding, changing and deleting PBXs."""

from __future__ import annotations

from copy import copy
from typing import Unpack

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from trunks.addresses import authority_of
from trunks.connection_settings import PbxSettings
from trunks.models import Action, DodBinding, Pbx, Share, TrunkVersion
from trunks.search.sections import pbx_text
from trunks.search.text import normalise
from trunks.services.auditing import audit_record
from trunks.services.logouts import logout_request
from trunks.services.roles import require
from trunks.services.search_texts import search_texts_forget, search_texts_rewrite
from trunks.services.slugs import free_slug
from trunks.services.supplements import supplements_offered_again
from trunks.services.tokens import token_key

# Words that an address of ours has in the place of a slug.
RESERVED_SLUGS = frozenset({"new"})
FALLBACK_SLUG = "pbx"

_FOUND_BY = ("search_name", "search_text")
_STOPS = ("credentials_rejected_at", "login_blocked_until", "secret_lost_at")


class NameTaken(Exception):
    """Another PBX got the same name first."""


class PasswordNeeded(Exception):
    """The saved API secret may not follow a changed address or trust; it must be typed again."""


def pbx_add(*, password_md5: str, by: User | None = None, **settings: Unpack[PbxSettings]) -> Pbx:
    """Save a new PBX with its secret.

    Raises:
        NotAllowed: the person may not add PBXs.
        NameTaken: the name is another PBX's.
        SecretUnavailable: the secret cannot be sealed; nothing is saved.
    """
    require(by, "trunks.add_pbx")
    try:
        with transaction.atomic():
            slug = free_slug(
                settings["name"],
                among=Pbx.objects.all(),
                fallback=FALLBACK_SLUG,
                reserved=RESERVED_SLUGS,
            )
            pbx = Pbx(slug=slug)
            _apply(pbx, settings)
            pbx.save()
            # The secret is sealed for its row, so the row comes first.
            pbx.keep_secret(password_md5)
            pbx.save(update_fields=Pbx.SECRET_FIELDS)
            audit_record(Action.PBX_ADDED, by=by, pbx=pbx, details={"site": pbx.site})
    except IntegrityError:
        raise NameTaken from None
    return pbx


def pbx_update(
    *, pbx: Pbx, password_md5: str | None, by: User | None = None, **settings: Unpack[PbxSettings]
) -> Pbx:
    """Change a PBX; without a password the saved secret stays.

    Edited credentials end the stop after a refused log-in. A lock-out goes on: it is the PBX that counts.
    A token got with other settings is used no longer, and given back by a worker.

    Raises:
        NotAllowed: the person may not change PBXs.
        NameTaken: the name is another PBX's.
        PasswordNeeded: address or trust changed, and no password came with it.
        SecretUnavailable: the secret cannot be sealed; nothing is saved.
    """
    require(by, "trunks.change_pbx")
    try:
        with transaction.atomic():
            current = Pbx.objects.select_for_update().get(pk=pbx.pk)
            before = copy(current)
            same_target = current.leads_to(
                settings["base_url"], settings["trust"], settings["pinned_fingerprint"]
            )
            if password_md5 is None and not same_target:
                raise PasswordNeeded
            if password_md5 is not None or settings["username"] != current.username:
                current.credentials_rejected_at = None
            if password_md5 is not None:
                current.keep_secret(password_md5)
                current.secret_lost_at = None
            if authority_of(settings["base_url"]) != authority_of(current.base_url):
                current.login_blocked_until = None  # Another machine, with a count of its own.
            _apply(current, settings)
            supplements_offered_again(pbx=current)
            current.save(update_fields=[*settings, *_FOUND_BY, *Pbx.SECRET_FIELDS, *_STOPS])
            if current.search_text != before.search_text or _plan(current) != _plan(before):
                search_texts_rewrite(pbx=current)
            if token_key(before) != token_key(current) or not _may_keep_token(current):
                logout_request(pbx=before)
            changed = [name for name, value in settings.items() if getattr(before, name) != value]
            if password_md5 is not None:
                changed.append("password")
            if changed:
                audit_record(Action.PBX_CHANGED, by=by, pbx=current, details={"fields": changed})
    except IntegrityError:
        raise NameTaken from None
    return current


def pbx_set_enabled(*, pbx: Pbx, enabled: bool, by: User | None = None) -> None:
    """Allow or stop fetching a PBX; its data stays, and a stopped one is logged out by a worker; raise `NotAllowed`."""
    require(by, "trunks.change_pbx")
    with transaction.atomic():
        current = Pbx.objects.select_for_update().filter(pk=pbx.pk).first()
        if current is None:
            return
        current.enabled = enabled
        current.save(update_fields=["enabled"])
        if not enabled:
            logout_request(pbx=current)
        audit_record(Action.PBX_ENABLED if enabled else Action.PBX_DISABLED, by=by, pbx=current)


def pbx_contents(*, pbx: Pbx) -> dict[str, int]:
    """Count what goes with a PBX when it is deleted."""
    return {
        "trunks": pbx.trunks.count(),
        "bindings": DodBinding.objects.filter(trunk__pbx=pbx).count(),
        "versions": TrunkVersion.objects.filter(trunk__pbx=pbx).count(),
        "fetches": pbx.fetches.count(),
        "shares": Share.objects.filter(trunk__pbx=pbx).alive().count(),
    }


def pbx_delete(*, pbx: Pbx, by: User | None = None) -> None:
    """Delete a PBX with all that hangs on it, shared links included; a worker logs us out. Raise `NotAllowed`."""
    require(by, "trunks.delete_pbx")
    with transaction.atomic():
        current = Pbx.objects.select_for_update().filter(pk=pbx.pk).first()
        if current is not None:
            logout_request(pbx=current)
            search_texts_forget(pbx=current)
            gone = copy(current)  # Its number is gone after that.
            current.delete()
            audit_record(Action.PBX_DELETED, by=by, pbx=gone)


def _may_keep_token(pbx: Pbx) -> bool:
    return pbx.enabled and pbx.keeps_login


def _plan(pbx: Pbx) -> tuple[str, str]:
    return pbx.country_code, pbx.national_prefix


def _apply(pbx: Pbx, settings: PbxSettings) -> None:
    for field, value in settings.items():
        setattr(pbx, field, value)
    longest = Pbx._meta.get_field("search_name").max_length  # noqa: SLF001  documented
    pbx.search_name = normalise(pbx.name)[:longest]
    pbx.search_text = pbx_text(pbx)
