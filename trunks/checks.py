"""Checks across settings, so that a wrong one is a sentence at start and not a surprise later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import OperationalError, ProgrammingError

from trunks.keyring import KeysUnusable, audit_code, keyring, password_fingerprint

if TYPE_CHECKING:
    from trunks.services.key_checks import KeyTrouble

# The tag of what serve and worker look at when they start.
KEYS = "keys"

LOCAL_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa", ".localhost")


@register(Tags.security)
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Say at start what would otherwise fail at the first fetch."""
    hint = "`make run` writes a settings file with fresh keys; restore that file from your backup."
    messages: list[CheckMessage] = []
    for check_id, needs_key in (("pbxdash.E001", keyring), ("pbxdash.E002", _fingerprint_probe)):
        try:
            needs_key()
        except KeysUnusable as error:
            messages.append(Error(str(error), hint=hint, id=check_id))
    return messages


@register(Tags.security)
def check_audit_key(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Say at start that nothing could be recorded, and so nothing done."""
    try:
        audit_code("")
    except KeysUnusable as error:
        hint = (
            "A settings file from before there was an audit log needs one line more: "
            "PBXDASH_AUDIT_KEY= and what `openssl rand -base64 32` prints. Otherwise restore the file."
        )
        return [Error(str(error), hint=hint, id="pbxdash.E006")]
    return []


@register(Tags.security)
def check_insecure_http(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Plain HTTP is for this computer or a private network, never for a public name."""
    if not settings.PBXDASH_INSECURE_HTTP:
        return []
    public = [host for host in settings.ALLOWED_HOSTS if not _is_private_host(host)]
    if not public:
        return []
    return [
        Error(
            f"PBXDASH_INSECURE_HTTP is on, and PBXDASH_ALLOWED_HOSTS has {', '.join(public)}.",
            hint="Serve a public name over HTTPS, or list private names and addresses only.",
            id="pbxdash.E003",
        )
    ]


@register(Tags.security)
def check_demo(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The demo has a known password, so it answers on loopback only."""
    if not settings.PBXDASH_DEMO or all(is_loopback_host(host) for host in settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            "PBXDASH_DEMO is on, and PBXDASH_ALLOWED_HOSTS reaches beyond this computer.",
            hint="The demo's password is public: use `make run` for anything but trying it out.",
            id="pbxdash.E004",
        )
    ]


@register(Tags.database)
def check_search(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Say when rows were written by the rule of another version, or are not in the index as they are."""
    from trunks.services.search_texts import search_index_is_in_step, search_texts_are_current

    if not databases:
        return []
    try:
        if not search_texts_are_current():
            said, check_id = "The search is not in step with this version", "pbxdash.W001"
        elif not search_index_is_in_step():
            said, check_id = "The search index is not in step with the rows", "pbxdash.W002"
        else:
            return []
    except (OperationalError, ProgrammingError):
        return []  # Not migrated yet: `migrate` says so, and writes them.
    hint = "Run: manage.py rebuild_index"
    return [CheckWarning(f"{said}, so it may miss rows.", hint=hint, id=check_id)]


@register(KEYS, Tags.database)
def check_keys_of_database(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Say which keys are missing or others than this database was written with; reads only, and calls no PBX."""
    from trunks.services.key_checks import AUDIT, FINGERPRINT, key_troubles, swapped_keys

    if not databases:
        return []
    try:
        swapped, troubles = swapped_keys(), key_troubles()
    except KeysUnusable:
        return []  # `check_keys` and `check_audit_key` say so.
    except (OperationalError, ProgrammingError):
        return []  # Not migrated yet.
    messages: list[CheckMessage] = [_lost(trouble) for trouble in troubles]
    unused = {name.removeprefix("data:") for name in swapped - {FINGERPRINT, AUDIT}}
    messages += [_swapped(name) for name in sorted(unused - {one.key_name for one in troubles})]
    if FINGERPRINT in swapped:
        messages.append(
            Error(
                "PBXDASH_FINGERPRINT_KEY is not the key that this database was written with, so every "
                "SIP password would look changed at the next fetch.",
                hint="Restore the key from your backup. If it is lost for good, run: manage.py rotate_keys "
                "--accept-fingerprint-key",
                id="pbxdash.E005",
            )
        )
    if AUDIT in swapped:
        messages.append(
            Error(
                "PBXDASH_AUDIT_KEY is not the key that the audit log of this database was written with, so the "
                "log would look forged and could never be verified from here on.",
                hint="Restore the key from your backup. If it is lost for good, run: manage.py rotate_keys "
                "--accept-audit-key",
                id="pbxdash.E007",
            )
        )
    return messages


def _lost(trouble: KeyTrouble) -> CheckMessage:
    name, count = trouble.key_name or "?", trouble.pbxs
    key = (
        f"The key {name!r} in PBXDASH_KEYS is not the one with which"
        if trouble.is_wrong
        else f"PBXDASH_KEYS lacks the key {name!r}, with which"
    )
    what = (
        "the API password of one PBX was encrypted, so it"
        if count == 1
        else f"the API passwords of {count} PBXs were encrypted, so they"
    )
    return CheckWarning(
        f"{key} {what} cannot be fetched.",
        hint="Restore the key from your backup and start again. If it is lost for good, type these passwords "
        'again: the list of PBXs says "Credentials must be entered again" where.',
        id="pbxdash.W003",
    )


def _swapped(name: str) -> CheckMessage:
    return CheckWarning(
        f"The key {name!r} in PBXDASH_KEYS is not the one that this database knows by that name, so what else "
        "was encrypted with it, such as an older backup, does not open with this one.",
        hint="Restore the key from your backup, or give the new key a name of its own.",
        id="pbxdash.W004",
    )


@register(Tags.database)
def check_audit_triggers(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Say when the database would let somebody change the audit log."""
    from trunks.services.auditing import audit_is_guarded

    try:
        if not databases or audit_is_guarded():
            return []
    except (OperationalError, ProgrammingError):
        return []
    return [
        CheckWarning(
            "The triggers that keep the audit log from being changed are gone.",
            hint="Find out who took them away, and run: manage.py verify_audit. "
            "`migrate trunks` to the migration before `audit_triggers`, and `migrate`, make them again.",
            id="pbxdash.W005",
        )
    ]


def is_loopback_host(host: str) -> bool:
    """Tell whether a host of ALLOWED_HOSTS means this computer only."""
    bare = host.strip("[]")
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def _is_private_host(host: str) -> bool:
    bare = host.strip("[]")
    try:
        return ip_address(bare).is_private
    except ValueError:
        return "*" not in bare and ("." not in bare or bare.endswith(LOCAL_SUFFIXES))


def _fingerprint_probe() -> None:
    password_fingerprint("")
