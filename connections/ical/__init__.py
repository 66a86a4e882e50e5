"""The format: what a calendar file says about time, and how our own events are written. No Django, no tables.

Words used in here: a *resource* is one file with one UID, its *master* and its *overrides* (RECURRENCE-ID); a *slot* is
an original start in a series; an *instance* is a dated occurrence of it. Times that come out are aware UTC and spans
are half-open. Foreign files are read by line and as far as they can be read: see `reading`.
"""

from __future__ import annotations

from connections.ical.compose import compose
from connections.ical.expansion import expand
from connections.ical.own import meaning, own_event
from connections.ical.patch import patch, reword
from connections.ical.reducing import reduce
from connections.ical.types import EventDraft, Expansion, Instance, OwnEvent, Rules, Span

__all__ = [
    "EventDraft",
    "Expansion",
    "Instance",
    "OwnEvent",
    "Rules",
    "Span",
    "compose",
    "expand",
    "meaning",
    "own_event",
    "patch",
    "reduce",
    "reword",
]
