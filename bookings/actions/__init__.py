"""The verbs: the only writers of Booking.

Each asks iCloud once more before its transaction, then takes the staff member's lock, asks again under it, and writes
the booking with its placement and its history in one piece. What follows outside is only nudged after the commit.
"""

from __future__ import annotations

from bookings.actions.book import ClientDetails, book
from bookings.actions.cancel import cancel
from bookings.actions.confirm import confirm, confirm_pending, still_pending
from bookings.actions.decide import decide, decide_all
from bookings.actions.disconnect import DisconnectSummary, EventsNotRemoved, disconnect, disconnect_summary
from bookings.actions.preconditions import NotOpen, Refused, live, locked
from bookings.actions.reschedule import move, reschedule, undo
from bookings.actions.restore import restore

__all__ = [
    "ClientDetails",
    "DisconnectSummary",
    "EventsNotRemoved",
    "NotOpen",
    "Refused",
    "book",
    "cancel",
    "confirm",
    "confirm_pending",
    "decide",
    "decide_all",
    "disconnect",
    "disconnect_summary",
    "live",
    "locked",
    "move",
    "reschedule",
    "restore",
    "still_pending",
    "undo",
]
