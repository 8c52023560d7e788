"""Whether the keys of the settings are those that this database was written with, told without any PBX.

The database keeps a check value for each key, which knows a key again and tells nothing of it. A data key is
noted as soon as it opens every API password under its name; the key of the audit log unless the end of the log was
sealed with another one; the fingerprint key when it is first used, since nothing can be opened with that one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from trunks.keyring import SecretUnavailable, key_checks, key_name_of, keyring
from trunks.models import AuditHead, KeyCheck, Pbx
from trunks.services.audit_chain import head_code, is_code

FINGERPRINT, AUDIT = "fingerprint", "audit"
# They take the place of another one only when somebody says so.
_KEPT = {FINGERPRINT, AUDIT}


@dataclass(frozen=True, slots=True)
class KeyTrouble:
    """API passwords that no key opens, by the name of the key that they were sealed with."""

    key_name: str
    # The settings have a key of this name, so it is another one; otherwise it is missing.
    is_wrong: bool
    pbxs: int


def key_troubles() -> list[KeyTrouble]:
    """Return what keeps saved API passwords from being read, a row a key; raise `KeysUnusable`."""
    ring = keyring()
    lost: dict[str, int] = {}
    for pbx in _with_secret():
        if not _opens(pbx):
            name = key_name_of(pbx.secret)
            lost[name] = lost.get(name, 0) + 1
    return [KeyTrouble(name, name in ring.keys, pbxs) for name, pbxs in sorted(lost.items())]


def swapped_keys() -> set[str]:
    """Return which keys of the settings are others than this database knows by their names: `data:<name>`,
    `fingerprint` or `audit`; raise `KeysUnusable`."""
    known = dict(KeyCheck.objects.values_list("name", "value"))
    return {name for name, value in key_checks().items() if known.get(name, value) != value}


def keys_note() -> None:
    """Note keys that are new here, and data keys that took the place of one that nothing needs any more.

    Raises `KeysUnusable`.
    """
    in_doubt = {f"data:{trouble.key_name}" for trouble in key_troubles()}
    if not _seals_the_log():
        in_doubt.add(AUDIT)
    known = dict(KeyCheck.objects.values_list("name", "value"))
    for name, value in key_checks().items():
        is_new = name not in known
        if name not in in_doubt and (is_new or (known[name] != value and name not in _KEPT)):
            KeyCheck.objects.update_or_create(name=name, defaults={"value": value})


def key_accept(name: str) -> None:
    """Take the key `FINGERPRINT` or `AUDIT` of the settings for the right one from now on; raise `KeysUnusable`."""
    KeyCheck.objects.update_or_create(name=name, defaults={"value": key_checks()[name]})


def secrets_examine() -> int:
    """Mark PBXs whose API password no key opens, take the mark off others, and count the marked ones.

    Only where the password is still the one that was looked at. Raises `KeysUnusable`.
    """
    keyring()
    marked = 0
    for pbx in Pbx.objects.only("pk", "secret", "secret_lost_at").order_by("pk").iterator():
        is_lost = not _opens(pbx)
        marked += is_lost
        if is_lost != (pbx.secret_lost_at is not None):
            same = Pbx.objects.filter(pk=pbx.pk, secret=pbx.secret)
            same.update(secret_lost_at=timezone.now() if is_lost else None)
    return marked


def _seals_the_log() -> bool:
    """Tell whether the end of the audit log was sealed with the key of the settings; without one it will be."""
    head = AuditHead.objects.filter(pk=1).first()
    return head is None or is_code(head.seal, head_code(head))


def _with_secret() -> list[Pbx]:
    return list(Pbx.objects.exclude(secret="").only("pk", "secret").order_by("pk"))


def _opens(pbx: Pbx) -> bool:
    try:
        pbx.read_secret()
    except SecretUnavailable:
        return False
    return True
