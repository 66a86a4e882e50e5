"""Events that Kalends could not read, or only in part, reduced to their structure."""

from __future__ import annotations

from typing import Any, Final

from connections.models import Event
from operations.support.ordinals import Ordinals
from operations.support.structure import structure

MAX_EVENTS: Final = 100


def odd_events(numbers: Ordinals) -> list[dict[str, Any]]:
    """The first hundred with a problem, and then those that were listed but never read, by age."""
    troubled = Event.objects.troubled().order_by("pk")[:MAX_EVENTS]
    pending = Event.objects.pending().filter(problem="").order_by("pending_since", "pk")[:MAX_EVENTS]
    return [_described(event, numbers) for event in (*troubled, *pending)]


def _described(event: Event, numbers: Ordinals) -> dict[str, Any]:
    text = bytes(event.text)
    return {
        "calendar": numbers.calendars.get(event.calendar_id),
        "problem": event.problem,
        "kept_whole": event.whole,
        "repeats": event.recurring,
        "endless": event.endless,
        "not_read_since": event.pending_since,
        "attempts": event.pending_attempts,
        "octets": len(text),
        "structure": structure(text),
    }
