from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("trunks_bindinggrams", "trunks_trunkgrams")


# No model: SQLite's is a virtual table, and neither is ever read as rows.
def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TABLE {table} (id bigint PRIMARY KEY, grams smallint[] NOT NULL)"
            )
            schema_editor.execute(f"ALTER TABLE {table} ALTER grams SET STATISTICS 1000")
            schema_editor.execute(f"CREATE INDEX {table}_grams ON {table} USING gin (grams)")
        else:
            # Which row has which gram is all that is asked, and the least that can be kept.
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5"
                "(grams, tokenize='ascii', content='', columnsize=0, detail=none)"
            )


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("trunks", "0004_search_language")]

    operations = [migrations.RunPython(create, drop)]
