"""Events that end the process that reads them: found, named and left alone, so that the others get through.

After a sync that was killed, the next one reads in small pieces and notes each before it asks for it. What was noted
but never read is asked for alone later. If the process is killed then too, the event is at fault: it stays named as a
problem, and is asked for again a day later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from connections.models import Calendar, Event
from connections.plan import READ_INTERRUPTED
from connections.sync import apply

MAX_PIECE = 10  # events that are asked for at once after an interruption
PAUSE = timedelta(days=1)  # of an event that ended the process when it was read alone


@contextmanager
def noted(
    calendar: Calendar, lease: str, listed: Mapping[str, str], context: apply.ReadContext, now: datetime
) -> Iterator[None]:
    """Around asking for events (href -> listed ETag): if the process is killed inside, each is asked for alone later.

    Raises LeaseLost and ChoiceChanged.
    """
    apply.write(calendar, lease, [], listed, context, now)
    rows = Event.objects.filter(calendar=calendar, href__in=list(listed)).pending()
    rows.update(problem=READ_INTERRUPTED)
    try:
        yield
    finally:
        rows.filter(problem=READ_INTERRUPTED).update(problem="")


@contextmanager
def left_alone(event: Event, now: datetime) -> Iterator[None]:
    """Around asking for one event: if it was noted and this process is killed, it is left alone until tomorrow."""
    if event.problem != READ_INTERRUPTED:
        yield
        return
    row = Event.objects.filter(pk=event.pk, problem=READ_INTERRUPTED)
    row.update(pending_next_at=now + PAUSE)
    try:
        yield
    finally:
        row.filter(pending_next_at=now + PAUSE).update(pending_next_at=event.pending_next_at)


def ask_again(calendar: Calendar, changed: Mapping[str, str], now: datetime) -> None:
    """Another version of these events is listed (href -> ETag), so they may be asked for again at once."""
    for href, etag in changed.items():
        row = Event.objects.filter(calendar=calendar, href=href, problem=READ_INTERRUPTED)
        row.update(pending_etag=etag, pending_next_at=now)
