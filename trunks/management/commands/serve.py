"""Web server and worker, started together and stopped together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from pbxdash.serving import (
    CannotListen,
    ServiceEnded,
    check_listening,
    run_until_told,
    web_server,
    worker,
)
from trunks.checks import is_loopback_host
from trunks.management.keys_at_start import look_at_keys
from trunks.services.connection_tests import connection_tests_clear
from trunks.services.fetching import fetches_reap, fetches_recover

logger = logging.getLogger(__name__)

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
        look_at_keys(self)
        call_command("prune_db_task_results", min_age_days=KEEP_TASKS_DAYS, verbosity=0)
        fetches_recover()
        self.stdout.write(f"pbxdash serves at http://{host}:{port}/ (Ctrl-C stops it)")
        if not get_user_model().objects.exists():
            self.stdout.write(
                "Nobody can log in yet. Make the first account in another terminal:\n  make account"
            )
        self.stdout.flush()
        connection.close()
        services = [web_server(host, port), worker(after_restart=patiently(fetches_recover))]
        try:
            run_until_told(services, each_look=clearing_every(REAP_SECONDS))
        except ServiceEnded as error:
            raise CommandError(f"{error}. Its own messages are above.") from None

    def _refuse_unless_ready(self, host: str, port: int) -> None:
        if settings.PBXDASH_DEMO and not is_loopback_host(host):
            raise CommandError("The demo's password is public: it is served on this computer only.")
        try:
            executor = MigrationExecutor(connection)
        except OperationalError as error:
            raise CommandError(f"The database cannot be opened: {error}") from None
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date: run `manage.py migrate` first.")
        try:
            check_listening(host, port)
        except CannotListen as error:
            raise CommandError(str(error)) from None


def clearing_every(seconds: float) -> Callable[[], None]:
    """Return a callable that ends what was cut off, at most once in so many seconds."""
    last = time.monotonic()

    def clear_now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            last = time.monotonic()
            patiently(fetches_reap)()
            patiently(connection_tests_clear)()

    return clear_now_and_then


def patiently(action: Callable[[], object]) -> Callable[[], None]:
    """Return a callable that acts on the database; a busy or restarting one does not end the site."""

    def act() -> None:
        try:
            action()
        except DatabaseError as error:
            logger.warning("The database did not answer: %s", type(error).__name__)
        finally:
            connection.close()

    return act
