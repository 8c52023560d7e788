"""Run one simulated PBX by hand."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.simulator import WORLDS, SimulatedPbx, make_certificate


class Command(BaseCommand):
    """Serve one ready-made world until Ctrl-C."""

    help = "Run a simulated PBX that speaks the S-Series API, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what can be chosen; plain HTTP on port 8088 unless told otherwise."""
        parser.add_argument("--world", choices=sorted(WORLDS), default="office")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8088, help="0 takes any free port")
        parser.add_argument("--tls", action="store_true", help="HTTPS, self-signed, TLS 1.2 only")
        parser.add_argument("--username", default="api")
        parser.add_argument("--password", default="simulated")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Start, say how to reach it, and wait."""
        pbx = SimulatedPbx(
            WORLDS[options["world"]],
            make_certificate() if options["tls"] else None,
            host=options["host"],
            port=options["port"],
            username=options["username"],
            password=options["password"],
        )
        try:
            pbx.start()
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Cannot listen on {options['host']}:{options['port']}: {error}"
            ) from error
        try:
            self._introduce(pbx)
            threading.Event().wait()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        finally:
            pbx.stop()

    def _introduce(self, pbx: SimulatedPbx) -> None:
        self.stdout.write(f"Address:   {pbx.base_url}")
        self.stdout.write(f"World:     {pbx.world.name} ({len(pbx.world.trunks)} SIP trunks)")
        self.stdout.write(f"Username:  {pbx.username}")
        self.stdout.write(f"Password:  {pbx.password}")
        if pbx.certificate_sha256:
            self.stdout.write(f"SHA-256:   {pbx.certificate_sha256}")
        self.stdout.write("Press Ctrl-C to stop.")
        self.stdout.flush()
