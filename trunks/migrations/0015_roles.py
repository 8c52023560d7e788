from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from trunks.services.roles import roles_bring_in_step


def make_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Permissions are made after all migrations, and the groups need theirs now.
    for label in ("auth", "trunks"):
        app_config = apps.get_app_config(label)
        app_config.models_module = True
        create_permissions(app_config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
        app_config.models_module = None
    roles_bring_in_step(apps=apps)


class Migration(migrations.Migration):
    dependencies = [
        ("trunks", "0014_role"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        # Going back leaves the groups with their people; the table of roles goes.
        migrations.RunPython(make_roles, migrations.RunPython.noop, elidable=False),
    ]
