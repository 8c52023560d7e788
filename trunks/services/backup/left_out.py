"""What no backup holds: what must not come back to life in a restored copy.

Nobody is logged in there, no test or log-out of long ago is made by its worker, and there is no token of a PBX,
not even for whoever also has the keys. No shared link opens, since it may have been revoked after the backup, and the
record of that is lost. The tables are there, and empty.
"""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from trunks.models import CacheRow, ConnectionTest, PersonSession, Share

LEFT_OUT = (Session, PersonSession, CacheRow, DBTaskResult, ConnectionTest, Share)


def tables_left_out() -> list[str]:
    """Return the names of the tables whose rows stay behind."""
    return [model._meta.db_table for model in LEFT_OUT]  # noqa: SLF001  documented
