"""The words of a mail row, or of several that are told together, and the message that carries them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from bookings import deadlines, links
from bookings.models import Booking, Mail, Seat
from bookings.notifications import client_mails, sentences, several_mails
from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry
from bookings.notifications.facts import AppointmentFacts, Offer
from bookings.notifications.mails import to_staff, unsubscribe
from bookings.notifications.mails.appointment import facts_of_mail, practice_facts, sender_of
from bookings.notifications.mails.offers import offers_of
from bookings.notifications.message import Envelope, attach_entries, build_message
from practice.mails.content import Content
from practice.models import Practice

Kind = Mail.Kind
WITHOUT_CALENDAR_PART = (
    Kind.PENDING,
    Kind.ADDRESS_TO_CONFIRM,
    Kind.REMINDER,
    Kind.ASKED_NEW_TIME,
    Kind.STANDS,
    *Mail.STAFF_KINDS,
)


@dataclass(frozen=True, slots=True)
class News:
    """A mail row, and what its client was told last."""

    mail: Mail
    known: Mail | None

    @property
    def known_start(self) -> datetime:
        """The start that the client knew."""
        return self.known.start if self.known else self.mail.start


def message_of(told: Sequence[News], now: datetime) -> EmailMultiAlternatives:
    """The message of a mail row, or of several of one kind in `SEVERAL`, which have the same Message-ID.

    Times that it offers are those that are free at `now`. Raises SMTPRecipientsRefused.
    """
    practice, first = Practice.current(), told[0].mail
    sender = sender_of(practice)
    envelope = Envelope(message_id=first.message_id, sender=sender, recipient=Mailbox("", first.recipient))
    if first.is_to_staff:
        return build_message(to_staff.content([one.mail for one in told]), envelope, practice_facts(practice))
    if first.kind == Kind.REMINDER:
        envelope = replace(envelope, unsubscribe_url=unsubscribe.url(first.seat))
    facts = [facts_of_mail(one.mail, practice) for one in told]
    entries = [_entry(one.mail, own, sender) for one, own in zip(told, facts, strict=True) if not _has_no_event(one)]
    offers = offers_of(first.seat, now) if first.kind == Kind.ASKED_NEW_TIME else ()
    alone = entries[0] if len(told) == len(entries) == 1 else None
    message = build_message(content_of(told, facts, offers=offers), envelope, facts[0].practice, alone)
    if alone is None:
        attach_entries(message, entries)
    return message


def content_of(told: Sequence[News], facts: Sequence[AppointmentFacts], *, offers: Sequence[Offer] = ()) -> Content:
    """What the client reads; `facts` are those of each."""
    kind = Kind(told[0].mail.kind)
    if kind == Kind.ASKED_NEW_TIME:
        return client_mails.asked_new_time(facts[0], offers=offers)
    return _WORDS[kind](told[0], facts[0]) if len(told) == 1 else SEVERAL[kind](told, facts)


def sentence_to_say(told: Sequence[News]) -> str:
    """The news in one sentence with a link, to be said on the phone or sent as a text message."""
    practice = Practice.current()
    facts = [facts_of_mail(one.mail, practice) for one in told]
    subject = _said_at_first(facts) if told[0].mail.kind == Kind.CONFIRMATION else content_of(told, facts).subject
    return f"{subject}{_starts(facts) if len(facts) > 1 else ''}. {facts[0].link}"


def _said_at_first(facts: Sequence[AppointmentFacts]) -> str:
    if len(facts) == 1:
        return client_mails.confirmed_after_pending(facts[0]).subject
    return several_mails.requests_confirmed(facts).subject


def _starts(facts: Sequence[AppointmentFacts]) -> str:
    with client_mails.clients_words(facts[0]):
        return ": " + "; ".join(map(sentences.start_words, facts))


def _has_no_event(told: News) -> bool:
    """Is there nothing in the client's calendar, or nothing to change there?"""
    mail, known = told.mail, told.known
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


def _answer_by(mail: Mail) -> datetime:
    return deadlines.answer_by(mail.seat.booking, mail.created_at)


def _release_at(mail: Mail) -> datetime:
    return mail.seat.booking.address_due_at or mail.start


def _stands(told: News, facts: AppointmentFacts) -> Content:
    """The appointment stands after all, or the request for it still waits for an answer."""
    if told.mail.seat.booking.status == Booking.Status.PENDING:
        return client_mails.pending(facts, answer_by=_answer_by(told.mail))
    return client_mails.stands(facts)


def _confirm_link(seat: Seat) -> str:
    return f"{seat.link}confirm/{links.address_code(seat.public_id, seat.address_key)}/"


_WORDS: dict[Kind, Callable[[News, AppointmentFacts], Content]] = {
    Kind.CONFIRMATION: lambda _told, facts: client_mails.confirmation(facts),
    Kind.CONFIRMED_AFTER_PENDING: lambda _told, facts: client_mails.confirmed_after_pending(facts),
    Kind.CHANGE: lambda told, facts: client_mails.change(facts, before=told.known_start),
    Kind.MOVED_BY_PRACTICE: lambda told, facts: client_mails.moved_by_practice(facts, before=told.known_start),
    Kind.HANDED_OVER: lambda _told, facts: client_mails.handed_over(facts),
    Kind.STANDS: lambda told, facts: _stands(told, facts),
    Kind.CANCELLATION: lambda _told, facts: client_mails.cancellation(facts),
    Kind.NOT_CONFIRMED: lambda _told, facts: client_mails.not_confirmed(facts),
    Kind.PENDING: lambda told, facts: client_mails.pending(facts, answer_by=_answer_by(told.mail)),
    Kind.ADDRESS_TO_CONFIRM: lambda told, facts: client_mails.address_to_confirm(
        facts, confirm_link=_confirm_link(told.mail.seat), release_at=_release_at(told.mail)
    ),
    Kind.NEW_LINK: lambda _told, facts: client_mails.new_link(facts),
    Kind.REMINDER: lambda told, facts: client_mails.reminder(facts, stop_link=unsubscribe.url(told.mail.seat)),
}

SEVERAL: dict[Kind, Callable[[Sequence[News], Sequence[AppointmentFacts]], Content]] = {
    Kind.CONFIRMATION: lambda _told, facts: several_mails.appointments_confirmed(facts),
    Kind.CONFIRMED_AFTER_PENDING: lambda _told, facts: several_mails.requests_confirmed(facts),
    Kind.CHANGE: lambda told, facts: several_mails.appointments_moved(facts, before=[one.known_start for one in told]),
    Kind.MOVED_BY_PRACTICE: lambda told, facts: several_mails.appointments_moved_by_practice(
        facts, before=[one.known_start for one in told]
    ),
    Kind.HANDED_OVER: lambda _told, facts: several_mails.appointments_handed_over(facts),
    Kind.CANCELLATION: lambda _told, facts: several_mails.appointments_cancelled(facts),
    Kind.NOT_CONFIRMED: lambda _told, facts: several_mails.requests_refused(facts),
    Kind.PENDING: lambda told, facts: several_mails.requests_pending(
        facts, answer_by=max(_answer_by(one.mail) for one in told)
    ),
    Kind.ADDRESS_TO_CONFIRM: lambda told, facts: several_mails.addresses_to_confirm(
        facts,
        confirm_link=_confirm_link(told[0].mail.seat),
        release_at=min(_release_at(one.mail) for one in told),
    ),
}
"""What several appointments are told in one message; anything else is told of each alone."""
