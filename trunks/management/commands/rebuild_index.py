"""Write anew what rows are found by."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from trunks.services.search_texts import search_texts_rebuild


class Command(BaseCommand):
    """`manage.py rebuild_index`: needed only when `manage.py check --database default` says so."""

    help = (
        "Write anew the texts that PBXs, trunks and DOD bindings are found by, where they differ."
    )

    def handle(self, *args: object, **options: object) -> None:
        rewritten = search_texts_rebuild()
        self.stdout.write(f"The search is in step: {rewritten} rows were written anew.")
