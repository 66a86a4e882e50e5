"""Plain mail: to clients about their bookings, to staff about what they must decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.contacts.phones import display_phone
from bookings.contacts.written import one_line
from bookings.models import Booking, BookingChange, Proposal
from bookings.notifications.addresses import encode_domain
from connections.models import CalendarConfiguration
from practice import time_format
from practice.models import Practice, User

Kind = BookingChange.Kind


def tell_client(change: BookingChange, known: BookingChange | None = None) -> bool:
    """Mail the client how their booking stands after `change`; `known` is the change that they were told last.

    False if the client has no address, or if nothing differs from what they were told.
    """
    booking = change.booking
    if not booking.client.email or (known and _says_the_same(change, known)):
        return False
    with translation.override(booking.seat.spoken_language or settings.LANGUAGE_CODE):
        send(_subject(change, known), _body(change, known), booking.client.email)
    return True


def send(subject: str, body: str, address: str) -> None:
    """Send one mail to one address; a name in its subject cannot start another header."""
    send_mail(one_line(subject), body, settings.DEFAULT_FROM_EMAIL, [encode_domain(address)])


def _says_the_same(change: BookingChange, known: BookingChange) -> bool:
    """Was the booking moved there and back again since?"""
    times = (change.new_start, change.new_end) == (known.new_start, known.new_end)
    since = change.booking.changes.filter(at__gte=known.at).exclude(pk=known.pk)
    return times and not since.exclude(kind__in=(Kind.MOVED, Kind.UNDONE)).exists()


def _is_move(change: BookingChange, known: BookingChange | None) -> bool:
    """Does the time differ from the one the client knows? Who was told nothing yet hears of a booking, not of moves."""
    moved = change.kind in (Kind.MOVED, Kind.UNDONE)
    return moved and known is not None and (change.new_start, change.new_end) != (known.new_start, known.new_end)


def _at(change: BookingChange, known: BookingChange | None) -> datetime:
    """The time by which the client knows the booking; of a cancelled one, the time they were told."""
    return known.new_start if known and change.ends_booking else change.booking.start


def _subject(change: BookingChange, known: BookingChange | None) -> str:
    values = {"service": change.booking.service.name, "time": _to_client(change.booking, _at(change, known))}
    if change.ends_booking:
        return _("Cancelled: %(service)s, %(time)s") % values
    if change.booking.status == Booking.Status.PENDING:
        return _("Received: %(service)s, %(time)s") % values
    if _is_move(change, known):
        return _("New time: %(service)s, %(time)s") % values
    return _("Booked: %(service)s, %(time)s") % values


def _body(change: BookingChange, known: BookingChange | None) -> str:
    booking = change.booking
    lines = [_("Hello %(name)s,") % {"name": booking.client.name}, "", _sentence(change, known)]
    if known and _is_move(change, known):
        if known.new_start == booking.start:
            lines.append(_("It now ends at %(time)s.") % {"time": _to_client(booking, booking.end)})
        else:
            lines.append(_("Before: %(time)s.") % {"time": _to_client(booking, known.new_start)})
    if booking.location and booking.live:
        lines.append(_("Where: %(location)s") % {"location": booking.location})
    staff = booking.staff.get_full_name() or booking.staff.get_username()
    return "\n".join([*lines, "", staff])


def _sentence(change: BookingChange, known: BookingChange | None) -> str:
    booking = change.booking
    values = {"service": booking.service.name, "time": _to_client(booking, _at(change, known))}
    if change.ends_booking:
        return _("your booking “%(service)s” on %(time)s is cancelled.") % values
    if booking.status == Booking.Status.PENDING:
        return (
            _("we received your booking “%(service)s” for %(time)s. We will confirm it by e-mail as soon as we can.")
            % values
        )
    if _is_move(change, known):
        return _("your booking “%(service)s” has a new time: %(time)s.") % values
    return _("your booking “%(service)s” on %(time)s is confirmed.") % values


def ask_staff(proposals: Sequence[Proposal], token: str) -> bool:
    """Mail the staff member what happened on the iPhone, with a link to decide; False without an address.

    Several proposals are deletions of one day, which are decided together.
    """
    booking = proposals[0].booking
    if not booking.staff.email:
        return False
    count = len(proposals)
    until = ngettext("The booking stands until you decide:", "The bookings stand until you decide:", count)
    lines = [
        *(_what(proposal) for proposal in proposals),
        "",
        until,
        _link("proposals:from_mail", token),
    ]
    subject = _("Please decide: %(client)s, %(time)s") % {
        "client": booking.client.name,
        "time": _to_staff(booking),
    }
    if count > 1:
        subject = ngettext(
            "Please decide: %(count)s booking deleted on the iPhone",
            "Please decide: %(count)s bookings deleted on the iPhone",
            count,
        ) % {"count": count}
    send(subject, "\n".join(lines), booking.staff.email)
    return True


def _what(proposal: Proposal) -> str:
    booking = proposal.booking
    text = _("%(what)s: %(client)s, %(time)s.") % {
        "what": proposal.get_kind_display(),
        "client": booking.client.name,
        "time": _to_staff(booking),
    }
    return f"{text} {proposal.reason}".strip()


def warn_unconfirmed(booking: Booking) -> bool:
    """Mail the staff member that a booking is still pending shortly before it starts, with a phone number."""
    if not booking.staff.email:
        return False
    values = {"client": booking.client.name, "time": _to_staff(booking)}
    lines = [
        _("%(client)s is booked for %(time)s, but your calendar could not be read, so nothing is confirmed.") % values,
        _("Phone: %(phone)s") % {"phone": _phone_of(booking) or _("not given")},
        f"{settings.BASE_URL}{booking.get_absolute_url()}",
    ]
    subject = _("Not confirmed yet: %(client)s, %(time)s") % values
    send(subject, "\n".join(lines), booking.staff.email)
    return True


def _phone_of(booking: Booking) -> str:
    return display_phone(booking.client.phone, Practice.current().country)


def _link(name: str, *arguments: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"


def _to_client(booking: Booking, moment: datetime) -> str:
    """The moment as the client's clock shows it or, if their zone is not known, the staff member's."""
    zone = ZoneInfo(booking.seat.clock_zone) if booking.seat.clock_zone else _zone_of(booking.staff)
    return time_format.day_and_clock_in(zone, moment)


def _to_staff(booking: Booking) -> str:
    """The start as the staff member's clock shows it."""
    return time_format.day_and_clock_in(_zone_of(booking.staff), booking.start)


def _zone_of(staff: User) -> ZoneInfo:
    return CalendarConfiguration.of(staff).zone
