"""Running a command on a deployment of a test, as from a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.operations.backup.deployment import Deployment

ROOT = Path(__file__).parents[3]


def environment_of(deployment: Deployment, **more: str) -> dict[str, str]:
    """The environment that makes a process use the deployment; `more` wins."""
    given = {"DATABASE_URL": deployment.url, "KALENDS_HOME": str(deployment.home), "BACKUP_KEY": deployment.key}
    return {**given, "DEBUG": "true", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], **more}


def manage(deployment: Deployment, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with these arguments; `more` is further environment."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment_of(deployment, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
