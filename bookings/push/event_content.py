"""The content of a pushed event: as much as the staff member wants others to see, and never guests.

ORGANIZER and ATTENDEE are never written: iCloud would send mail in the staff member's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import singledispatch

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from availability.intervals import Span
from bookings.models import Booking, LinkedEvent, MirroredSlot, Placement
from connections import ical
from connections.ical import EventDraft
from connections.models import CalendarConfiguration
from practice.language import mail_language
from practice.models import CalendarDetail, Practice

Detail = CalendarConfiguration.Detail

TITLES = {Detail.FULL: "{client} · {service}", Detail.NAME: "{client}", Detail.INITIALS: "{client}"}
PLACEHOLDERS = ("client", "service", "staff")
BUSY, BOOKED = gettext_lazy("Busy"), gettext_lazy("Booked")


@singledispatch
def draft(placement: Placement) -> EventDraft:
    """The event of a placement, whose subject, calendar and connection are loaded."""
    raise TypeError(type(placement).__name__)


@draft.register
def _slot(placement: MirroredSlot) -> EventDraft:
    """A blocked slot: its note, or only that the time is taken where others may look."""
    configuration = CalendarConfiguration.objects.get(user=placement.staff_id)
    note = placement.slot.note if placement.slot and configuration.detail != Detail.BUSY else ""
    start, end = placement.span
    return EventDraft(placement.uid, start, end, configuration.time_zone, note or _said(BUSY, configuration))


def nameless(placement: Placement) -> EventDraft:
    """The event of a booking that must not say who comes: its time, and that it is booked."""
    configuration = CalendarConfiguration.objects.get(user=placement.owner_id)
    return EventDraft(placement.uid, *placement.span, configuration.time_zone, _said(BOOKED, configuration))


@draft.register
def _booking(placement: LinkedEvent) -> EventDraft:
    booking = placement.booking
    if booking.client.erased_at or _is_of_former_colleague(placement):
        return nameless(placement)
    configuration = CalendarConfiguration.objects.get(user=booking.staff_id)
    limit = Practice.current().detail_limit
    detail = Detail(configuration.detail).at_most(limit)
    busy = _said(BUSY, configuration) if detail == Detail.BUSY else ""
    link = f"{settings.BASE_URL}{booking.get_absolute_url()}"
    return EventDraft(
        uid=placement.uid,
        start=booking.start,
        end=booking.end,
        zone=configuration.time_zone,
        summary=(busy or _title(booking, detail, _template(configuration, limit))) + _staff_suffix(placement),
        description=_description(booking, detail, link),
        url=link,
        location=booking.location if detail != Detail.BUSY else "",
        alarm_minutes=configuration.alarm_minutes,
    )


def _is_of_former_colleague(placement: LinkedEvent) -> bool:
    """Does the calendar belong to somebody who was deactivated? They learn no more names."""
    return placement.calendar is not None and not placement.calendar.connection.user.is_active


def is_reshaped(text: bytes) -> bool:
    """Is this an event that is there, but no single piece of time any more?"""
    event = ical.own_event(text)
    return not event.cancelled and single_span(event) is None


def single_span(event: ical.OwnEvent) -> Span | None:
    """The one piece of time that an event takes; None if it is all-day, floating or recurring, or has no length."""
    if event.shape != "timed" or event.start is None or event.end is None or event.start >= event.end:
        return None
    return (event.start, event.end)


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with `{client}`, `{service}` and `{staff}` replaced in one pass: braces in values mean nothing."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template)


def unknown_placeholders(template: str) -> list[str]:
    """What stands in braces in a template but is no placeholder."""
    return [name for name in re.findall(r"\{([^{}]*)\}", template) if name not in PLACEHOLDERS]


def has_lone_brace(template: str) -> bool:
    """Does the template have a brace without its counterpart?"""
    return bool(re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", template)))


def _title(booking: Booking, detail: CalendarDetail, template: str) -> str:
    if booking.service.neutral_title:
        return booking.service.neutral_title
    client = initials(booking.client.name) if detail == Detail.INITIALS else booking.client.name
    values = {"client": client, "service": booking.service.name, "staff": _name(booking)}
    return fill(template or TITLES[detail], values)


def _said(words: Promise, configuration: CalendarConfiguration) -> str:
    """The words in the language of the person whose calendar it is."""
    with translation.override(mail_language(configuration.user)):
        return str(words)


def _template(configuration: CalendarConfiguration, limit: CalendarDetail) -> str:
    """The person's own title; not where it names the service and the practice does not allow that much."""
    names_service = "{service}" in configuration.title_template
    return "" if names_service and limit != Detail.FULL else configuration.title_template


def initials(name: str) -> str:
    """The first letter of each word of a name: “C. B.”."""
    return " ".join(f"{word[0].upper()}." for word in name.split())


def _name(booking: Booking) -> str:
    return booking.staff.get_full_name() or booking.staff.get_username()


def _staff_suffix(placement: LinkedEvent) -> str:
    """The staff member's name, if others link the same calendar and could not tell whose booking it is."""
    if placement.calendar is None:
        return ""
    others = CalendarConfiguration.objects.exclude(user=placement.booking.staff_id).filter(
        linked_calendar__path=placement.calendar.path,
        linked_calendar__connection__username__iexact=placement.calendar.connection.username,
    )
    return f" ({_name(placement.booking)})" if others.exists() else ""


def _description(booking: Booking, detail: str, link: str) -> str:
    if detail != Detail.FULL:
        return link
    return "\n".join(part for part in (booking.seat.address, booking.seat.number, link) if part)
