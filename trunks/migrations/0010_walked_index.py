from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# A search walks the list by its usual order and tests each row. In SQLite an index can hold all that is tested, so
# that the walk reads page after page instead of a page a row.
WALKED = "digits, id, trunk_id, target_kind, issue, search_text"
PLAIN = "digits, id"


def widen(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _write_anew(schema_editor, WALKED)


def narrow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _write_anew(schema_editor, PLAIN)


def _write_anew(schema_editor: BaseDatabaseSchemaEditor, columns: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP INDEX dod_by_digits")
        schema_editor.execute(f"CREATE INDEX dod_by_digits ON trunks_dodbinding ({columns})")


class Migration(migrations.Migration):
    dependencies = [("trunks", "0009_common_grams")]

    operations = [migrations.RunPython(widen, narrow)]
