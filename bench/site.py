"""A site of its own for one benchmark: a fresh database, and rows that point to the simulated fleet."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(database_url: str) -> dict[str, str]:
    """Return the settings of the site, with keys for this benchmark alone."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pbxdash.settings",
        "PBXDASH_SECRET_KEY": "bench-only-" + "x" * 50,
        "PBXDASH_KEYS": "bench:" + base64.b64encode(b"k" * 32).decode(),
        "PBXDASH_FINGERPRINT_KEY": base64.b64encode(b"f" * 32).decode(),
        "PBXDASH_AUDIT_KEY": base64.b64encode(b"a" * 32).decode(),
        "PBXDASH_ALLOW_LOOPBACK_PBXS": "true",
        "PBXDASH_DATABASE_URL": database_url,
        "PBXDASH_LOG_LEVEL": "ERROR",
    }


def use(database_url: str) -> None:
    """Make this process the site, with an up-to-date database."""
    os.environ.update(environment(database_url))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def add_pbxs(count: int, *, unreachable: int = 0) -> None:
    """Save rows for the fleet; the last ones point to addresses where nobody answers."""
    from bench.fleet import PORT, host_of
    from trunks.models import Pbx, Trust
    from trunks.simulator import api_password

    secret = api_password("simulated")
    Pbx.objects.bulk_create(
        Pbx(
            name=f"PBX {number:04}",
            slug=f"pbx-{number:04}",
            search_name=f"pbx {number:04}",
            base_url=f"http://{host_of(number)}:{PORT if number < count - unreachable else 9}",
            username="api",
            trust=Trust.PLAIN,
        )
        for number in range(count)
    )
    pbxs = list(Pbx.objects.all())
    for pbx in pbxs:
        pbx.keep_secret(secret)
    Pbx.objects.bulk_update(pbxs, Pbx.SECRET_FIELDS, batch_size=500)


@contextmanager
def fleet(
    *,
    count: int,
    trunks: int = 3,
    bindings: int = 30,
    latency: float = 0.0,
    supplements: bool = False,
) -> Iterator[None]:
    """Run the simulated fleet in a process of its own."""
    command = [sys.executable, "-m", "bench.fleet", "--count", str(count)]
    command += ["--trunks", str(trunks), "--bindings", str(bindings), "--latency", str(latency)]
    command += ["--supplements"] if supplements else []
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        process.stdout.readline()
        try:
            yield
        finally:
            process.stdin.close()
