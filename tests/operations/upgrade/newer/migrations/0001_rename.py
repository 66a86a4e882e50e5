from __future__ import annotations

from typing import Any

from django.db import migrations, models


def rename(apps: Any, schema_editor: Any) -> None:
    """Change what is there, and add what is new."""
    apps.get_model("practice", "User").objects.update(first_name="Changed")
    apps.get_model("newer", "Thing").objects.create(name="new")


class Migration(migrations.Migration):
    initial = True
    dependencies = [("practice", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Thing", fields=[("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=9))]
        ),
        migrations.RunPython(rename, migrations.RunPython.noop),
    ]
