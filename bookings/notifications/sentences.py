"""Sentences about an appointment that clients read in mails and on pages; in the active language and zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bookings.contacts.written import one_line
from bookings.notifications.facts import AppointmentFacts, Offer, PracticeFacts
from practice import time_format


def appointment_title(facts: AppointmentFacts) -> str:
    """The subject of a confirmation and the title in the client's calendar; it does not name the service."""
    return signed(_("Your appointment on %(time)s") % {"time": start_words(facts)}, facts.practice)


def signed(words: str, practice: PracticeFacts) -> str:
    """The words of a subject with the name of the practice, in one line."""
    return one_line(f"{words} · {practice.name}" if practice.name else words)


def start_words(facts: AppointmentFacts) -> str:
    """The start: “Tue 8 December, 10:00”."""
    return time_format.weekday_day_and_clock(facts.start)


def when_words(facts: AppointmentFacts) -> str:
    """From when to when, and whose time that is: “Tuesday 8 December 2026, 10:00–10:45 (Berlin time)”."""
    return _("%(time)s (%(zone)s)") % {
        "time": time_format.full_day_and_clocks((facts.start, facts.end)),
        "zone": time_format.zone_time(facts.zone),
    }


def deadline_sentences(facts: AppointmentFacts) -> list[str]:
    """Until when the client can change or cancel online, and how to do it after that."""
    online = _online_sentences(facts)
    if not online:
        return [_by_phone_sentence(facts.practice)]
    return [*online, _after_that_sentence(facts.practice)]


def deadlines_sentences(appointments: Sequence[AppointmentFacts]) -> list[str]:
    """The same for several appointments, whose deadlines are equally long before each start."""
    online = _online_sentences_for_each(appointments)
    practice = appointments[0].practice
    return [*online, _after_that_sentence(practice)] if online else [_by_phone_sentence(practice)]


def can_change_online(facts: AppointmentFacts) -> bool:
    """Can the client still choose another time or cancel by themselves?"""
    return any(_open_deadlines(facts))


def _open_deadlines(facts: AppointmentFacts) -> tuple[datetime | None, datetime | None]:
    """The deadlines for choosing another time and for cancelling that are not over."""
    both = facts.reschedule_until, facts.cancel_until
    change, cancel = (until if until and until > facts.written_at else None for until in both)
    return change, cancel


def _online_sentences(facts: AppointmentFacts) -> list[str]:
    change, cancel = _open_deadlines(facts)
    if change and change == cancel:
        return [_("You can change or cancel online until %(until)s.") % {"until": _near(change, facts)}]
    sentences = []
    if change:
        sentences.append(_("You can choose another time online until %(until)s.") % {"until": _near(change, facts)})
    if cancel:
        sentences.append(_("You can cancel online until %(until)s.") % {"until": _near(cancel, facts)})
    return sentences


def _online_sentences_for_each(appointments: Sequence[AppointmentFacts]) -> list[str]:
    """By the last of the appointments: what is not possible for it is possible for none."""
    last = max(appointments, key=lambda facts: facts.start)
    change, cancel = (_before(last.start, until) if until else "" for until in _open_deadlines(last))
    if change and change == cancel:
        return [_("You can change or cancel each appointment online until %(until)s.") % {"until": change}]
    sentences = []
    if change:
        words = _("You can choose another time for each appointment online until %(until)s.")
        sentences.append(words % {"until": change})
    if cancel:
        sentences.append(_("You can cancel each appointment online until %(until)s.") % {"until": cancel})
    return sentences


def _before(start: datetime, until: datetime) -> str:
    if until >= start:
        return pgettext("online until", "it starts")
    return _("%(length)s before it starts") % {"length": time_format.length(start - until)}


def _near(moment: datetime, facts: AppointmentFacts) -> str:
    return time_format.near_day_and_clock(moment, facts.written_at)


def _after_that_sentence(practice: PracticeFacts) -> str:
    if practice.phone:
        return _("After that please call %(phone)s.") % {"phone": practice.phone}
    return _("After that please reply to the e-mail.")


