import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# In SQLite the index that a search walks along holds all that is tested: see 0010.
WALKED = "digits, id, trunk_id, pbx_id, trunk_kind, is_present, target_kind, issue, search_text"
WALKED_BEFORE = "digits, id, trunk_id, target_kind, issue, search_text"
KEPT = """
UPDATE trunks_dodbinding SET (pbx_id, trunk_kind, is_present) = (
  SELECT pbx_id, kind, removed_at IS NULL FROM trunks_trunk WHERE trunks_trunk.id = trunk_id
)
"""


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(KEPT)
    _write_anew(schema_editor, WALKED)


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _write_anew(schema_editor, WALKED_BEFORE)


def _write_anew(schema_editor: BaseDatabaseSchemaEditor, columns: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP INDEX dod_by_digits")
        schema_editor.execute(f"CREATE INDEX dod_by_digits ON trunks_dodbinding ({columns})")


class Migration(migrations.Migration):
    dependencies = [("trunks", "0022_merged_index")]

    operations = [
        # Backwards, Django may have made the table anew, and then only the index that it knows.
        migrations.RunPython(migrations.RunPython.noop, forget),
        migrations.AddField(
            model_name="dodbinding",
            name="is_present",
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddField(
            model_name="dodbinding",
            name="pbx",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="trunks.pbx",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="dodbinding",
            name="trunk_kind",
            field=models.CharField(blank=True, editable=False, max_length=500),
        ),
        migrations.RunPython(keep, forget),
    ]
