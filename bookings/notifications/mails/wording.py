"""The words of a mail row, and the message that carries them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from bookings import deadlines, links
from bookings.models import Mail, Seat
from bookings.notifications import client_mails
from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry
from bookings.notifications.facts import AppointmentFacts, Offer
from bookings.notifications.mails import to_staff, unsubscribe
from bookings.notifications.mails.appointment import facts_of_mail, practice_facts, sender_of
from bookings.notifications.mails.offers import offers_of
from bookings.notifications.message import Envelope, build_message
from practice.mails.content import Content
from practice.models import Practice

Kind = Mail.Kind
Words = Callable[[Mail, AppointmentFacts, Mail | None], Content]
WITHOUT_CALENDAR_PART = (
    Kind.PENDING,
    Kind.ADDRESS_TO_CONFIRM,
    Kind.REMINDER,
    Kind.ASKED_NEW_TIME,
    *Mail.STAFF_KINDS,
)


def message_of(mail: Mail, known: Mail | None, now: datetime) -> EmailMultiAlternatives:
    """The message of a mail row; `known` is what the client was told last. Raises SMTPRecipientsRefused.

    Times that it offers are those that are free at `now`.
    """
    practice = Practice.current()
    sender = sender_of(practice)
    envelope = Envelope(message_id=mail.message_id, sender=sender, recipient=Mailbox("", mail.recipient))
    if mail.is_to_staff:
        return build_message(to_staff.content(mail), envelope, practice_facts(practice))
    if mail.kind == Kind.REMINDER:
        envelope = replace(envelope, unsubscribe_url=unsubscribe.url(mail.seat))
    facts = facts_of_mail(mail, practice)
    entry = None if _has_no_event(mail, known) else _entry(mail, facts, sender)
    offers = offers_of(mail.seat, now) if mail.kind == Kind.ASKED_NEW_TIME else ()
    return build_message(content_of(mail, facts, known, offers=offers), envelope, facts.practice, entry)


def content_of(mail: Mail, facts: AppointmentFacts, known: Mail | None, *, offers: Sequence[Offer] = ()) -> Content:
    """What the client reads."""
    if mail.kind == Kind.ASKED_NEW_TIME:
        return client_mails.asked_new_time(facts, offers=offers)
    return _WORDS[Kind(mail.kind)](mail, facts, known)


def sentence_to_say(mail: Mail, known: Mail | None) -> str:
    """The news in one sentence with a link, to be said on the phone or sent as a text message."""
    facts = facts_of_mail(mail, Practice.current())
    words = client_mails.confirmed_after_pending(facts) if mail.kind == Kind.CONFIRMATION else None
    content = words or content_of(mail, facts, known)
    return f"{content.subject}. {facts.link}"


def _has_no_event(mail: Mail, known: Mail | None) -> bool:
    """Is there nothing in the client's calendar, or nothing to change there?"""
    if mail.kind == Kind.NEW_LINK:
        return known is None or mail.sequence <= known.sequence
    was_request = known is not None and known.kind in WITHOUT_CALENDAR_PART
    return mail.kind in WITHOUT_CALENDAR_PART or (mail.kind in Mail.ENDING_KINDS and was_request)


def _entry(mail: Mail, facts: AppointmentFacts, sender: Mailbox) -> CalendarEntry:
    return client_mails.calendar_entry(
        facts,
        uid=mail.uid,
        sequence=mail.sequence,
        organizer=sender,
        attendee=Mailbox(mail.seat.client.name, mail.recipient),
        is_cancelled=mail.kind in Mail.ENDING_KINDS,
    )


def _pending(mail: Mail, facts: AppointmentFacts, _known: Mail | None) -> Content:
    return client_mails.pending(facts, answer_by=deadlines.answer_by(mail.seat.booking, mail.created_at))


def _confirm_link(seat: Seat) -> str:
    return f"{seat.link}confirm/{links.address_code(seat.public_id, seat.address_key)}/"


def _address(mail: Mail, facts: AppointmentFacts, _known: Mail | None) -> Content:
    release_at = mail.seat.booking.address_due_at or mail.start
    return client_mails.address_to_confirm(facts, confirm_link=_confirm_link(mail.seat), release_at=release_at)


_WORDS: dict[Kind, Words] = {
    Kind.CONFIRMATION: lambda _mail, facts, _known: client_mails.confirmation(facts),
    Kind.CONFIRMED_AFTER_PENDING: lambda _mail, facts, _known: client_mails.confirmed_after_pending(facts),
    Kind.CHANGE: lambda mail, facts, known: client_mails.change(facts, before=known.start if known else mail.start),
    Kind.MOVED_BY_PRACTICE: lambda mail, facts, known: client_mails.moved_by_practice(
        facts, before=known.start if known else mail.start
    ),
    Kind.HANDED_OVER: lambda _mail, facts, _known: client_mails.handed_over(facts),
    Kind.CANCELLATION: lambda _mail, facts, _known: client_mails.cancellation(facts),
    Kind.NOT_CONFIRMED: lambda _mail, facts, _known: client_mails.not_confirmed(facts),
    Kind.PENDING: _pending,
    Kind.ADDRESS_TO_CONFIRM: _address,
    Kind.NEW_LINK: lambda _mail, facts, _known: client_mails.new_link(facts),
    Kind.REMINDER: lambda mail, facts, _known: client_mails.reminder(facts, stop_link=unsubscribe.url(mail.seat)),
}
