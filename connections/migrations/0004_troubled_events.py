from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_outage_told")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("problem", ""), _negated=True), fields=["calendar"], name="troubled_events"
            ),
        ),
    ]
