"""Somebody leaves, or comes back: their bookings, the names in their calendar, their accounts and their sign-in."""

from __future__ import annotations

from bookings.actions.leaving.accounts import disconnect_at_once, disconnect_settled
from bookings.actions.leaving.bookings import bookings_left, free_colleagues, settle_bookings
from bookings.actions.leaving.deactivate import deactivate, why_not_deactivated
from bookings.actions.leaving.names import named_events
from bookings.actions.leaving.reactivate import missing_for_bookings, reactivate
from bookings.actions.leaving.waiting import Waiting, note_seen_to, waiting_for, waiting_for_each

__all__ = [
    "Waiting",
    "bookings_left",
    "deactivate",
    "disconnect_at_once",
    "disconnect_settled",
    "free_colleagues",
    "missing_for_bookings",
    "named_events",
    "note_seen_to",
    "reactivate",
    "settle_bookings",
    "waiting_for",
    "waiting_for_each",
    "why_not_deactivated",
]
