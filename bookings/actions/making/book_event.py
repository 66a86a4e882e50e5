"""Make a booking of an event that a former copy of Kalends put into a calendar, after a backup was restored."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.actions import history
from bookings.actions.checks.preconditions import Refused, nudge, overlaps_refused, take_time
from bookings.actions.making.details import ClientDetails, tidy_details
from bookings.clients import client_of
from bookings.models import Booking, BookingChange, Claim, LinkedEvent, MirroredSlot, Seat, Service, booking_lock
from bookings.models.placement import whereabouts
from bookings.notifications.mails import news
from bookings.push.event_content import single_span
from connections import dav, ical, push
from connections.models import Event
from practice.models import User


def book_event(
    event: Event, *, service: Service, client: ClientDetails, now: datetime, actor: User | None = None
) -> Booking:
    """Make a booking of the event, at its time and with the person whose calendar it is in.

    The event stays what it is: the booking takes over its UID, name and version, so there is never a second one. It is
    written anew, with the present link, only where no device has changed it. The client is told nothing, because they
    know the appointment. The booking may overlap others: its time is taken, whatever else is. Raises Refused.
    """
    client = tidy_details(client)
    stored = _read(event)
    span = single_span(ical.own_event(stored.text))
    if span is None or ical.own_event(stored.text).cancelled:
        raise Refused(_("This event is all-day, repeats or was cancelled. Correct it on the iPhone, or book by hand."))
    with overlaps_refused(), booking_lock(event.calendar.connection.user, now):
        if _is_known(event.uid):
            raise Refused(_("This event belongs to a booking already."))
        booking = Booking(service=service, staff=event.calendar.connection.user, status=Booking.Status.CONFIRMED)
        take_time(booking, *span, overlap_allowed=_overlaps(booking, span, now))
        booking.save()
        known = client_of(client.name, client.email, client.phone, now=now, actor=actor)
        seat = Seat.objects.create(booking=booking, client=known)
        change = history.record(
            booking, BookingChange.Kind.MADE, BookingChange.Source.STAFF, now=now, actor=actor, tell_client=False
        )
        news.note_known(seat, change)
        _adopt(booking, event, stored, span)
        push.remember(event.calendar, stored, now)
        nudge(booking)
    return booking


def _read(event: Event) -> push.Stored:
    """The event as it is in the calendar now. Raises Refused."""
    try:
        stored = push.find(event.calendar, event.href, event.uid)
    except dav.DavError:
        raise Refused(_("The calendar could not be read just now. Try again in a minute.")) from None
    if stored is None or stored.href != event.href:
        raise Refused(_("The event is not there any more. Load the page again."))
    if not stored.text:
        raise Refused(_("The calendar could not be read just now. Try again in a minute."))
    return stored


def _is_known(uid: str) -> bool:
    return any(kind.objects.filter(uid=uid).exists() for kind in (LinkedEvent, MirroredSlot))


def _overlaps(booking: Booking, span: Span, now: datetime) -> bool:
    shape = booking.service.shape
    taken = Claim.objects.filter(staff=booking.staff).active(now)
    return taken.overlapping(span[0] - shape.buffer_before, span[1] + shape.buffer_after).exists()


def _adopt(booking: Booking, event: Event, stored: push.Stored, span: Span) -> None:
    """Let the booking's placement go on from the event as it stands."""
    is_ours = ical.has_own_prodid(stored.text)
    LinkedEvent.objects.create(
        booking=booking,
        **whereabouts(event.calendar),
        uid=event.uid,
        href=stored.href,
        etag=stored.etag,
        agreed_start=span[0],
        agreed_end=span[1],
        agreed_text=stored.text,
        pushed_revision=0 if is_ours else booking.revision,
        state=LinkedEvent.State.QUEUED if is_ours else LinkedEvent.State.PUSHED,
    )
