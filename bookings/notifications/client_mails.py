"""The mails that clients get about an appointment: facts in; out come words in their language, times on their clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings.notifications import sentences
from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry
from bookings.notifications.facts import AppointmentFacts, Offer
from practice import time_format
from practice.mails.content import Block, Button, Content, FactList, Heading, Run, fact_list, paragraph, strong

Options = ParamSpec("Options")


@contextmanager
def clients_words(facts: AppointmentFacts) -> Iterator[None]:
    """Words in the client's language, times on the clock that they read."""
    with translation.override(facts.language), timezone.override(facts.zone):
        yield


def _in_clients_words(
    mail: Callable[Concatenate[AppointmentFacts, Options], Content],
) -> Callable[Concatenate[AppointmentFacts, Options], Content]:
    @wraps(mail)
    def worded(facts: AppointmentFacts, /, *args: Options.args, **kwargs: Options.kwargs) -> Content:
        with clients_words(facts):
            return mail(facts, *args, **kwargs)

    return worded


@_in_clients_words
def confirmation(facts: AppointmentFacts) -> Content:
    """The appointment stands."""
    return signed_content(
        facts, sentences.appointment_title(facts), *_appointment(facts, _("Your appointment is confirmed."))
    )


@_in_clients_words
def confirmed_after_pending(facts: AppointmentFacts) -> Content:
    """A request that waited for an answer is accepted."""
    subject = _("Confirmed: your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    heading = _("Your appointment is now confirmed.")
    return signed_content(facts, sentences.signed(subject, facts.practice), *_appointment(facts, heading))


@_in_clients_words
def change(facts: AppointmentFacts, *, before: datetime) -> Content:
    """The client, or somebody they called, chose another time; `before` is the start that they knew."""
    return signed_content(facts, _moved_subject(facts), *_appointment(facts, _moved(facts), before=before))


@_in_clients_words
def moved_by_practice(facts: AppointmentFacts, *, before: datetime) -> Content:
    """The practice moved the appointment; the client may choose another time even where the deadline is over."""
    return signed_content(
        facts,
        _moved_subject(facts),
        Heading(_moved(facts)),
        _facts(facts, before=before),
        paragraph(sentences.other_time_sentence(facts.practice)),
        Button(_("Choose another time"), facts.link),
        paragraph(facts.note),
    )


@_in_clients_words
def handed_over(facts: AppointmentFacts) -> Content:
    """The practice gave the appointment to `facts.staff`; its time stays."""
    words = {"time": sentences.start_words(facts), "staff": facts.staff}
    subject = sentences.signed(_("Your appointment on %(time)s is now with %(staff)s") % words, facts.practice)
    heading = _("Your appointment on %(time)s is now with %(staff)s.") % words
    return signed_content(facts, subject, *_appointment(facts, heading))


@_in_clients_words
def asked_new_time(facts: AppointmentFacts, *, offers: Sequence[Offer]) -> Content:
    """The person cannot see the client, who may choose among `offers` or any other time, also after the deadline.

    The appointment stands until they choose.
    """
    words = {"staff": facts.staff, "time": sentences.start_words(facts)}
    subject = _("Please choose another time: %(staff)s cannot see you on %(time)s") % words
    buttons = [Button(sentences.offer_words(offer), offer.link) for offer in offers]
    label = _("All other times") if buttons else _("Choose another time")
    return signed_content(
        facts,
        sentences.signed(subject, facts.practice),
        Heading(sentences.cannot_see_sentence(facts)),
        paragraph(sentences.choose_sentence(facts.practice)),
        *buttons,
        Button(label, facts.reschedule_link),
        _facts(facts),
    )


@_in_clients_words
def stands(facts: AppointmentFacts) -> Content:
    """The client was asked to choose another time and need not any more."""
    subject = _("Your appointment on %(time)s stands") % {"time": sentences.start_words(facts)}
    heading, *rest = _appointment(facts, sentences.stands_sentence(facts))
    need_not = paragraph(sentences.need_not_choose_sentence())
    return signed_content(facts, sentences.signed(subject, facts.practice), heading, need_not, *rest)


@_in_clients_words
def cancellation(facts: AppointmentFacts) -> Content:
    """The appointment does not take place; `facts.start` is the one that the client knew."""
    subject = _("Cancelled: your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    return _without_appointment(facts, subject, _("Your appointment is cancelled."))


@_in_clients_words
def not_confirmed(facts: AppointmentFacts) -> Content:
    """The practice refused the request, so there is no appointment."""
    subject = _("Could not be confirmed: your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    return _without_appointment(facts, subject, _("Your appointment could not be confirmed."))


@_in_clients_words
def reminder(facts: AppointmentFacts, *, stop_link: str) -> Content:
    """The appointment is near; `stop_link` opens the page that stops reminders."""
    subject = _("Reminder: your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    stop = paragraph(Run(_("Get no more reminders"), url=stop_link), is_small=True)
    heading = _("This is a reminder of your appointment.")
    return signed_content(facts, sentences.signed(subject, facts.practice), *_appointment(facts, heading), stop)


@_in_clients_words
def new_link(facts: AppointmentFacts) -> Content:
    """The link to the client's page is another one from now on."""
    subject = _("New link for your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    return signed_content(
        facts,
        sentences.signed(subject, facts.practice),
        Heading(_("Here is the new link for your appointment.")),
        paragraph(_("The link that you had before no longer works.")),
        _facts(facts),
        paragraph(*sentences.deadline_sentences(facts)),
        Button(_("See your appointment"), facts.link),
    )


@_in_clients_words
def pending(facts: AppointmentFacts, *, answer_by: datetime) -> Content:
    """The request has arrived and waits for an answer, which comes by e-mail until `answer_by`."""
    subject = _("Not confirmed yet: your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    arrived, not_yet, answer = sentences.not_confirmed_sentences(answer_by, written_at=facts.written_at, by_phone=False)
    return signed_content(
        facts,
        sentences.signed(subject, facts.practice),
        Heading(_("Your request for %(time)s") % {"time": sentences.start_words(facts)}),
        paragraph(arrived, strong(not_yet), answer),
        _facts(facts),
        Button(_("See your request"), facts.link),
    )


@_in_clients_words
def address_to_confirm(facts: AppointmentFacts, *, confirm_link: str, release_at: datetime) -> Content:
    """Asks whoever reads the mail whether they booked; without an answer the time is free again at `release_at`."""
    subject = _("One step is missing: your appointment on %(time)s") % {"time": sentences.start_words(facts)}
    return signed_content(
        facts,
        sentences.signed(subject, facts.practice),
        Heading(_("One step is missing.")),
        paragraph(
            _("Please confirm that you want this appointment."),
            _("Without this the time is released at %(time)s.") % {"time": time_format.clock(release_at)},
        ),
        _facts(facts),
        Button(_("Confirm the appointment"), confirm_link),
        paragraph(_("If you have not booked anything, ignore this e-mail. You will get no other."), is_small=True),
    )


@_in_clients_words
def links(facts: AppointmentFacts, appointments: Sequence[AppointmentFacts]) -> Content:
    """The appointments to come with the links to their pages; `facts` are those of the first."""
    return signed_content(
        facts,
        sentences.signed(_("Your upcoming appointments"), facts.practice),
        Heading(_("Your upcoming appointments")),
        *map(_link_line, appointments),
        paragraph(_("If you did not ask for this e-mail, ignore it."), is_small=True),
    )


def _link_line(facts: AppointmentFacts) -> Block:
    with timezone.override(facts.zone):
        return paragraph(Run(sentences.when_words(facts), url=facts.link))


def calendar_entry(
    facts: AppointmentFacts,
    *,
    uid: str,
    sequence: int,
    organizer: Mailbox,
    attendee: Mailbox,
    is_cancelled: bool = False,
) -> CalendarEntry:
    """The appointment for the client's calendar, written at `facts.written_at`."""
    with clients_words(facts):
        return CalendarEntry(
            uid=uid,
            sequence=sequence,
            stamp=facts.written_at,
            start=facts.start,
            end=facts.end,
            zone=facts.zone.key,
            summary=sentences.appointment_title(facts),
            location=sentences.where_words(facts),
            description=sentences.calendar_description(facts, is_cancelled=is_cancelled),
            organizer=organizer,
            attendee=attendee,
            is_cancelled=is_cancelled,
        )


def signed_content(facts: AppointmentFacts, subject: str, *blocks: Block) -> Content:
    """The mail with who sends it below; paragraphs without a sentence are left out."""
    said = (block for block in (*blocks, *_signature(facts)) if getattr(block, "runs", True))
    return Content(subject, facts.language, tuple(said))


def _moved(facts: AppointmentFacts) -> str:
    return _("Your appointment has been moved to %(time)s.") % {"time": sentences.start_words(facts)}


def _moved_subject(facts: AppointmentFacts) -> str:
    words = _("Your appointment has been moved to %(time)s") % {"time": sentences.start_words(facts)}
    return sentences.signed(words, facts.practice)


def _appointment(facts: AppointmentFacts, heading: str, *, before: datetime | None = None) -> list[Block]:
    """An appointment that stands: what the client needs to know, and how to change it."""
    label = _("Change or cancel") if sentences.can_change_online(facts) else _("See your appointment")
    return [
        Heading(heading),
        _facts(facts, before=before),
        paragraph(facts.note),
        paragraph(*sentences.deadline_sentences(facts)),
        Button(label, facts.link),
    ]


def _without_appointment(facts: AppointmentFacts, subject: str, heading: str) -> Content:
    """An appointment that does not take place: what it was, and how to book another."""
    blocks: list[Block] = [Heading(heading), _facts(facts, place=False)]
    if facts.book_link:
        blocks.append(Button(_("Book another appointment"), facts.book_link))
    return signed_content(facts, sentences.signed(subject, facts.practice), *blocks)


def _facts(facts: AppointmentFacts, *, before: datetime | None = None, place: bool = True) -> FactList:
    return fact_list(
        (_("When"), sentences.when_words(facts)),
        (_("Previous time"), time_format.weekday_day_and_clock(before) if before else ""),
        (_("What"), facts.service),
        (_("Where"), sentences.where_words(facts) if place else ""),
        (_("Video call"), Run(facts.call_link, url=facts.call_link) if place else ""),
        (_("With"), facts.staff),
    )


def _signature(facts: AppointmentFacts) -> list[Block]:
    practice = facts.practice
    links = ((_("Imprint"), practice.imprint_url), (_("Privacy"), practice.privacy_url))
    return [
        paragraph(" · ".join(filter(None, (practice.name, practice.address, practice.phone))), is_small=True),
        paragraph(*(Run(label, url=url) for label, url in links if url), is_small=True),
    ]
