"""Rows for tests, with defaults for all that a test does not care about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.text import slugify

from trunks.addresses import authority_of
from trunks.models import (
    DodBinding,
    Fetch,
    HeldAnswer,
    ListName,
    LoginAttempt,
    LoginPlace,
    Pbx,
    SavedView,
    Share,
    Supplement,
    TargetKind,
    Trunk,
    Trust,
)
from trunks.roles import RoleName
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS, binding_entries, index, trunk_entries
from trunks.search.sections import BindingTexts, pbx_text, trunk_text
from trunks.search.sort_keys import write_sort_keys
from trunks.search.text import normalise
from trunks.services.binding_rows import kept_of
from trunks.services.roles import role_give
from trunks.services.sharing import share_make
from trunks.share_wish import ShareWish
from trunks.yeastar import TrunkRecord


def make_person(name: str, role: RoleName | None = None) -> User:
    """Save a person with a role."""
    person = User.objects.create_user(name, password="correct horse battery")
    role_give(user=person, role=role)
    return person


def make_pbx(name: str = "Headquarters", **fields: object) -> Pbx:
    """Save a PBX that was fetched just now; `secret_md5` seals an API secret."""
    secret_md5 = fields.pop("secret_md5", "5f4dcc3b5aa765d61d8327deb882cf99")
    values: dict[str, object] = {
        "slug": normalise(name).replace(" ", "-"),
        "base_url": "https://192.168.5.150:8088",
        "username": "api",
        "trust": Trust.SYSTEM,
        "observed_at": timezone.now(),
        "search_name": normalise(name),
        **fields,
    }
    pbx = Pbx.objects.create(name=name, **values)
    pbx.search_text = pbx_text(pbx)
    pbx.keep_secret(str(secret_md5))
    pbx.save()
    return pbx


def make_trunk(
    pbx: Pbx,
    name: str = "SIP-A",
    *,
    remote_id: str | None = None,
    kind: str = "register",
    observed_at: datetime | None = None,
    **fields: object,
) -> Trunk:
    """Save a trunk without bindings."""
    values: dict[str, object] = {"host": "sip.itsp.example", "port": "5060", **fields}
    now = observed_at or timezone.now()
    trunk = Trunk(
        pbx=pbx,
        remote_id=remote_id or str(pbx.trunks.count() + 1),
        name=name,
        kind=kind,
        search_name=normalise(name),
        first_seen=now,
        observed_at=now,
        **values,
    )
    trunk.search_text = trunk_text(trunk)
    trunk.save()
    index().replace(TRUNK_GRAMS, [], trunk_entries([trunk]))
    return trunk


def make_supplement(
    pbx: Pbx, kind: str, data: object = None, *, at: datetime | None = None, **fields: object
) -> Supplement:
    """Save what was read beside the trunks of a PBX, or with a `reason` why nothing was."""
    now = at or timezone.now()
    values: dict[str, object] = {"attempted_at": now, **fields}
    if data is not None:
        values.setdefault("observed_at", now)
    return Supplement.objects.create(pbx=pbx, kind=kind, data=data, **values)


def make_held_answer(
    pbx: Pbx, kept: Sequence[str] = (), *, reported: int | None = None
) -> HeldAnswer:
    """Hold back an answer of a PBX that has only the trunks with these ids left."""
    known, left = pbx.trunks.present().count(), pbx.trunks.filter(remote_id__in=kept)
    count = len(kept) if reported is None else reported
    fetch = Fetch.objects.create(
        pbx=pbx,
        state="held",
        reason="held-back",
        detail=f"{count}/{known}",
        finished_at=timezone.now(),
    )
    pbx.last_fetch, pbx.answer_held_at = fetch, timezone.now()
    pbx.save()
    fields = [*(field.name for field in fields_of(TrunkRecord) if field.name != "bindings")]
    return HeldAnswer.objects.create(
        pbx=pbx,
        fetch=fetch,
        observed_at=timezone.now(),
        known=known,
        reported=count,
        lost=known - len(kept),
        digest="0" * 64,
        trunks=[{name: getattr(trunk, name) for name in fields} for trunk in left],
    )


def make_binding(
    trunk: Trunk,
    number: str = "5503301",
    name: str = "yeastar",
    target: str = "1000",
    *,
    target_kind: str = TargetKind.EXTENSION,
    **fields: object,
) -> DodBinding:
    """Save a binding at the end of its trunk, and count it there."""
    raw = str(fields.pop("raw", f"{number}-{name}-{target}"))
    binding = DodBinding(
        trunk=trunk,
        target_kind=target_kind,
        position=trunk.bindings.filter(target_kind=target_kind).count(),
        number=number,
        name=name,
        target=target,
        raw=raw,
        **kept_of(trunk)._asdict(),
        **fields,
    )
    binding.search_text = BindingTexts(trunk).text(binding)
    write_sort_keys(binding)
    binding.save()
    index().replace(BINDING_GRAMS, [], binding_entries([binding]))
    trunk.dod_count += 1
    trunk.save(update_fields=["dod_count"])
    return binding


def make_bad_login(base_url: str, **fields: object) -> LoginAttempt:
    """Save a log-in that was refused just now."""
    place, _ = LoginPlace.objects.get_or_create(authority=authority_of(base_url))
    values: dict[str, object] = {
        "credentials": "0" * 64,
        "outcome": LoginAttempt.Outcome.REFUSED,
        "ends_at": timezone.now(),
        **fields,
    }
    return LoginAttempt.objects.create(place=place, **values)


def make_saved_view(
    owner: User, name: str = "Leeds", query: str = "q=leeds", **fields: object
) -> SavedView:
    """Save a private view of the trunks."""
    values: dict[str, object] = {
        "list_name": ListName.TRUNKS,
        "search_name": normalise(name),
        "slug": slugify(normalise(name), allow_unicode=True),
        **fields,
    }
    return SavedView.objects.create(owner=owner, name=name, query=query, **values)


def make_share(
    trunk: Trunk,
    by: User,
    label: str = "Carrier",
    *,
    lasts: timedelta = timedelta(days=7),
    is_pinned: bool = False,
    with_bindings: bool = True,
    with_usernames: bool = False,
    passphrase: str = "",
) -> tuple[Share, str]:
    """Make a link to a trunk, and return it with its token."""
    wish = ShareWish(label, lasts, is_pinned, with_bindings, with_usernames, passphrase)
    return share_make(trunk=trunk, by=by, wish=wish)
