"""Telling a client the new link to their page, after which the link that they had stops working."""

from __future__ import annotations

from datetime import datetime

from bookings.models import Mail, Seat
from bookings.notifications.mails import news, wording


def tell_new_link(seat: Seat, now: datetime) -> Mail:
    """Write the mail with the new link. It replaces one with the link before it that the client does not have yet.

    It says the time that the client knows. The event in their calendar, which has the link as well, gets a next version
    unless another mail about it waits, which has the new link itself.
    """
    seat.mails.filter(kind=Mail.Kind.NEW_LINK, state=Mail.State.FAILED).update(state=Mail.State.DROPPED)
    seat.mails.filter(kind=Mail.Kind.NEW_LINK).unsent().update(state=Mail.State.DROPPED)
    known, times = news.last_told(seat), seat.booking
    mail = Mail(seat=seat, kind=Mail.Kind.NEW_LINK, recipient=seat.address, created_at=now, due_at=now)
    mail.start, mail.end = (known.start, known.end) if known else (times.start, times.end)
    is_next_version = _has_event(known) and not seat.mails.news().unsent().exists()
    news.fix_identity(mail, is_next_version=is_next_version)
    if known and not is_next_version:
        mail.sequence = known.sequence
    mail.save()
    return mail


def latest_new_link(seat: Seat) -> Mail | None:
    """The last mail with a new link; None if the client has still their first link."""
    return seat.mails.filter(kind=Mail.Kind.NEW_LINK).last()


def lacks_link(mail: Mail) -> bool:
    """Does the client still lack the link? What was sent about the appointment meanwhile has it as well."""
    return not mail.seat.mails.news().filter(state=Mail.State.SENT, sent_at__gt=mail.created_at).exists()


def _has_event(known: Mail | None) -> bool:
    """Is the appointment in the client's calendar, as far as they were told?"""
    return known is not None and known.kind not in (*wording.WITHOUT_CALENDAR_PART, *Mail.ENDING_KINDS)
