from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0004_troubled_events")]

    operations = [
        migrations.AddField(
            model_name="calendarconfiguration",
            name="reconcile_asked",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
    ]
