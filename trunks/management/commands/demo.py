"""The demo: simulated PBXs on loopback, a fresh database, an account, and the site over them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.models import F
from django.utils import timezone

from pbxdash.serving import CannotListen, check_listening
from trunks.management.counting import counted
from trunks.models import DEFAULT_API_PATH, Fetch, Pbx, TrunkVersion, Trust
from trunks.roles import RoleName
from trunks.search.sections import pbx_text
from trunks.services.fetching import fetch_now
from trunks.services.pbxs import pbx_add
from trunks.services.roles import role_give
from trunks.simulator import WORLDS, Behaviour, Fleet, FleetMember, SimulatedPbx, api_password

PORT = 8000
# Name and site of each PBX, and whether it speaks HTTPS with a certificate of its own making.
PBXS = {
    "demo-documented": ("documented", "Documented example", "Head office", False),
    "demo-office": ("office", "Leeds branch", "Leeds", False),
    "demo-callcentre": ("callcentre", "Call centre", "Head office", True),
    "demo-xiamen": ("xiamen", "厦门工厂", "Xiamen", True),
}
# One PBX is older than the call for registration states.
LACKS = {"demo-documented": Behaviour(not_offered=frozenset({"trunk/list"}))}
SWITCHED_OFF = "demo-office"
# Public, since the demo is reached from this computer only; the log-in page names it and these people.
PASSWORD = "demo"  # noqa: S105
PEOPLE = (RoleName.VIEWER, RoleName.OPERATOR, RoleName.AUDITOR)
# How old the data of the one that is switched off is made to look.
SILENCE = timedelta(days=2, hours=3)


class Command(BaseCommand):
    """Set up the demo from nothing and serve it."""

    help = "Serve a demo over simulated PBXs; its database is made anew at each start."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to listen; only loopback is possible."""
        parser.add_argument("--port", type=int, default=PORT)

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Build, fetch, switch one PBX off, and serve until Ctrl-C."""
        if not settings.PBXDASH_DEMO:
            raise CommandError("PBXDASH_DEMO is not set: `make demo` does all that is needed.")
        if connection.vendor != "sqlite":
            raise CommandError("The demo makes its database anew, so it only ever uses SQLite.")
        database = Path(settings.DATABASES["default"]["NAME"])
        env_file = Path(os.environ.get("PBXDASH_ENV_FILE", ""))
        # A variable of the shell goes before the file, and may name a database that somebody needs.
        if database.parent.resolve() != env_file.parent.resolve():
            raise CommandError(
                f"The demo would delete {database}, which is not beside its settings file: "
                "unset PBXDASH_DATABASE_URL, and run `make demo`."
            )
        with _only_one(database.with_name("lock")):
            self._serve_anew(database, options["port"])

    def _serve_anew(self, database: Path, port: int) -> None:
        try:
            check_listening("127.0.0.1", port)
        except CannotListen as error:
            raise CommandError(str(error)) from None
        self._fresh_database(database)
        _add_people()
        members = [
            FleetMember(slug, WORLDS[world], tls=tls, behaviour=LACKS.get(slug, Behaviour()))
            for slug, (world, _, _, tls) in PBXS.items()
        ]
        with Fleet(members) as fleet:
            for slug in PBXS:
                self._add_and_fetch(slug, fleet[slug])
            self._switch_off(fleet[SWITCHED_OFF])
            self.stdout.write(
                f"\nLog in as demo with the password {PASSWORD}. The same password is that of "
                f"{', '.join(PEOPLE)}, who may do less."
            )
            call_command("serve", port=port)

    def _fresh_database(self, database: Path) -> None:
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)

    def _add_and_fetch(self, slug: str, simulated: SimulatedPbx) -> None:
        _, name, site, tls = PBXS[slug]
        pbx = pbx_add(
            name=name,
            site=site,
            notes="A simulated PBX on this computer.",
            enabled=True,
            base_url=simulated.base_url,
            api_path=DEFAULT_API_PATH,
            username=simulated.username,
            password_md5=api_password(simulated.password),
            trust=Trust.PINNED if tls else Trust.PLAIN,
            pinned_fingerprint=simulated.certificate_sha256,
            connect_timeout=3,
            deadline=20,
        )
        # The demo's addresses are promised in the README, whatever the names become.
        pbx.slug = slug
        pbx.search_text = pbx_text(pbx)
        pbx.save(update_fields=["slug", "search_text"])
        self.stdout.write(f"Fetching {slug} from {simulated.base_url} … ", ending="")
        self.stdout.flush()
        fetch = fetch_now(pbx=pbx)
        if fetch.state != Fetch.State.SUCCEEDED:
            raise CommandError(f"{slug} failed: {fetch.reason}")
        bindings = sum(pbx.trunks.values_list("dod_count", flat=True))
        self.stdout.write(f"{counted(fetch.seen, 'trunk')}, {counted(bindings, 'DOD binding')}")

    def _switch_off(self, simulated: SimulatedPbx) -> None:
        """Make one PBX go silent, and its data old, so that the demo shows how that looks."""
        pbx = Pbx.objects.get(slug=SWITCHED_OFF)
        pbx.trunks.update(
            observed_at=F("observed_at") - SILENCE, first_seen=F("first_seen") - SILENCE
        )
        TrunkVersion.objects.filter(trunk__pbx=pbx).update(valid_from=F("valid_from") - SILENCE)
        Pbx.objects.filter(pk=pbx.pk).update(observed_at=F("observed_at") - SILENCE)
        simulated.stop()
        self.stdout.write(
            f"Switching {SWITCHED_OFF} off, so that stale data can be seen … ", ending=""
        )
        fetch = fetch_now(pbx=pbx)
        Pbx.objects.filter(pk=pbx.pk).update(failing_since=timezone.now() - SILENCE)
        self.stdout.write(fetch.reason)


def _add_people() -> None:
    """Make one who may do everything, and one for each other role, called like it."""
    User.objects.create_superuser("demo", password=PASSWORD)
    for role in PEOPLE:
        role_give(user=User.objects.create_user(role, password=PASSWORD), role=role)


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Keep a second demo from taking the database away from under the first."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                "Another demo runs from this folder: stop it first (Ctrl-C in its terminal)."
            ) from None
        yield
