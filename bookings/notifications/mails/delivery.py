"""Sending the mails that are due.

A worker takes a row (`connections.leases`), sends, and notes the result. One that is killed before the server accepts
the mail leaves a row that is sent when the lease is over. One that is killed between acceptance and note leaves the
same, so the mail goes out a second time with the same Message-ID; a row that was interrupted twice is given up.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from bookings.models import Booking, BookingChange, Mail
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.notifications.mails import new_link, news, reminders, wording
from connections import guard, leases

COLUMN = "claimed_until"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
MIN_TRYING = timedelta(hours=1)
INTERRUPTED, TOO_LATE, REFUSED = "interrupted", "too_late", "refused"
State = Mail.State


@dataclass
class Delivered:
    """What became of the mails that were due."""

    sent: int = 0
    retried: int = 0
    failed: int = 0


def send_due(now: datetime, *, booking: Booking | None = None) -> Delivered:
    """Send what is due, or what is due about one booking."""
    due, delivered = Mail.objects.to_send(now), Delivered()
    for mail in due.filter(seat__booking=booking) if booking else due:
        with guard.isolate_failure(f"sending mail {mail.pk}"):
            _send(mail, now, delivered)
    return delivered


def last_moment(mail: Mail) -> datetime:
    """Until when it makes sense to send it."""
    if mail.kind == Mail.Kind.REMINDER:
        return mail.start - reminders.TOO_NEAR
    return max(mail.start, mail.created_at + MIN_TRYING)


def _send(mail: Mail, now: datetime, delivered: Delivered) -> None:
    if not _take(mail, now):
        return
    known = news.last_told(mail.seat, before=mail)
    if not _still_true(mail, known):
        _note(mail, state=State.DROPPED)
    elif mail.interruptions > 1 or now >= last_moment(mail):
        _fail(mail, INTERRUPTED if mail.interruptions > 1 else TOO_LATE, delivered)
    else:
        _deliver(mail, known, now, delivered)


def _take(mail: Mail, now: datetime) -> bool:
    """Take the mail, ending the time in which its change can be undone; False if somebody else has it."""
    was_interrupted = int(mail.claimed_until is not None)
    mine = Mail.objects.filter(pk=mail.pk, state=State.DUE)
    with transaction.atomic():
        taken = leases.take(
            mine,
            now,
            until=now + MAIL_LEASE,
            column=COLUMN,
            attempts=F("attempts") + 1,
            interruptions=F("interruptions") + was_interrupted,
        )
        if taken and mail.change_id is not None and not mail.is_to_staff:
            BookingChange.objects.filter(pk=mail.change_id).update(undo_until=None)
    mail.refresh_from_db(fields=["attempts", "interruptions"])
    return bool(taken)


def _still_true(mail: Mail, known: Mail | None) -> bool:
    """Is this what the client must hear? Sets the kind by what they know by now."""
    if mail.is_to_staff:
        return True
    if mail.kind == Mail.Kind.NEW_LINK:
        return new_link.lacks_link(mail)
    if mail.kind == Mail.Kind.ASKED_NEW_TIME and mail.seat.booking.new_time_asked_at is None:
        return False
    if mail.seat.mails.news().filter(pk__gt=mail.pk).exclude(state=State.DROPPED).exists():
        return False
    if mail.kind in Mail.REPEATING_KINDS:
        return mail.kind == Mail.Kind.ASKED_NEW_TIME or reminders.is_wanted(mail)
    kind = news.kind_now(mail, known)
    mail.kind = kind or mail.kind
    return kind is not None


def _deliver(mail: Mail, known: Mail | None, now: datetime, delivered: Delivered) -> None:
    try:
        wording.message_of(mail, known, now).send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _words in error.recipients.values()):
            _fail(mail, REFUSED, delivered)
        else:
            _try_later(mail, error, now, delivered)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _try_later(mail, error, now, delivered)
    else:
        _note(mail, state=State.SENT, sent_at=now, kind=mail.kind, error_code="")
        delivered.sent += 1


def _try_later(mail: Mail, error: Exception, now: datetime, delivered: Delivered) -> None:
    next_try = now + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    if next_try >= last_moment(mail):
        _fail(mail, type(error).__name__, delivered)
    else:
        _note(mail, next_try_at=next_try, error_code=type(error).__name__)
        delivered.retried += 1


def _fail(mail: Mail, code: str, delivered: Delivered) -> None:
    _note(mail, state=State.FAILED, error_code=code)
    delivered.failed += 1


def _note(mail: Mail, **values: object) -> None:
    leases.release(Mail.objects.filter(pk=mail.pk), column=COLUMN, **values)
