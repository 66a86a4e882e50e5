"""What a proposed series is, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.openings.series.proposal import SeriesProposal
from practice import time_format


def proposal_sentence(proposal: SeriesProposal) -> str:
    """“4 fit at Tue 10:00; for 22 and 29 Dec the nearest is 10:45.” In the active language, on the clock wished."""
    if not proposal.appointments:
        return _("No time is open as you wish.")
    with timezone.override(proposal.wish.zone):
        said = "; ".join(_parts(proposal))
    return f"{said[0].upper()}{said[1:]}."


def _parts(proposal: SeriesProposal) -> Iterator[str]:
    yield from _fitting(proposal)
    yield from _nearest(proposal)
    if proposal.skipped:
        words = {"days": time_format.days_and_months(proposal.skipped)}
        yield (
            ngettext(
                "the week from %(days)s has too few openings",
                "the weeks from %(days)s have too few openings",
                len(proposal.skipped),
            )
            % words
        )
    if proposal.missing:
        yield ngettext(
            "%(count)s appointment finds no time", "%(count)s appointments find no time", proposal.missing
        ) % {"count": proposal.missing}


def _fitting(proposal: SeriesProposal) -> Iterator[str]:
    count = sum(one.is_usual for one in proposal.appointments)
    words = {"count": count, "times": get_text_list(list(_usual_times(proposal)), _("and"))}
    if count == len(proposal.appointments):
        yield ngettext("it fits at %(times)s", "all %(count)s fit at %(times)s", count) % words
    elif count:
        yield ngettext("%(count)s fits at %(times)s", "%(count)s fit at %(times)s", count) % words


def _usual_times(proposal: SeriesProposal) -> Iterator[str]:
    first = proposal.wish.first
    for usual in proposal.usual:
        day = first + timedelta(days=(usual.weekday - first.weekday()) % 7)
        yield time_format.weekday_and_clock(datetime.combine(day, usual.at, proposal.wish.zone))


def _nearest(proposal: SeriesProposal) -> Iterator[str]:
    """The other times: those on a usual weekday by their time of day, and then those on another day."""
    weekdays = {usual.weekday for usual in proposal.usual}
    days_by_clock: dict[str, list[date]] = {}
    elsewhere = []
    for start in (one.start for one in proposal.appointments if not one.is_usual):
        local = timezone.localtime(start)
        if local.weekday() in weekdays:
            days_by_clock.setdefault(time_format.clock(start), []).append(local.date())
        else:
            elsewhere.append(time_format.short_day_and_clock(start))
    for clock, days in days_by_clock.items():
        words = {"days": time_format.days_and_months(days), "time": clock}
        yield _("for %(days)s the nearest is %(time)s") % words
    if elsewhere:
        yield _("on another day: %(times)s") % {"times": get_text_list(elsewhere, _("and"))}
