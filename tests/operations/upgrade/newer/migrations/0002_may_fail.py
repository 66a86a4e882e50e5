from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from django.db import migrations


class Surprise(Exception):
    """Its words have a name in them, which nobody may print."""


def may_fail(apps: Any, schema_editor: Any) -> None:
    """Do as the environment says."""
    if os.environ.get("MIGRATION_FAILS"):
        raise Surprise("Carla Müller")
    if os.environ.get("MIGRATION_WAITS"):
        Path(os.environ["MIGRATION_WAITS"]).touch()
        time.sleep(120)


class Migration(migrations.Migration):
    dependencies = [("newer", "0001_rename")]

    operations = [migrations.RunPython(may_fail, migrations.RunPython.noop)]
