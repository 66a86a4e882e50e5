"""Words about a day of which an event, or being away, covers several bookings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import CoveredDay, Proposal
from bookings.proposals.covered_days import DayChoice
from practice.models import User


def covers_sentence(day: CoveredDay, count: int, reader: User) -> str:
    """What covers how many bookings of the day. Only the owner of the calendar reads the title of the event."""
    words = {"count": count, "date": _date(day), "person": staff_name(day.person), "title": day.title or _("No title")}
    if day.person_id == reader.pk:
        return (_own_away(count) if day.is_away else _own_event(count)) % words
    return (_others_away(count) if day.is_away else _others_event(count)) % words


def uncovered_sentence(day: CoveredDay, count: int, reader: User) -> str:
    """What does not cover any more how many bookings whose clients were asked to choose another time."""
    words = {"count": count, "date": _date(day), "person": staff_name(day.person), "title": day.title or _("No title")}
    if day.is_away:
        is_own = day.person_id == reader.pk
        away = _("You are no longer away on %(date)s.") if is_own else _("%(person)s is no longer away on %(date)s.")
        return f"{away % words} {_were_asked(count) % words}"
    if day.person_id == reader.pk:
        text = ngettext(
            "“%(title)s” no longer covers a booking on %(date)s.",
            "“%(title)s” no longer covers %(count)s bookings on %(date)s.",
            count,
        )
    else:
        text = ngettext(
            "No event covers a booking of %(person)s on %(date)s any more.",
            "No event covers %(count)s bookings of %(person)s on %(date)s any more.",
            count,
        )
    return f"{text % words} {_were_asked(count) % words}"


def _were_asked(count: int) -> str:
    return ngettext(
        "The client was asked to choose another time.", "The clients were asked to choose another time.", count
    )


def question(kind: Proposal.Kind, day: CoveredDay, count: int, reader: User) -> str:
    """What is asked about the day."""
    return (uncovered_sentence if kind == Proposal.Kind.UNCOVERED else covers_sentence)(day, count, reader)


def _own_event(count: int) -> str:
    return ngettext(
        "“%(title)s” covers your booking on %(date)s.", "“%(title)s” covers your %(count)s bookings on %(date)s.", count
    )


def _own_away(count: int) -> str:
    return ngettext(
        "You are away on %(date)s and have a booking then.",
        "You are away on %(date)s and have %(count)s bookings then.",
        count,
    )


def _others_event(count: int) -> str:
    return ngettext(
        "An event covers a booking of %(person)s on %(date)s.",
        "An event covers %(count)s bookings of %(person)s on %(date)s.",
        count,
    )


def _others_away(count: int) -> str:
    return ngettext(
        "%(person)s is away on %(date)s and has a booking then.",
        "%(person)s is away on %(date)s and has %(count)s bookings then.",
        count,
    )


def subject(day: CoveredDay, count: int) -> str:
    """The subject of the mail that asks about the day."""
    words = ngettext(
        "Please decide: %(count)s booking on %(date)s", "Please decide: %(count)s bookings on %(date)s", count
    )
    return words % {"count": count, "date": _date(day)}


def choice_label(choice: DayChoice, count: int, free: int) -> str:
    """The words of a button for `count` bookings; for `free` of them a colleague is free."""
    return _LABELS[choice](count, free)


def _ask_label(count: int, _free: int) -> str:
    if count == 2:
        return _("Ask both to choose another time")
    words = ngettext("Ask the client to choose another time", "Ask all %(number)s to choose another time", count)
    return words % {"number": number_word(count)}


def _hand_over_label(count: int, free: int) -> str:
    words = _("Give them to a colleague who is free: %(free)s of %(count)s")
    return words % {"free": free, "count": count}


def _keep_label(_count: int, _free: int) -> str:
    return _("Keep them")


def _stand_label(_count: int, _free: int) -> str:
    return _("The appointments stand")


def _keep_asking_label(_count: int, _free: int) -> str:
    return _("Keep asking")


_LABELS: dict[DayChoice, Callable[[int, int], str]] = {
    DayChoice.ASK_ALL: _ask_label,
    DayChoice.HAND_OVER_ALL: _hand_over_label,
    DayChoice.KEEP_ALL: _keep_label,
    DayChoice.STAND_ALL: _stand_label,
    DayChoice.KEEP_ASKING_ALL: _keep_asking_label,
}


def number_word(count: int) -> str:
    """A small number in words; a larger one in digits."""
    words: Sequence[str] = (*(_("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"), _("ten")),)
    return words[count - 3] if 3 <= count < len(words) + 3 else str(count)


def _date(day: CoveredDay) -> str:
    return date_format(day.date, "SHORT_DATE_FORMAT")


def staff_name(person: User) -> str:
    """What a colleague is called."""
    return person.get_full_name() or person.get_username()
