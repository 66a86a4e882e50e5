"""What is proposed for a series, in sentences; on the clock of the wish."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.openings.series.pattern import UsualTime
from bookings.openings.series.proposal import ProposedAppointment, SeriesProposal
from practice import time_format


def proposal_sentences(proposal: SeriesProposal) -> list[str]:
    """How many fit at which usual times, when the others are, and what found no time."""
    if not proposal.appointments:
        return [_("There are no free times for this.")]
    return [sentence for sentence in (_fitting(proposal), _missing(proposal), _skipped(proposal)) if sentence]


def _fitting(proposal: SeriesProposal) -> str:
    """“4 fit at Tue 10:00; for Tuesday 22 December and Tuesday 29 December the nearest is 10:45.”"""
    fitting = sum(one.is_usual for one in proposal.appointments)
    words = ngettext("%(number)s fits at %(times)s", "%(number)s fit at %(times)s", fitting)
    usual = get_text_list([_usual(one) for one in proposal.usual], _("and"))
    parts = [words % {"number": fitting, "times": usual}] if fitting else []
    others = sorted(
        ((_clock(one, proposal), _day(one, proposal)) for one in proposal.appointments if not one.is_usual),
        key=lambda pair: pair[0],
    )
    for clock, group in groupby(others, key=lambda pair: pair[0]):
        days = [time_format.weekday_and_day(day) for _at, day in group]
        parts.append(_("for %(days)s the nearest is %(time)s") % {"days": get_text_list(days, _("and")), "time": clock})
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _missing(proposal: SeriesProposal) -> str:
    missing = proposal.missing
    if not missing:
        return ""
    words = ngettext("%(number)s appointment found no time.", "%(number)s appointments found no time.", missing)
    return words % {"number": missing}


def _skipped(proposal: SeriesProposal) -> str:
    """The weeks in which nothing, or too little, is open."""
    if not proposal.skipped:
        return ""
    weeks = [
        f"{time_format.day_and_month(day)} – {time_format.day_and_month(day + timedelta(days=6))}"
        for day in proposal.skipped
    ]
    return _("Too few times are open in %(weeks)s.") % {"weeks": get_text_list(weeks, _("and"))}


def _usual(one: UsualTime) -> str:
    return f"{WEEKDAYS_ABBR[one.weekday]} {time_format.clock(one.at)}"


def _clock(one: ProposedAppointment, proposal: SeriesProposal) -> str:
    return time_format.clock(one.start.astimezone(proposal.wish.zone).time())


def _day(one: ProposedAppointment, proposal: SeriesProposal) -> date:
    return one.start.astimezone(proposal.wish.zone).date()
