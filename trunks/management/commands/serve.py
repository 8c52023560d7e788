"""Web server and worker, started together and stopped together."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from pbxdash.serving import ServiceEnded, run_until_told, web_server, worker
from trunks.services.connection_tests import connection_tests_clear
from trunks.services.fetching import fetches_reap, fetches_recover

REAP_SECONDS = 5.0
# Tasks only wake workers, so nobody misses the record of an old one.
KEEP_TASKS_DAYS = 1


class Command(BaseCommand):
    """Serve the site, with the worker that fetches beside it."""

    help = "Start web server and worker together; Ctrl-C stops both."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Check what would fail later, recover what a crash left, and serve."""
        host, port = options["host"], options["port"]
        self._refuse_unless_ready(host, port)
        call_command("prune_db_task_results", min_age_days=KEEP_TASKS_DAYS, verbosity=0)
        fetches_recover()
        self.stdout.write(f"pbxdash serves at http://{host}:{port}/ (Ctrl-C stops it)")
        if not get_user_model().objects.exists():
            self.stdout.write(
                "Nobody can log in yet. Make the first account in another terminal:\n  make account"
            )
        self.stdout.flush()
        connection.close()
        try:
            run_until_told(
                [web_server(host, port), worker()], each_look=clearing_every(REAP_SECONDS)
            )
        except ServiceEnded as error:
            raise CommandError(f"{error}. Its own messages are above.") from None

    def _refuse_unless_ready(self, host: str, port: int) -> None:
        try:
            executor = MigrationExecutor(connection)
        except OperationalError as error:
            raise CommandError(f"The database cannot be opened: {error}") from None
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date: run `manage.py migrate` first.")
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Cannot listen on {host}:{port}: {error.strerror}. "
                    "Choose another port with --port, or `make run PORT=8123`."
                ) from None


def clearing_every(seconds: float) -> Callable[[], None]:
    """Return a callable that ends what was cut off, at most once in so many seconds."""
    last = time.monotonic()

    def clear_now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            last = time.monotonic()
            fetches_reap()
            connection_tests_clear()
            connection.close()

    return clear_now_and_then
