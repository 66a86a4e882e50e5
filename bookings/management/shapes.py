"""The public JSON of bookings, and finding what a command's arguments name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bookings.models import Booking, LinkedEvent, Proposal, Service
from bookings.openings.explain import Reason
from bookings.openings.search import Opening
from bookings.push.outbox import push_state
from bookings.reconcile.audit import Difference
from practice.commands import Refused
from practice.models import User
from practice.times import iso


def booking_json(booking: Booking) -> dict[str, Any]:
    """`{id, status, uid, start, end, push}`; `uid` is that of the event in the linked calendar, null without one."""
    return {
        "id": booking.pk,
        "status": booking.status,
        "uid": _uid(booking),
        "start": iso(booking.start),
        "end": iso(booking.end),
        "push": str(push_state(booking)),
    }


def _uid(booking: Booking) -> str | None:
    placements = sorted(booking.linked_events.all(), key=lambda one: (one.wanted == LinkedEvent.Wanted.PRESENT, one.pk))
    return placements[-1].uid if placements else None


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """What a proposal asks, and what may be chosen."""
    return {
        "id": proposal.pk,
        "booking": proposal.booking_id,
        "kind": proposal.kind,
        "reason": proposal.reason,
        "start": iso(proposal.new_start),
        "end": iso(proposal.new_end),
        "choices": [str(choice) for choice in proposal.choices],
    }


def opening_json(opening: Opening) -> dict[str, Any]:
    """`{start, end, staff}`."""
    return {"start": iso(opening.start), "end": iso(opening.end), "staff": opening.staff.get_username()}


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
    """`{kind, booking, calendar, href, text}`; `booking` and `href` are null where a whole calendar is meant.

    With `note` where it is known why a repair left it.
    """
    return ({"note": difference.note} if difference.note else {}) | {
        "kind": str(difference.kind),
        "booking": difference.booking,
        "calendar": difference.calendar,
        "href": difference.href or None,
        "text": difference.text,
    }


def booking_numbered(number: int) -> Booking:
    """The booking of that number; Refused if there is none."""
    try:
        return Booking.objects.select_related("service", "client", "staff").get(pk=number)
    except Booking.DoesNotExist:
        raise Refused(_("There is no booking %(id)s.") % {"id": number}) from None


def service_named(slug: str) -> Service:
    """The service of that slug; Refused if there is none."""
    try:
        return Service.objects.get(slug=slug)
    except Service.DoesNotExist:
        raise Refused(_("There is no service “%(slug)s”.") % {"slug": slug}) from None


def staff_of(service: Service, user: User | None) -> list[User]:
    """The staff members of a service, or the one asked for; Refused if that one does not offer it."""
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if user is None:
        return able
    if user not in able:
        raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": user, "service": service})
    return [user]
