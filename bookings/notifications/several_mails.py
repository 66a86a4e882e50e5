"""The mails that clients get about several appointments at once; `client_mails` words those about one.

Each takes two appointments or more of one client, in the order in which they are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.notifications import sentences
from bookings.notifications.client_mails import clients_words, signed_content
from bookings.notifications.facts import AppointmentFacts
from practice import time_format
from practice.mails.content import (
    Block,
    Button,
    Content,
    Heading,
    Run,
    fact_list,
    item_list,
    paragraph,
    strong,
)

Options = ParamSpec("Options")
Appointments = Sequence[AppointmentFacts]


def _in_clients_words(
    mail: Callable[Concatenate[Appointments, Options], Content],
) -> Callable[Concatenate[Appointments, Options], Content]:
    @wraps(mail)
    def worded(appointments: Appointments, /, *args: Options.args, **kwargs: Options.kwargs) -> Content:
        with clients_words(appointments[0]):
            return mail(appointments, *args, **kwargs)

    return worded


@_in_clients_words
def appointments_confirmed(appointments: Appointments) -> Content:
    """All of them stand."""
    subject = _("Your %(count)s appointments") % _count(appointments)
    heading = _("Your %(count)s appointments are confirmed.") % _count(appointments)
    return _content(appointments, subject, *_standing(appointments, heading))


@_in_clients_words
def requests_confirmed(appointments: Appointments) -> Content:
    """Requests that waited for an answer are accepted."""
    subject = _("Confirmed: your %(count)s appointments") % _count(appointments)
    heading = _("Your %(count)s appointments are now confirmed.") % _count(appointments)
    return _content(appointments, subject, *_standing(appointments, heading))


@_in_clients_words
def appointments_moved(appointments: Appointments, *, before: Sequence[datetime]) -> Content:
    """The client, or somebody they called, chose other times; `before` are the starts that they knew."""
    subject = _("Your %(count)s appointments have been moved") % _count(appointments)
    heading = _("Your appointments have been moved.")
    return _content(appointments, subject, *_standing(appointments, heading, before=before))


@_in_clients_words
def appointments_moved_by_practice(appointments: Appointments, *, before: Sequence[datetime]) -> Content:
    """The practice moved them; the client may choose other times even where the deadline is over."""
    subject = _("Your %(count)s appointments have been moved") % _count(appointments)
    return _content(
        appointments,
        subject,
        Heading(_("Your appointments have been moved.")),
        *_listed(appointments, before=before),
        paragraph(sentences.other_times_sentence(appointments[0].practice)),
        Button(_("See your appointments"), appointments[0].link),
        paragraph(appointments[0].note),
        _file(appointments),
    )


@_in_clients_words
def appointments_handed_over(appointments: Appointments) -> Content:
    """The practice gave them to other staff; their times stay."""
    names = ", ".join(dict.fromkeys(one.staff for one in appointments))
    words = {**_count(appointments), "staff": names}
    subject = _("Your %(count)s appointments are now with %(staff)s") % words
    heading = _("Your %(count)s appointments are now with %(staff)s.") % words
    return _content(appointments, subject, *_standing(appointments, heading))


@_in_clients_words
def appointments_cancelled(appointments: Appointments) -> Content:
    """None of them takes place; their starts are those that the client knew."""
    subject = _("Cancelled: your %(count)s appointments") % _count(appointments)
    heading = _("Your %(count)s appointments are cancelled.") % _count(appointments)
    return _content(appointments, subject, *_ended(appointments, heading))


@_in_clients_words
def requests_refused(appointments: Appointments) -> Content:
    """The practice refused the requests, so there are no appointments."""
    subject = _("Could not be confirmed: your %(count)s appointments") % _count(appointments)
    heading = _("Your %(count)s appointments could not be confirmed.") % _count(appointments)
    return _content(appointments, subject, *_ended(appointments, heading))


@_in_clients_words
def requests_pending(appointments: Appointments, *, answer_by: datetime) -> Content:
    """The requests have arrived and wait for an answer, which comes by e-mail until `answer_by`."""
    subject = _("Not confirmed yet: your %(count)s appointments") % _count(appointments)
    written_at = appointments[0].written_at
    arrived, not_yet, answer = sentences.not_confirmed_sentences(answer_by, written_at=written_at, by_phone=False)
    return _content(
        appointments,
        subject,
        Heading(_("Your request for %(count)s appointments") % _count(appointments)),
        paragraph(arrived, strong(not_yet), answer),
        *_listed(appointments),
        Button(_("See your request"), appointments[0].link),
    )


@_in_clients_words
def addresses_to_confirm(appointments: Appointments, *, confirm_link: str, release_at: datetime) -> Content:
    """Asks whoever reads the mail whether they booked; without an answer all times are free again at `release_at`."""
    return _content(
        appointments,
        _("One step is missing: your %(count)s appointments") % _count(appointments),
        Heading(_("One step is missing.")),
        paragraph(
            _("Please confirm that you want these appointments."),
            _("Without this the times are released at %(time)s.") % {"time": time_format.clock(release_at)},
        ),
        *_listed(appointments),
        Button(_("Confirm the appointments"), confirm_link),
        paragraph(_("If you have not booked anything, ignore this e-mail. You will get no other."), is_small=True),
    )


def _count(appointments: Appointments) -> dict[str, int]:
    return {"count": len(appointments)}


def _content(appointments: Appointments, subject: str, *blocks: Block) -> Content:
    return signed_content(appointments[0], sentences.signed(subject, appointments[0].practice), *blocks)


def _standing(appointments: Appointments, heading: str, *, before: Sequence[datetime] = ()) -> list[Block]:
    """Appointments that stand: what the client needs to know, and how to change them."""
    return [
        Heading(heading),
        *_listed(appointments, before=before),
        paragraph(appointments[0].note),
        paragraph(*sentences.deadlines_sentences(appointments)),
        Button(_("See your appointments"), appointments[0].link),
        _file(appointments),
    ]


def _ended(appointments: Appointments, heading: str) -> list[Block]:
    """Appointments that do not take place: what they were, and how to book another."""
    blocks: list[Block] = [Heading(heading), *_listed(appointments, is_over=True)]
    if appointments[0].book_link:
        blocks.append(Button(_("Book another appointment"), appointments[0].book_link))
    return blocks


def _file(appointments: Appointments) -> Block:
    """All at once for programs that take one calendar part of a mail and not several (`message.attach_entries`)."""
    url = f"{appointments[0].link}calendar.ics"
    return paragraph(Run(_("All of them for your calendar, in one file"), url=url), is_small=True)


# --- what they have in common, and what not -------------------------------------------------------------------


def _listed(appointments: Appointments, *, before: Sequence[datetime] = (), is_over: bool = False) -> tuple[Block, ...]:
    """Each with its time, the link to its page and what is its own; then, once, what holds for all of them."""
    named = [_named(one, is_over=is_over) for one in appointments]
    common = [fact for fact in named[0] if all(fact in facts for facts in named)]
    own = [[fact for fact in facts if fact not in common] for facts in named]
    known = before or [one.start for one in appointments]
    items = [_item(*each, is_over=is_over) for each in zip(appointments, own, known, strict=True)]
    shared = fact_list(*common)
    return (item_list(*items), shared) if shared.facts else (item_list(*items),)


def _item(one: AppointmentFacts, own: list[tuple[str, Run]], known: datetime, *, is_over: bool) -> list[Run]:
    """`known`: the start that the client knew."""
    with timezone.override(one.zone):
        when = Run(sentences.when_words(one), url="" if is_over else one.link)
        previously = _("previously %(time)s") % {"time": time_format.weekday_day_and_clock(known)}
    words = [
        *([previously] if known != one.start else []),
        *(f"{name}: {run.text}" for name, run in own if not run.url),
    ]
    return [when, *(Run(f"· {said}") for said in words), *(Run(name, url=run.url) for name, run in own if run.url)]


def _named(facts: AppointmentFacts, *, is_over: bool) -> list[tuple[str, Run]]:
    """What is to be said beside the time; no place of an appointment that does not take place."""
    place, call_link = ("", "") if is_over else (sentences.where_words(facts), facts.call_link)
    named = [
        (_("What"), Run(facts.service)),
        (_("Where"), Run(place)),
        (_("Video call"), Run(call_link, url=call_link)),
        (_("With"), Run(facts.staff)),
    ]
    return [(name, run) for name, run in named if run.text]
