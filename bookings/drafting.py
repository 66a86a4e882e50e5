"""What a booking looks like on the calendar: as much as the staff member wants others to see, and never guests.

ORGANIZER and ATTENDEE are never written: iCloud would send mail in the staff member's name.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import Booking, LinkedEvent
from connections.ical import EventDraft
from connections.models import CalendarConfiguration

Detail = CalendarConfiguration.Detail


def draft(placement: LinkedEvent) -> EventDraft:
    """The event of a placement, whose booking, calendar and connection are loaded."""
    booking = placement.booking
    configuration = CalendarConfiguration.objects.get(user=booking.staff_id)
    link = f"{settings.BASE_URL}{booking.get_absolute_url()}"
    return EventDraft(
        uid=placement.uid,
        start=booking.start,
        end=booking.end,
        zone=configuration.time_zone,
        summary=_title(booking, configuration.detail) + _whose(placement),
        description=_description(booking, configuration.detail, link),
        url=link,
        location=booking.service.location if configuration.detail != Detail.BUSY else "",
    )


def _title(booking: Booking, detail: str) -> str:
    if detail == Detail.BUSY:
        return _("Busy")
    if booking.service.neutral_title:
        return booking.service.neutral_title
    if detail == Detail.FULL:
        return f"{booking.client.name} · {booking.service.name}"
    return booking.client.name


def _whose(placement: LinkedEvent) -> str:
    """The staff member's name, where others link the same calendar and could not tell whose booking it is."""
    if placement.calendar is None:
        return ""
    others = CalendarConfiguration.objects.exclude(user=placement.booking.staff_id).filter(
        linked_calendar__path=placement.calendar.path,
        linked_calendar__connection__username=placement.calendar.connection.username,
    )
    staff = placement.booking.staff
    return f" ({staff.get_full_name() or staff.get_username()})" if others.exists() else ""


def _description(booking: Booking, detail: str, link: str) -> str:
    if detail != Detail.FULL:
        return link
    return "\n".join(part for part in (booking.client.email, booking.client.phone, link) if part)
