"""Triggers by which the database itself refuses to change the audit log.

Entries go only when a checkpoint stands for them, and checkpoints stay. On SQLite a later migration that alters
one of these tables writes it anew and loses its triggers: it has to end with `TRIGGERS` of that day.
"""

from __future__ import annotations

ENTRY = "trunks_auditentry"
CHECKPOINT = "trunks_auditcheckpoint"
HEAD = "trunks_audithead"
_SAID = "audit entries are neither changed nor deleted"
_TRIMMED = f"SELECT coalesce(max(sequence), 0) FROM {CHECKPOINT}"  # noqa: S608  constants alone


def _sqlite(name: str, when: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"


SQLITE = (
    _sqlite("audit_entry_update", f"UPDATE ON {ENTRY}"),
    _sqlite("audit_entry_delete", f"DELETE ON {ENTRY} WHEN OLD.sequence > ({_TRIMMED})"),
    # REPLACE deletes without asking the trigger above.
    _sqlite(
        "audit_entry_replace",
        f"INSERT ON {ENTRY} WHEN NEW.sequence <= (SELECT max(sequence) FROM {ENTRY})",  # noqa: S608
    ),
    _sqlite("audit_checkpoint_update", f"UPDATE ON {CHECKPOINT}"),
    _sqlite("audit_checkpoint_delete", f"DELETE ON {CHECKPOINT}"),
    _sqlite(
        "audit_checkpoint_replace",
        f"INSERT ON {CHECKPOINT} WHEN NEW.sequence <= ({_TRIMMED})",
    ),
    _sqlite("audit_head_delete", f"DELETE ON {HEAD}"),
)

POSTGRESQL = (
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_SAID}'; END $$""",
    f"""CREATE FUNCTION audit_refuse_untrimmed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.sequence > ({_TRIMMED}) THEN RAISE EXCEPTION '{_SAID}'; END IF;
      RETURN OLD;
    END $$""",
    *(
        f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        for table, event, function in (
            (ENTRY, "UPDATE", "audit_refuse"),
            (ENTRY, "DELETE", "audit_refuse_untrimmed"),
            (CHECKPOINT, "UPDATE", "audit_refuse"),
            (CHECKPOINT, "DELETE", "audit_refuse"),
            (HEAD, "DELETE", "audit_refuse"),
        )
    ),
    *(
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        for table in (ENTRY, CHECKPOINT, HEAD)
    ),
)

TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
TABLES = (ENTRY, CHECKPOINT, HEAD)
FUNCTIONS = ("audit_refuse", "audit_refuse_untrimmed")


def trigger_names(vendor: str) -> set[str]:
    """Return the names of the triggers of a database."""
    made = (statement.split() for statement in TRIGGERS[vendor])
    return {words[2] for words in made if words[1] == "TRIGGER"}
