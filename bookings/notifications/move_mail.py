"""Mail to staff about moves on the iPhone that their bookings followed, with a link to undo them or tell at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import BookingChange, Mail
from bookings.notifications import client_notice, emails
from bookings.readers import as_read_by
from connections import guard, leases
from practice import time_format
from practice.models.restore import outgoing_waits
from practice.roles import Action, may

SALT = "bookings.move"
LINK_GOOD_FOR = timedelta(days=2)
COLUMN = "staff_claimed_until"


def move_token(change: BookingChange) -> str:
    """What stands in the link of a mail: it names the move and cannot be guessed."""
    return signing.dumps(change.pk, salt=SALT)


def move_from_token(token: str) -> BookingChange:
    """The move of a link that was mailed to its staff member, who may still handle the booking.

    Raises BookingChange.DoesNotExist for any other.
    """
    try:
        key = signing.loads(token, salt=SALT, max_age=LINK_GOOD_FOR)
    except signing.BadSignature:
        raise BookingChange.DoesNotExist from None
    change = _with_details(BookingChange.objects.all()).get(pk=key)
    if not may(change.booking.staff, Action.HANDLE_BOOKINGS, owner_of=change.booking.staff_id):
        raise BookingChange.DoesNotExist
    return change


def mail_moves(now: datetime) -> int:
    """Mail staff the moves that their bookings followed, each once; how many mails went out."""
    due = BookingChange.objects.filter(tell_staff_at__lte=now)
    sent, untold = 0, list(_with_details(due.filter(leases.free(now, COLUMN))))
    for change in untold if untold and not outgoing_waits() else ():
        if leases.take(due.filter(pk=change.pk), now, until=now + client_notice.MAIL_LEASE, column=COLUMN):
            with guard.isolate_failure(f"telling staff of a move of booking {change.booking_id}"):
                sent += _mail(change)
                leases.release(BookingChange.objects.filter(pk=change.pk), column=COLUMN, tell_staff_at=None)
    return sent


def move_sentence(change: BookingChange) -> str:
    """Who moved from when to when, and what the client knows of it; in the active zone."""
    words = {
        "client": change.booking.client.name,
        "old": time_format.short_day_and_clock(change.old_start or change.new_start),
        "new": time_format.short_day_and_clock(change.new_start),
    }
    text = _("%(client)s moved from %(old)s to %(new)s.") % words
    return f"{text} {_client_knows(change)}".strip()


def _client_knows(change: BookingChange) -> str:
    client = change.booking.client
    if not change.booking.seat.address:
        return f"{client_notice.no_address(client)}."
    words = {"client": client.name}
    mail = Mail.objects.to_clients().filter(change=change).exclude(state=Mail.State.DROPPED).last()
    if mail is None:
        return ""
    if mail.state == Mail.State.SENT:
        return _("%(client)s has been told.") % words
    if mail.state == Mail.State.FAILED:
        return _("The e-mail to %(client)s could not be delivered.") % words
    return _("%(client)s is told at %(time)s.") % {**words, "time": time_format.clock(mail.due_at)}


def _mail(change: BookingChange) -> bool:
    """Mail one move; False without an address."""
    staff = change.booking.staff
    if not staff.work_address:
        return False
    link = f"{settings.BASE_URL}{reverse('bookings:move_from_mail', args=[move_token(change)])}"
    with as_read_by(staff):
        subject = _("Moved on your iPhone: %(booking)s") % {"booking": change.booking}
        lines = [move_sentence(change), "", _("Undo it, or tell the client now:"), link]
        emails.send(subject, "\n".join(lines), staff.email)
    return True


def _with_details(changes: QuerySet[BookingChange]) -> QuerySet[BookingChange]:
    return changes.select_related("booking__service", "booking__staff").prefetch_related("booking__seats")
