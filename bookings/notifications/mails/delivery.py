"""Sending the mails that are due.

A worker takes a row (`connections.leases`), sends, and notes the result. One that is killed before the server accepts
the mail leaves a row that is sent when the lease is over. One that is killed between acceptance and note leaves the
same, so the mail goes out a second time with the same Message-ID; a row that was interrupted twice is given up.

The rows of one batch to one recipient are taken together, sent as one message, and sent again as one. A row that is not
true any more is left out of it. What became of a message is noted in each of its rows.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from bookings.models import Booking, BookingChange, Mail, MailQuerySet
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.notifications.mails import new_link, news, reminders, wording
from bookings.notifications.mails.wording import News
from connections import guard, leases
from practice.models.restore import outgoing_waits

COLUMN = "claimed_until"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
MIN_TRYING = timedelta(hours=1)
INTERRUPTED, TOO_LATE, REFUSED = "interrupted", "too_late", "refused"
State = Mail.State
_ABOUT_QUESTION = (Mail.Kind.ASKED_NEW_TIME, Mail.Kind.STANDS)
"""A client is asked to choose another time, or not any more."""


@dataclass
class Delivered:
    """What became of the mails that were due; those of one message are counted one by one."""

    sent: int = 0
    retried: int = 0
    failed: int = 0


def send_due(now: datetime, *, booking: Booking | None = None) -> Delivered:
    """Send what is due, or what is due about one booking with what is told together with it.

    Nothing after a restore until that is finished.
    """
    delivered, waiting = Delivered(), _due(now, booking)
    for keys in waiting if waiting and not outgoing_waits() else ():
        with guard.isolate_failure(f"sending mail {keys[0]}"):
            _send(keys, now, delivered)
    return delivered


def last_moment(mail: Mail) -> datetime:
    """Until when it makes sense to send it."""
    if mail.kind == Mail.Kind.REMINDER:
        return mail.start - reminders.TOO_NEAR
    return max(mail.start, mail.created_at + MIN_TRYING)


def _due(now: datetime, booking: Booking | None) -> list[list[int]]:
    """The keys of the mails that are due, those together that are told together."""
    due = Mail.objects.to_send(now)
    if booking:
        own = due.filter(seat__booking=booking)
        due = due.filter(Q(seat__booking=booking) | Q(batch__in=own.exclude(batch="").values("batch")))
    groups: dict[tuple[str, str] | int, list[int]] = {}
    for key, batch, recipient in due.values_list("pk", "batch", "recipient"):
        groups.setdefault((batch, recipient) if batch else key, []).append(key)
    return list(groups.values())


def _send(keys: list[int], now: datetime, delivered: Delivered) -> None:
    ready = []
    for mail in _take(keys, now):
        known = news.last_told(mail.seat, before=mail)
        if not _still_true(mail, known):
            _note([mail], state=State.DROPPED)
        elif mail.interruptions > 1 or now >= last_moment(mail):
            _fail([mail], INTERRUPTED if mail.interruptions > 1 else TOO_LATE, delivered)
        else:
            ready.append(News(mail, known))
    for message in _messages(ready):
        _deliver(message, now, delivered)


def _take(keys: list[int], now: datetime) -> list[Mail]:
    """Take the mails, ending the time in which their changes can be undone; none if somebody else has one of them.

    Whoever drops one at the same moment is not waited for, because they may want the next one; it is tried again.
    """
    rows = Mail.objects.filter(pk__in=keys)
    with transaction.atomic():
        mails = list(Mail.objects.to_send(now).filter(pk__in=keys).select_for_update(skip_locked=True, of=("self",)))
        if len(mails) < len(keys):
            return []
        interrupted = Case(When(claimed_until=None, then=Value(0)), default=Value(1))
        leases.take(
            rows,
            now,
            until=now + MAIL_LEASE,
            column=COLUMN,
            attempts=F("attempts") + 1,
            interruptions=F("interruptions") + interrupted,
        )
        told = [mail.change_id for mail in mails if not mail.is_to_staff]
        BookingChange.objects.filter(pk__in=filter(None, told)).update(undo_until=None)
    for mail in mails:
        mail.attempts += 1
        mail.interruptions += mail.claimed_until is not None
    return mails


def _still_true(mail: Mail, known: Mail | None) -> bool:
    """Is this what the client must hear? Sets the kind by what they know by now."""
    if mail.is_to_staff:
        return True
    if mail.kind == Mail.Kind.NEW_LINK:
        return new_link.lacks_link(mail)
    if mail.kind in _ABOUT_QUESTION:
        is_asked = mail.seat.booking.new_time_asked_at is not None
        if is_asked != (mail.kind == Mail.Kind.ASKED_NEW_TIME):
            return False
    if mail.seat.mails.news().filter(pk__gt=mail.pk).exclude(state=State.DROPPED).exists():
        return False
    if mail.kind in Mail.REPEATING_KINDS:
        return mail.kind in _ABOUT_QUESTION or reminders.is_wanted(mail)
    kind = news.kind_now(mail, known)
    mail.kind = kind or mail.kind
    return kind is not None


def _messages(ready: Sequence[News]) -> Iterator[list[News]]:
    """What goes into one message, in order of time: mails of one kind, if there are words for several of it."""
    kinds: dict[str, list[News]] = {}
    for told in sorted(ready, key=lambda one: (one.mail.start, one.mail.pk)):
        kinds.setdefault(told.mail.kind, []).append(told)
    for kind, alike in kinds.items():
        if kind in wording.SEVERAL or kind in Mail.STAFF_KINDS:
            yield _with_one_id(alike)
        else:
            yield from ([told] for told in alike)


def _with_one_id(alike: list[News]) -> list[News]:
    """Give the mails of one message the Message-ID of the first, for all times."""
    mails = [told.mail for told in alike]
    if len({mail.message_id for mail in mails}) > 1:
        for mail in mails:
            mail.message_id = mails[0].message_id
        _rows(mails).update(message_id=mails[0].message_id)
    return alike


def _deliver(message: Sequence[News], now: datetime, delivered: Delivered) -> None:
    mails = [told.mail for told in message]
    try:
        wording.message_of(message, now).send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _words in error.recipients.values()):
            _fail(mails, REFUSED, delivered)
        else:
            _try_later(mails, error, now, delivered)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _try_later(mails, error, now, delivered)
    else:
        _note(mails, state=State.SENT, sent_at=now, kind=mails[0].kind, error_code="")
        delivered.sent += len(mails)


def _try_later(mails: Sequence[Mail], error: Exception, now: datetime, delivered: Delivered) -> None:
    """Try all of a message again at the same moment, without those for which it would be too late then."""
    attempts = max(mail.attempts for mail in mails)
    next_try = now + PAUSES[min(attempts, len(PAUSES)) - 1]
    code, again = type(error).__name__, [mail for mail in mails if next_try < last_moment(mail)]
    if again:
        _note(again, next_try_at=next_try, error_code=code)
        delivered.retried += len(again)
    if given_up := [mail for mail in mails if mail not in again]:
        _fail(given_up, code, delivered)


def _fail(mails: Sequence[Mail], code: str, delivered: Delivered) -> None:
    _note(mails, state=State.FAILED, error_code=code)
    delivered.failed += len(mails)


def _note(mails: Sequence[Mail], **values: object) -> None:
    leases.release(_rows(mails), column=COLUMN, **values)


def _rows(mails: Sequence[Mail]) -> MailQuerySet:
    return Mail.objects.filter(pk__in=[mail.pk for mail in mails])
