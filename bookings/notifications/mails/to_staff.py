"""Mails to staff about what a client did shortly before the start."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.contacts.phones import display_phone
from bookings.links import host, new_public_id
from bookings.models import BookingChange, Mail, Seat
from bookings.readers import as_read_by
from practice import time_format
from practice.mails.content import Button, Content, Heading, fact_list
from practice.models import Practice

SOON = timedelta(hours=24)
_KINDS = {
    BookingChange.Kind.MADE: Mail.Kind.STAFF_BOOKED,
    BookingChange.Kind.ADDRESS: Mail.Kind.STAFF_BOOKED,
    BookingChange.Kind.CONFIRMED: Mail.Kind.STAFF_BOOKED,
    BookingChange.Kind.MOVED: Mail.Kind.STAFF_MOVED,
    BookingChange.Kind.CANCELLED: Mail.Kind.STAFF_CANCELLED,
}


def announce(change: BookingChange) -> None:
    """Write a mail to the staff member if the client did something that concerns the next 24 hours, or a request ended.

    Of a booking they hear when the client has confirmed the address. A request they are asked about instead.
    """
    booking, staff = change.booking, change.booking.staff
    kind = _kind(change)
    if kind is None or not staff.work_address:
        return
    seat = Seat.objects.get(booking=booking)
    unsent = seat.mails.unsent().filter(kind__in=Mail.STAFF_KINDS, recipient=staff.email)
    unsent.update(state=Mail.State.DROPPED)
    Mail.objects.create(
        seat=seat,
        change=change,
        kind=kind,
        recipient=staff.work_address,
        message_id=f"<{new_public_id()}@{host()}>",
        uid=seat.uid,
        sequence=seat.sequence,
        created_at=change.at,
        due_at=change.at,
        start=booking.start,
        end=booking.end,
    )


def _kind(change: BookingChange) -> Mail.Kind | None:
    """What the staff member is mailed; None if nothing."""
    made = (BookingChange.Kind.MADE, BookingChange.Kind.ADDRESS)
    if change.kind == BookingChange.Kind.EXPIRED:
        return Mail.Kind.STAFF_EXPIRED
    if change.source != BookingChange.Source.CLIENT or not _is_soon(change) or change.booking.address_due_at:
        return None
    if change.kind in made and change.booking.approval_due_at:
        return None
    return _KINDS.get(BookingChange.Kind(change.kind))


def content(mail: Mail) -> Content:
    """The words of a mail to staff, on their clock and in their language."""
    booking = mail.seat.booking
    with as_read_by(booking.staff):
        words = {"client": mail.seat.client.name, "time": time_format.short_day_and_clock(mail.start)}
        heading = _sentence(mail) % words
        facts = fact_list(
            (_("Service"), booking.service.name),
            (_("Phone"), display_phone(mail.seat.number, Practice.current().country)),
            (_("Reason"), mail.change.reason if mail.change else ""),
        )
        button = Button(_("Open the booking"), f"{settings.BASE_URL}{booking.get_absolute_url()}")
        language = translation.get_language() or settings.LANGUAGE_CODE
    return Content(heading, language, (Heading(heading), facts, button))


def _sentence(mail: Mail) -> str:
    if mail.kind == Mail.Kind.STAFF_BOOKED:
        return _("%(client)s has booked %(time)s.")
    if mail.kind == Mail.Kind.STAFF_MOVED:
        return _("%(client)s has moved the booking to %(time)s.")
    if mail.kind == Mail.Kind.STAFF_EXPIRED:
        return _("Nobody decided in time: the request of %(client)s for %(time)s has ended.")
    return _("%(client)s has cancelled %(time)s.")


def _is_soon(change: BookingChange) -> bool:
    starts = filter(None, (change.old_start, change.new_start))
    return any(change.at < start <= change.at + SOON for start in starts)
