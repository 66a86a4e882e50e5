"""Plain mail: to clients about their bookings, to staff about what they must decide."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingChange, Proposal
from connections.models import CalendarConfiguration

Kind = BookingChange.Kind


def tell_client(change: BookingChange) -> bool:
    """Mail the client what became of the booking; False if the client left no address."""
    booking = change.booking
    if not booking.client.email:
        return False
    with translation.override(booking.client.language or settings.LANGUAGE_CODE):
        send_mail(_subject(change), _letter(change), settings.DEFAULT_FROM_EMAIL, [booking.client.email])
    return True


def _subject(change: BookingChange) -> str:
    values = {"service": change.booking.service.name, "time": _when(change.booking, change.booking.start)}
    if change.kind == Kind.CANCELLED:
        return _("Cancelled: %(service)s, %(time)s") % values
    if change.booking.status == Booking.Status.PENDING:
        return _("Received: %(service)s, %(time)s") % values
    if change.kind == Kind.MOVED:
        return _("New time: %(service)s, %(time)s") % values
    return _("Booked: %(service)s, %(time)s") % values


def _letter(change: BookingChange) -> str:
    booking = change.booking
    lines = [_("Hello %(name)s,") % {"name": booking.client.name}, "", _sentence(change)]
    if change.old_start and change.kind == Kind.MOVED:
        lines.append(_("Before: %(time)s.") % {"time": _when(booking, change.old_start)})
    if booking.service.location and booking.live:
        lines.append(_("Where: %(location)s") % {"location": booking.service.location})
    staff = booking.staff.get_full_name() or booking.staff.get_username()
    return "\n".join([*lines, "", staff])


def _sentence(change: BookingChange) -> str:
    booking = change.booking
    values = {"service": booking.service.name, "time": _when(booking, booking.start)}
    if change.kind == Kind.CANCELLED:
        return _("your booking “%(service)s” on %(time)s is cancelled.") % values
    if booking.status == Booking.Status.PENDING:
        return _("we received your booking “%(service)s” for %(time)s. We confirm by mail as soon as we can.") % values
    if change.kind == Kind.MOVED:
        return _("your booking “%(service)s” has a new time: %(time)s.") % values
    return _("your booking “%(service)s” on %(time)s is confirmed.") % values


def propose(proposal: Proposal) -> bool:
    """Mail the staff member what happened on the phone and where to decide; False without an address."""
    booking = proposal.booking
    if not booking.staff.email:
        return False
    what = {"what": proposal.get_kind_display(), "client": booking.client.name, "time": _when(booking, booking.start)}
    lines = [
        _("%(what)s: %(client)s, %(time)s.") % what,
        proposal.reason,
        "",
        _("The booking stands until you decide: %(link)s") % {"link": _link("bookings:proposals")},
    ]
    send_mail(
        _("Please decide: %(client)s, %(time)s") % what,
        "\n".join(lines),
        settings.DEFAULT_FROM_EMAIL,
        [booking.staff.email],
    )
    return True


def _link(name: str) -> str:
    return f"{settings.BASE_URL}{reverse(name)}"


def _when(booking: Booking, moment: datetime) -> str:
    """The moment in the client's zone, else the staff member's, with the zone's name."""
    zone = booking.client.time_zone or _zone_of(booking.staff)
    return f"{formats.date_format(moment.astimezone(ZoneInfo(zone)), 'DATETIME_FORMAT')} ({zone})"


def _zone_of(staff: User) -> str:
    configuration = CalendarConfiguration.objects.filter(user=staff).first()
    return configuration.time_zone if configuration else settings.TIME_ZONE
