from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trunks", "0015_roles")]

    operations = [
        migrations.AlterModelOptions(
            name="trunk",
            options={
                "ordering": ["name", "id"],
                "permissions": [("reveal_sip_password", "Can see a SIP password once")],
                "verbose_name": "trunk",
                "verbose_name_plural": "trunks",
            },
        ),
    ]
