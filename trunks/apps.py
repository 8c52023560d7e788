"""The application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate


class TrunksConfig(AppConfig):
    """Trunks and DOD bindings of several PBXs."""

    name = "trunks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register checks and signals, and bring roles and search in step after every `migrate`."""
        from pbxdash.session_ends import connect_signals

        # They need settings and models, so not before.
        from trunks import audit_second_factors, audit_signals, checks  # noqa: F401

        connect_signals()
        post_migrate.connect(_bring_roles_in_step, sender=self)
        post_migrate.connect(_bring_search_in_step, sender=self)


def _bring_roles_in_step(**kwargs: object) -> None:
    """Give rights that are new, and all of them after a `flush`, which takes what the migration made."""
    from trunks.services.roles import roles_bring_in_step

    is_flush = kwargs.get("plan") is None
    if kwargs.get("using") == DEFAULT_DB_ALIAS and (is_flush or _has_its_tables()):
        roles_bring_in_step()


def _bring_search_in_step(**kwargs: object) -> None:
    from trunks.services.search_texts import search_texts_are_current, search_texts_rebuild

    is_whole = kwargs.get("plan") is not None and kwargs.get("using") == DEFAULT_DB_ALIAS
    if is_whole and _has_its_tables() and not search_texts_are_current():
        search_texts_rebuild()


def _has_its_tables() -> bool:
    """Tell whether the database is at the newest migration; it may have been taken back to an older one."""
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "trunks"]
    return not executor.migration_plan(leaves)
