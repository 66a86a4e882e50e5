"""The public JSON of bookings, mails, proposals, openings, reasons and differences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings.actions import DayDecided, NotOpen
from bookings.models import Booking, Hold, LinkedEvent, Mail, Proposal, Seat
from bookings.openings.choice_words import why_staff
from bookings.openings.reasons import Reason
from bookings.openings.search import Opening
from bookings.proposals import covered_days
from bookings.proposals.covered_days import CHOICES
from bookings.push.outbox import push_state
from bookings.reconcile.audit import Difference
from practice.times import iso


def booking_json(booking: Booking) -> dict[str, Any]:
    """`{id, status, cause, uid, start, end, push, link, staff, why_staff}`.

    `uid` is that of the event in the linked calendar, null without one. `link` leads to the client's own page.
    """
    return {
        "id": booking.pk,
        "status": booking.status,
        "cause": str(booking.cause),
        "uid": _uid(booking),
        "start": iso(booking.start),
        "end": iso(booking.end),
        "push": str(push_state(booking)),
        "link": booking.seat.link,
        "staff": booking.staff.get_username(),
        "why_staff": why_staff(booking),
    }


def _uid(booking: Booking) -> str | None:
    placements = sorted(booking.linked_events.all(), key=lambda one: (one.wanted == LinkedEvent.Wanted.PRESENT, one.pk))
    return placements[-1].uid if placements else None


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """What a proposal asks, and what may be chosen.

    With `together`, the ids of those that are decided with it, if one event covers several bookings of a day.
    """
    group = covered_days.group_of(proposal)
    together = {"together": [one.pk for one in group]} if group else {}
    for_all = CHOICES[Proposal.Kind(proposal.kind)] if group else ()
    return together | {
        "id": proposal.pk,
        "booking": proposal.booking_id,
        "kind": proposal.kind,
        "reason": proposal.reason,
        "start": iso(proposal.new_start),
        "end": iso(proposal.new_end),
        "choices": [str(choice) for choice in (*proposal.choices, *for_all)],
    }


def day_json(result: DayDecided) -> dict[str, Any]:
    """`{decided, left, refused}`: how many bookings, for how many nobody else is free, and why others were not."""
    return {"decided": result.decided, "left": result.left, "refused": result.refused}


def mail_json(mail: Mail) -> dict[str, Any]:
    """`{id, booking, kind, state, recipient, due, sent, uid, sequence, message_id}`; no recipient: by phone."""
    return {
        "id": mail.pk,
        "booking": mail.seat.booking_id,
        "kind": mail.kind,
        "state": mail.state,
        "recipient": mail.recipient,
        "due": iso(mail.next_try_at or mail.due_at),
        "sent": iso(mail.sent_at),
        "uid": mail.uid,
        "sequence": mail.sequence,
        "message_id": mail.message_id,
    }


def reminder_json(seat: Seat, due: datetime) -> dict[str, Any]:
    """A reminder that is computed and not written yet, in the shape of `mail_json`."""
    return {
        "id": None,
        "booking": seat.booking_id,
        "kind": str(Mail.Kind.REMINDER),
        "state": str(Mail.State.DUE),
        "recipient": seat.address,
        "due": iso(due),
        "sent": None,
        "uid": seat.uid,
        "sequence": seat.sequence,
        "message_id": None,
    }


def opening_json(opening: Opening) -> dict[str, Any]:
    """`{start, end, staff}`."""
    return {"start": iso(opening.start), "end": iso(opening.end), "staff": opening.staff.get_username()}


def hold_json(hold: Hold) -> dict[str, Any]:
    """`{hold, start, end, staff, expires_at}`; `hold` is the id that its address has."""
    return {
        "hold": hold.public_id,
        "start": iso(hold.start),
        "end": iso(hold.end),
        "staff": hold.staff.get_username(),
        "expires_at": iso(hold.expires_at),
    }


def refusal_json(error: NotOpen) -> dict[str, Any]:
    """`{error, openings}`: why a time cannot be had, and which can."""
    return {"error": str(error), "openings": [opening_json(one) for one in error.alternatives]}


def with_alternatives(error: NotOpen) -> str:
    """Why a time cannot be had, with the times that can, in a sentence."""
    if not error.alternatives:
        return str(error)
    times = ", ".join(str(iso(one.start)) for one in error.alternatives)
    openings = _("Next openings: %(times)s.") % {"times": times}
    return f"{error} {openings}"


def reason_json(reason: Reason) -> dict[str, Any]:
    """`{kind, blocks, text, start, end}`; a start or end that is null is open."""
    return {
        "kind": str(reason.kind),
        "blocks": reason.blocks,
        "text": reason.text,
        "start": iso(reason.start),
        "end": iso(reason.end),
    }


def difference_json(difference: Difference) -> dict[str, Any]:
    """`{kind, booking, calendar, href, text}`; `booking` and `href` are null if it is about a whole calendar.

    With `note` if it is known why a repair did not fix it.
    """
    return ({"note": difference.note} if difference.note else {}) | {
        "kind": str(difference.kind),
        "booking": difference.booking,
        "calendar": difference.calendar,
        "href": difference.href or None,
        "text": difference.text,
    }
