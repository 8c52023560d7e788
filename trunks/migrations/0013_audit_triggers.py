from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from trunks.audit_triggers import FUNCTIONS, TRIGGERS, trigger_names


# The SQL is kept outside, since a later migration that writes a table anew on SQLite needs it again.
def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in TRIGGERS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        for function in FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION {function} CASCADE")
    else:
        for name in sorted(trigger_names(vendor)):
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("trunks", "0012_audit")]

    operations = [migrations.RunPython(guard, unguard)]
