"""The verbs: nothing else makes a booking or a hold, or changes its time or status.

Elsewhere only `revision` grows when an event is to be written again, and what staff were warned of is noted. Booking
and rescheduling read the calendars once more before their transaction. A booking whose address nobody confirms in time
ends in `booking_lock`, like every expired claim. Every verb takes the lock of the schedule, then checks, and writes the
booking with its placement and its history in one transaction. Pushing and mailing come after the commit.
"""

from __future__ import annotations

from bookings.actions.addresses import release_expired, rush_ends_at
from bookings.actions.approval import approve, expire_undecided, refuse
from bookings.actions.book import book
from bookings.actions.cancel import cancel
from bookings.actions.checks.preconditions import (
    ClientLimitReached,
    LimitReached,
    NotOpen,
    Refused,
    lock_active_booking,
    overlaps_refused,
)
from bookings.actions.checks.unread import CalendarsUnread
from bookings.actions.clients import change_client, merge_clients
from bookings.actions.confirm import confirm, confirm_address, confirm_pending, still_pending
from bookings.actions.covered.away import follow_away_slots, note_away, note_back
from bookings.actions.covered.decide_day import (
    DayDecided,
    decide_day,
    let_all_stand,
    undo_asking,
    undo_standing,
    undoable,
)
from bookings.actions.covered.stand import let_stand
from bookings.actions.decide import decide, decide_all
from bookings.actions.disconnect import DisconnectSummary, EventsNotRemoved, disconnect, disconnect_summary
from bookings.actions.hold import Visitor, extend, forget_old_holds, hold, hold_of, release, take_again
from bookings.actions.making.book_event import book_event
from bookings.actions.making.details import ClientDetails, SeatDetails
from bookings.actions.new_link import send_new_link
from bookings.actions.outcome import note_outcome
from bookings.actions.reschedule import choose_time, hand_over, hand_over_to_any, move, reschedule, undo
from bookings.actions.restore import restore
from bookings.actions.series.book_series import book_series
from bookings.actions.series.hold_series import hold_series
from bookings.actions.series.move_following import following, move_following

__all__ = [
    "CalendarsUnread",
    "ClientDetails",
    "ClientLimitReached",
    "DayDecided",
    "DisconnectSummary",
    "EventsNotRemoved",
    "LimitReached",
    "NotOpen",
    "Refused",
    "SeatDetails",
    "Visitor",
    "approve",
    "book",
    "book_event",
    "book_series",
    "cancel",
    "change_client",
    "choose_time",
    "confirm",
    "confirm_address",
    "confirm_pending",
    "decide",
    "decide_all",
    "decide_day",
    "disconnect",
    "disconnect_summary",
    "expire_undecided",
    "extend",
    "follow_away_slots",
    "following",
    "forget_old_holds",
    "hand_over",
    "hand_over_to_any",
    "hold",
    "hold_of",
    "hold_series",
    "let_all_stand",
    "let_stand",
    "lock_active_booking",
    "merge_clients",
    "move",
    "move_following",
    "note_away",
    "note_back",
    "note_outcome",
    "overlaps_refused",
    "refuse",
    "release",
    "release_expired",
    "reschedule",
    "restore",
    "rush_ends_at",
    "send_new_link",
    "still_pending",
    "take_again",
    "undo",
    "undo_asking",
    "undo_standing",
    "undoable",
]
