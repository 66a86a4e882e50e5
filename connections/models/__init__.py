"""What Kalends knows of a calendar provider.

CONNECTION: one account of a staff member. CALENDAR: one remote calendar of it. EVENT: one remote resource, named by its
HREF (a path, never a host) and its ETAG, holding one UID with its overrides. OCCURRENCE: one dated instance of an event
inside the window. TOKEN: the state of a calendar when it was last read. PENDING: a listed event that is not read yet.
"""

from __future__ import annotations

from connections.models.calendar import Calendar, CalendarWithBacklog, CalendarWithProgress
from connections.models.configuration import CalendarConfiguration, schedule_lock
from connections.models.connection import Connection, ConnectionQuerySet, credentials, lease_length
from connections.models.event import Event, Occurrence
from connections.models.sync_run import SyncRun

__all__ = [
    "Calendar",
    "CalendarConfiguration",
    "CalendarWithBacklog",
    "CalendarWithProgress",
    "Connection",
    "ConnectionQuerySet",
    "Event",
    "Occurrence",
    "SyncRun",
    "credentials",
    "lease_length",
    "schedule_lock",
]
