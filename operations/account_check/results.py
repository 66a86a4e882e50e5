"""Keeps the results of the last checks in a file below KALENDS_HOME, for the support bundle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

KEPT: Final = 5
FILE: Final = Path("data") / "account-checks.json"


def results_path() -> Path:
    return Path(settings.HOME) / FILE


def load_results() -> list[dict[str, Any]]:
    """The results that are kept, oldest first; none if there is no file or it cannot be read as one."""
    try:
        found = json.loads(results_path().read_text())
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def keep_result(result: Mapping[str, Any]) -> None:
    """Add a result, and drop the oldest beyond the last few. Only the user of the process can read the file."""
    path = results_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = [*load_results(), dict(result)][-KEPT:]
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file, indent=1)
    new.replace(path)
