"""A proposed series in a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation

from bookings.openings.series.pattern import UsualTime, Wish
from bookings.openings.series.proposal import ProposedAppointment, SeriesProposal
from bookings.openings.series.words import proposal_sentence

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 12, 1)  # a Tuesday
TUESDAYS = (UsualTime(1, time(10)),)


def at(day: date, clock: str, *, is_usual: bool = False) -> ProposedAppointment:
    local = datetime.combine(day, time.fromisoformat(clock), BERLIN)
    return ProposedAppointment(local.astimezone(UTC), is_usual)


def proposal(*appointments: ProposedAppointment, count: int = 0, skipped: tuple[date, ...] = ()) -> SeriesProposal:
    wish = Wish(count=count or len(appointments), first=FIRST, zone=BERLIN)
    return SeriesProposal(wish, None, appointments, TUESDAYS, skipped)


def usual(*weeks: int) -> list[ProposedAppointment]:
    return [at(FIRST + timedelta(weeks=week), "10:00", is_usual=True) for week in weeks]


SIX = (*usual(0, 1, 2), at(date(2026, 12, 22), "10:45"), at(date(2026, 12, 29), "10:45"), *usual(5))


def test_the_usual_time_comes_first_and_then_the_nearest() -> None:
    assert proposal_sentence(proposal(*SIX)) == "4 fit at Tue 10:00; for 22 and 29 Dec the nearest is 10:45."


def test_the_same_in_german() -> None:
    with translation.override("de"):
        said = proposal_sentence(proposal(*SIX))
    assert said == "4 passen am Di., 10:00 Uhr; für den 22. und 29. Dez. ist 10:45 am nächsten."


def test_a_series_that_fits_as_a_whole_says_so() -> None:
    assert proposal_sentence(proposal(*usual(0, 1))) == "All 2 fit at Tue 10:00."


def test_each_month_is_named_once() -> None:
    found = proposal(*usual(0), *(at(day, "9:00".zfill(5)) for day in (date(2026, 12, 29), date(2027, 1, 5))))
    assert proposal_sentence(found) == "1 fits at Tue 10:00; for 29 Dec and 5 Jan the nearest is 09:00."


def test_another_day_is_named_with_its_time() -> None:
    found = proposal(*usual(0), at(date(2026, 12, 9), "16:30"))
    assert proposal_sentence(found) == "1 fits at Tue 10:00; on another day: Wed 9 Dec, 16:30."


def test_what_found_no_time_is_said() -> None:
    found = proposal(*usual(0, 2), count=4, skipped=(date(2026, 12, 8),))
    said = "All 2 fit at Tue 10:00; the week from 8 Dec has too few openings; 2 appointments find no time."
    assert proposal_sentence(found) == said


def test_where_nothing_is_open_that_is_all() -> None:
    assert proposal_sentence(proposal(count=6)) == "No time is open as you wish."
