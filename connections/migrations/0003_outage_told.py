from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0002_event_and_back_sync_choices")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="told_code",
            field=models.CharField(
                blank=True, editable=False, max_length=40, verbose_name="error that was told by mail"
            ),
        ),
    ]