def _by_phone_sentence(practice: PracticeFacts) -> str:
    if practice.phone:
        return _("To change or cancel, please call %(phone)s.") % {"phone": practice.phone}
    return _("To change or cancel, please reply to the e-mail.")


def other_time_sentence(practice: PracticeFacts) -> str:
    """What a client can do whom the practice gave another time; a button or a link follows."""
    if practice.phone:
        return _("If this does not suit you, choose another time or call %(phone)s.") % {"phone": practice.phone}
    return _("If this does not suit you, choose another time.")


def other_times_sentence(practice: PracticeFacts) -> str:
    """The same for several appointments."""
    if practice.phone:
        return _("If a time does not suit you, choose another one or call %(phone)s.") % {"phone": practice.phone}
    return _("If a time does not suit you, choose another one.")


def cannot_see_sentence(facts: AppointmentFacts) -> str:
    """Why a client is asked to choose another time."""
    words = {"staff": facts.staff, "time": start_words(facts)}
    return _("%(staff)s cannot see you on %(time)s.") % words


def choose_sentence(practice: PracticeFacts) -> str:
    """What a client can do then; the times that are offered follow."""
    if practice.phone:
        return _("Please choose another time, or call %(phone)s.") % {"phone": practice.phone}
    return _("Please choose another time.")


def stands_sentence(facts: AppointmentFacts) -> str:
    """What a client is told who was asked to choose another time and need not any more."""
    return _("Your appointment on %(time)s stands after all.") % {"time": start_words(facts)}


def need_not_choose_sentence() -> str:
    """What follows from it."""
    return _("You do not need to choose another time.")


def offer_words(offer: Offer) -> str:
    """A time that is offered: “Tue 8 December, 10:00”, and with whom if that is somebody else."""
    time = time_format.weekday_day_and_clock(offer.start)
    if not offer.other_staff:
        return time
    return _("%(time)s, with %(staff)s") % {"time": time, "staff": offer.other_staff}


def not_confirmed_sentences(answer_by: datetime, *, written_at: datetime, by_phone: bool) -> tuple[str, str, str]:
    """What a client is told whose request waits for an answer; the second sentence is the one to be emphasised."""
    words = _("We will call you by %(time)s.") if by_phone else _("We will e-mail you by %(time)s.")
    time = time_format.near_day_and_clock(answer_by, written_at)
    return _("Your request has arrived."), _("It is not confirmed yet."), words % {"time": time}


def address_sentence(address: str, release_at: datetime) -> str:
    """What the page says to a client who must open a mail first."""
    return _(
        "One step is missing: open the e-mail we have just sent to %(address)s. "
        "Without it the time is released at %(time)s."
    ) % {"address": _masked(address), "time": time_format.clock(release_at)}


def _masked(address: str) -> str:
    """Enough of an address to recognise one's own: `k…@….de`."""
    user, _at, domain = address.rpartition("@")
    return f"{user[:1]}…@….{domain.rpartition('.')[2]}"


def where_words(facts: AppointmentFacts) -> str:
    """Where it takes place; empty for a video call, which has a link."""
    if not facts.is_by_phone:
        return facts.place
    return ": ".join(filter(None, (_("By telephone"), facts.place)))


def calendar_description(facts: AppointmentFacts, *, is_cancelled: bool = False) -> tuple[str, ...]:
    """The lines below the title in the client's calendar."""
    lines = [_("With %(staff)s") % {"staff": facts.staff} if facts.staff else ""]
    if not is_cancelled:
        deleting = _("Deleting this entry does not cancel the appointment.")
        lines += [facts.call_link, facts.note, deleting, _change_line(facts)]
    return tuple(line for line in lines if line)


def _change_line(facts: AppointmentFacts) -> str:
    values = {"link": facts.link, "phone": facts.practice.phone}
    if facts.practice.phone:
        return _("Change or cancel here: %(link)s or call %(phone)s.") % values
    return _("Change or cancel here: %(link)s") % values
