"""The last syncs: how long they took, what was asked, and how the servers answered."""

from __future__ import annotations

from typing import Any, Final

from connections.models import SyncRun
from operations.support.ordinals import Ordinals
from operations.support.states import status_in

MAX_RUNS: Final = 500


def history(numbers: Ordinals) -> list[dict[str, Any]]:
    """The latest first."""
    return [
        {
            "connection": numbers.connections.get(run.connection_id),
            "trigger": run.trigger,
            "started_at": run.started_at,
            "seconds": round(run.seconds, 3),
            "requests": run.requests,
            "answers": run.answers,
            "changed": run.changed,
            "removed": run.removed,
            "problems": run.problems,
            "error_code": run.error_code,
            "status": status_in(run.error_params),
        }
        for run in SyncRun.objects.order_by("-started_at", "-pk")[:MAX_RUNS]
    ]
