"""What a change tells the client, written in the transaction of the change as a row that a worker sends.

What counts is what the client knows: who was told nothing yet hears of a booking and not of a move, and of a move there
and back nothing at all.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from bookings.links import host, new_public_id
from bookings.models import Booking, BookingChange, Mail, Seat
from bookings.notifications.mails import to_staff

Kind = Mail.Kind
Source = BookingChange.Source


class Standing(Enum):
    """How a booking stands for its client."""

    UNKNOWN = auto()
    ADDRESS = auto()
    PENDING = auto()
    CONFIRMED = auto()
    CANCELLED = auto()


_STANDING = {
    Kind.ADDRESS_TO_CONFIRM: Standing.ADDRESS,
    Kind.PENDING: Standing.PENDING,
    Kind.CANCELLATION: Standing.CANCELLED,
    Kind.NOT_CONFIRMED: Standing.CANCELLED,
}


def announce(change: BookingChange, *, at: datetime, tell_client: bool, batch: str = "") -> None:
    """Write the mails of a change, due `at`, in one batch. What was not sent yet of earlier ones is dropped."""
    for seat in Seat.objects.filter(booking=change.booking, client__erased_at=None):
        if change.kind == BookingChange.Kind.ASKED:
            _ask(seat, change, at)
            continue
        if change.kind == BookingChange.Kind.STANDS:
            _let_stand(seat, change, at)
            continue
        drop_unsent(seat)
        if tell_client:
            _announce_to(seat, change, at, batch)
    to_staff.announce(change, batch)


def drop_unsent(seat: Seat) -> None:
    """Tell the client nothing more of what was not told yet: a later change tells it, or there is nothing new.

    A new link is told all the same, because the later change may be undone.
    """
    seat.mails.to_clients().unsent().exclude(kind=Kind.NEW_LINK).update(state=Mail.State.DROPPED)


def last_told(seat: Seat, *, before: Mail | None = None) -> Mail | None:
    """The last news that the client has about this seat; of those before one mail."""
    told = seat.mails.news().told()
    return (told.filter(pk__lt=before.pk) if before else told).order_by("pk").last()


def kind_now(mail: Mail, known: Mail | None) -> Kind | None:
    """What a mail is if `known` is what its client was told last; None if it says nothing new."""
    source = Source(mail.change.source) if mail.change else Source.KALENDS
    is_news = _may_know(mail)
    kind = _kind(_standing_told(mail), source, (mail.start, mail.end), known, is_news=is_news)
    if kind is None and known and _standing_told(mail) is Standing.CONFIRMED and _is_handed_over(mail, known):
        return Kind.HANDED_OVER
    refusals = (BookingChange.Kind.REFUSED, BookingChange.Kind.EXPIRED)
    was_refused = mail.change is not None and mail.change.kind in refusals
    return Kind.NOT_CONFIRMED if was_refused and kind == Kind.CANCELLATION else kind


def _is_handed_over(mail: Mail, known: Mail) -> bool:
    """Was the booking given to somebody else since the client was told?"""
    changes = mail.seat.booking.changes.filter(kind=BookingChange.Kind.HANDED_OVER)
    return changes.filter(pk__gt=known.change_id or 0, pk__lte=mail.change_id or 0).exists()


def _may_know(mail: Mail) -> bool:
    """May the client know of the booking without a mail? They booked it themselves, or are called, or a mail failed."""
    if not mail.recipient or mail.seat.mails.news().filter(state=Mail.State.FAILED).exists():
        return True
    return mail.seat.booking.changes.filter(kind=BookingChange.Kind.MADE, source=Source.CLIENT).exists()


def note_known(seat: Seat, change: BookingChange) -> None:
    """The client has a confirmation from before this copy was restored: news that follows is told as a change of it."""
    mail = Mail(seat=seat, change=change, kind=Kind.CONFIRMATION, recipient=seat.address, state=Mail.State.DROPPED)
    mail.created_at = mail.due_at = change.at
    mail.start, mail.end = change.new_start, change.new_end
    mail.error_code = Mail.SENT_BEFORE_RESTORE
    fix_identity(mail, is_next_version=False)
    mail.save()


def _announce_to(seat: Seat, change: BookingChange, at: datetime, batch: str) -> None:
    known, booking = last_told(seat), change.booking
    mail = Mail(seat=seat, change=change, recipient=seat.address, created_at=change.at, due_at=at, batch=batch)
    mail.start, mail.end = booking.start, booking.end
    mail.kind = _first_kind(_standing(booking))
    kind = kind_now(mail, known)
    if kind is None:
        return
    mail.kind = kind
    if kind in Mail.ENDING_KINDS and known:
        mail.start, mail.end = known.start, known.end
    if not mail.recipient and change.source == Source.CLIENT:
        mail.state, mail.sent_at = Mail.State.SENT, change.at  # they saw it on the page
    fix_identity(mail, is_next_version=seat.mails.news().exists())
    mail.save()


def _ask(seat: Seat, change: BookingChange, at: datetime) -> None:
    """Write the mail that asks for another time. The booking stands as before, so news of it is told all the same."""
    replaced = (Kind.REMINDER, Kind.ASKED_NEW_TIME, Kind.STANDS)
    seat.mails.unsent().filter(kind__in=replaced).update(state=Mail.State.DROPPED)
    _write_repeating(seat, change, Kind.ASKED_NEW_TIME, at)


def was_asked(seat: Seat) -> bool:
    """Has the client read, or may they have read, the last mail that asks for another time?"""
    asked = seat.mails.filter(kind=Kind.ASKED_NEW_TIME).order_by("pk").last()
    return asked is not None and seat.mails.told().filter(pk=asked.pk).exists()


def _let_stand(seat: Seat, change: BookingChange, at: datetime) -> None:
    """Write the mail that the appointment stands after all; there is none for a client who was not asked yet."""
    asked = seat.mails.filter(kind=Kind.ASKED_NEW_TIME)
    (asked.unsent() | asked.filter(state=Mail.State.FAILED)).update(state=Mail.State.DROPPED)
    if was_asked(seat):
        _write_repeating(seat, change, Kind.STANDS, at)


def _write_repeating(seat: Seat, change: BookingChange, kind: Mail.Kind, at: datetime) -> None:
    """Write a mail that changes nothing about how the booking stands."""
    mail = Mail(seat=seat, change=change, kind=kind, recipient=seat.address)
    mail.created_at, mail.due_at = change.at, at
    mail.start, mail.end = change.new_start, change.new_end
    fix_identity(mail, is_next_version=False)
    mail.save()


def fix_identity(mail: Mail, *, is_next_version: bool) -> None:
    """Give the mail its Message-ID and, of the event in the client's calendar, the UID and the SEQUENCE.

    `is_next_version`: the mail has another version of that event than the mails before it.
    """
    seat = mail.seat
    if is_next_version:
        seat.sequence += 1
        seat.save(update_fields=["sequence"])
    mail.message_id = f"<{new_public_id()}@{host()}>"
    mail.uid, mail.sequence = seat.uid, seat.sequence


def _standing(booking: Booking) -> Standing:
    if not booking.live:
        return Standing.CANCELLED
    if booking.address_due_at:
        return Standing.ADDRESS
    return Standing.PENDING if booking.status == Booking.Status.PENDING else Standing.CONFIRMED


def _first_kind(standing: Standing) -> Kind:
    return next((kind for kind, one in _STANDING.items() if one == standing), Kind.CONFIRMATION)


def _standing_told(mail: Mail | None) -> Standing:
    """How the booking stands for who has read this mail."""
    return _STANDING.get(Kind(mail.kind), Standing.CONFIRMED) if mail else Standing.UNKNOWN


def _kind(
    standing: Standing, source: Source, times: tuple[datetime, datetime], known: Mail | None, *, is_news: bool
) -> Kind | None:
    """`is_news`: a cancellation is told although nothing was, because the client may know of the booking otherwise."""
    before = _standing_told(known)
    if standing == Standing.CANCELLED:
        unknown = before == Standing.UNKNOWN and not is_news
        return None if before == Standing.CANCELLED or unknown else Kind.CANCELLATION
    if before == standing and known and (known.start, known.end) == times:
        return None
    if standing != Standing.CONFIRMED:
        return _first_kind(standing)
    if before in (Standing.UNKNOWN, Standing.CANCELLED):
        return Kind.CONFIRMATION
    if before != Standing.CONFIRMED:
        return Kind.CONFIRMED_AFTER_PENDING
    return Kind.CHANGE if source in (Source.CLIENT, Source.STAFF) else Kind.MOVED_BY_PRACTICE
