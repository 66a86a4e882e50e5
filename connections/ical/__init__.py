"""The iCalendar format: what a calendar file says about time, and how our own events are written. No Django, no tables.

Terms: a *resource* is one file with one UID, its *master* and its *overrides* (RECURRENCE-ID). A *slot* is an original
start in a series. An *instance* is a dated occurrence of it. All times returned are aware UTC, spans are half-open.
Foreign files are read line by line and as far as they can be read; `parser` says why.
"""

from __future__ import annotations

from connections.ical.compose import compose
from connections.ical.expansion import expand
from connections.ical.patch import meaning, only_times, own_event, patch, patch_texts
from connections.ical.reducing import has_own_prodid, own_mark, reduce
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
    "has_own_prodid",
    "meaning",
    "only_times",
    "own_event",
    "own_mark",
    "patch",
    "patch_texts",
    "reduce",
]
