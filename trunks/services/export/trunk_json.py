"""Trunks as others read them, without any secret."""

from __future__ import annotations

from trunks.models import DodBinding, Trunk


def trunk_as_json(trunk: Trunk) -> dict[str, object]:
    """Return the reported fields and the bindings; null is a field that was not reported."""
    bindings = sorted(trunk.bindings.all(), key=lambda b: (b.target_kind, b.position))
    return {
        "id": trunk.remote_id,
        "name": trunk.name,
        "kind": trunk.kind,
        "host": trunk.host,
        "port": trunk.port,
        "domain": trunk.domain,
        "username": trunk.username,
        "authname": trunk.authname,
        "fromuser": trunk.fromuser,
        "observed_at": trunk.observed_at.isoformat(),
        "bindings": [binding_as_json(binding) for binding in bindings],
    }


def binding_as_json(binding: DodBinding) -> dict[str, str]:
    """Return one piece of a DOD text, as read and as reported."""
    return {
        "number": binding.number,
        "name": binding.name,
        "target_kind": binding.target_kind,
        "target": binding.target,
        "issue": binding.issue,
        "raw": binding.raw,
    }
