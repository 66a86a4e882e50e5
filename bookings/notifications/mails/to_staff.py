"""Mails to staff about what a client did shortly before the start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.contacts.phones import display_phone
from bookings.links import host, new_public_id
from bookings.models import Booking, BookingChange, Mail, Seat
from bookings.readers import as_read_by
from practice import time_format
from practice.mails.content import Block, Button, Content, Heading, Run, fact_list, item_list
from practice.models import Practice

SOON = timedelta(hours=24)
_KINDS = {
    BookingChange.Kind.MADE: Mail.Kind.STAFF_BOOKED,
    BookingChange.Kind.ADDRESS: Mail.Kind.STAFF_BOOKED,
    BookingChange.Kind.CONFIRMED: Mail.Kind.STAFF_BOOKED,
    BookingChange.Kind.MOVED: Mail.Kind.STAFF_MOVED,
    BookingChange.Kind.CANCELLED: Mail.Kind.STAFF_CANCELLED,
}


def announce(change: BookingChange, batch: str = "") -> None:
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
        batch=batch,
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


def content(mails: Sequence[Mail]) -> Content:
    """The words of a mail to staff, on their clock and in their language. Several are of one kind and one batch.

    What a client did with several appointments at once is told of all if one of them concerns the next 24 hours.
    """
    mail, booking = mails[0], mails[0].seat.booking
    bookings = _concerned(mails)
    with as_read_by(booking.staff):
        heading = _heading(mail, len(bookings))
        facts = fact_list(
            (_("Service"), booking.service.name),
            (_("Phone"), display_phone(mail.seat.number, Practice.current().country)),
            (_("Reason"), mail.change.reason if mail.change else ""),
        )
        blocks: list[Block] = (
            [item_list(*map(_item, bookings)), facts] if len(bookings) > 1 else [facts, _link(booking)]
        )
        language = translation.get_language() or settings.LANGUAGE_CODE
    return Content(heading, language, (Heading(heading), *blocks))


def _concerned(mails: Sequence[Mail]) -> list[Booking]:
    """The bookings of these mails, and those of the staff member about which the client hears in the same batch.

    Not what has been cancelled since, unless cancelling is what happened.
    """
    mail = mails[0]
    if not mail.batch:
        return [one.seat.booking for one in mails]
    told = Mail.objects.to_clients().filter(batch=mail.batch).values("seat__booking")
    own = Q(pk__in=[one.seat.booking_id for one in mails]) | Q(pk__in=told, staff=mail.seat.booking.staff_id)
    ended = mail.kind in (Mail.Kind.STAFF_CANCELLED, Mail.Kind.STAFF_EXPIRED)
    found = Booking.objects.filter(own).order_by("start", "pk")
    return [booking for booking in found if booking.live is not ended]


def _heading(mail: Mail, count: int) -> str:
    if count > 1:
        return _sentence_about_several(mail) % {"client": mail.seat.client.name, "count": count}
    words = {"client": mail.seat.client.name, "time": time_format.short_day_and_clock(mail.start)}
    return _sentence(mail) % words


def _url(booking: Booking) -> str:
    return f"{settings.BASE_URL}{booking.get_absolute_url()}"


def _link(booking: Booking) -> Button:
    return Button(_("Open the booking"), _url(booking))


def _item(booking: Booking) -> list[Run]:
    return [Run(time_format.short_day_and_clock(booking.start), url=_url(booking))]


def _sentence_about_several(mail: Mail) -> str:
    if mail.kind == Mail.Kind.STAFF_BOOKED:
        return _("%(client)s has booked %(count)s appointments.")
    if mail.kind == Mail.Kind.STAFF_MOVED:
        return _("%(client)s has moved %(count)s appointments.")
    if mail.kind == Mail.Kind.STAFF_EXPIRED:
        return _("Nobody decided in time: %(count)s requests of %(client)s have ended.")
    return _("%(client)s has cancelled %(count)s appointments.")


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
