"""Print where the audit log ends, to be signed off and kept elsewhere."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from trunks.services.audit_verifying import audit_head


class Command(BaseCommand):
    """`manage.py audit_head`: one line, for `manage.py verify_audit --head` at a later time."""

    help = "Print the end of the audit log as SEQ:HASH, for `verify_audit --head` later."

    def handle(self, *args: object, **options: object) -> None:
        head = audit_head()
        if head is None:
            raise CommandError("The audit log is empty.")
        self.stdout.write(str(head))
