"""Calendars by web address, as a club and a school publish them: always for the months around today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
from werkzeug import Request, Response
from werkzeug.exceptions import NotFound

from sandbox.server.server import Sandbox

WEEKS = 16
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def show(sandbox: Sandbox, name: str, request: Request) -> Response:
    """The feed of this name, or 304 if the client has it already. Raises NotFound."""
    if name not in FEEDS:
        raise NotFound("There is no such calendar.")
    today = sandbox.clock.now().astimezone(BERLIN).date()
    response = Response(FEEDS[name](today), content_type="text/calendar; charset=utf-8")
    response.add_etag()
    return response.make_conditional(request)


def fixtures(today: date) -> bytes:
    """A club's fixtures: a match each Wednesday afternoon, and one on every second Saturday."""
    feed = _feed("TSV Example: fixtures", "#FF9500")
    for monday, week in _weeks(today):
        place = "home" if week % 2 else "away"
        feed.add_component(_match(monday + timedelta(days=2), time(15), f"Juniors, {place}"))
        if week % 2:
            feed.add_component(_match(monday + timedelta(days=5), time(14), "First team, home"))
    feed.add_missing_timezones()
    return bytes(feed.to_ical())


def school_year(today: date) -> bytes:
    """A school's days: holidays, which do not block, and a day without lessons every four weeks, which does."""
    feed = _feed("Example School", "#34C759")
    for monday, week in _weeks(today):
        if week % 4 == 1:
            feed.add_component(_days(monday + timedelta(days=3), 1, "No lessons: teachers' conference"))
        if week % 12 == 6:
            holidays = _days(monday, 14, "School holidays")
            holidays.add("TRANSP", "TRANSPARENT")
            feed.add_component(holidays)
    return bytes(feed.to_ical())


FEEDS: dict[str, Callable[[date], bytes]] = {"fixtures.ics": fixtures, "school.ics": school_year}


def _weeks(today: date) -> Iterator[tuple[date, int]]:
    """From last week on: the Monday and the number of the week, so that an event stays as it was published."""
    first = today - timedelta(days=today.weekday() + 7)
    mondays = (first + timedelta(weeks=number) for number in range(WEEKS))
    return ((monday, monday.isocalendar().week) for monday in mondays)


def _feed(name: str, color: str) -> icalendar.Calendar:
    feed = icalendar.Calendar()
    feed.add("PRODID", "-//Example//Published calendars//EN")
    feed.add("VERSION", "2.0")
    feed.add("X-WR-CALNAME", name)
    feed.add("X-APPLE-CALENDAR-COLOR", color)
    feed.add("REFRESH-INTERVAL", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    return feed


def _match(day: date, start: time, title: str) -> icalendar.Event:
    begin = datetime.combine(day, start, BERLIN)
    return _event(f"match-{day:%Y%m%d}@example.org", day, title, begin, begin + 2 * HOUR)


def _days(day: date, count: int, title: str) -> icalendar.Event:
    return _event(f"days-{day:%Y%m%d}@example.org", day, title, day, day + timedelta(days=count))


def _event(uid: str, day: date, title: str, start: date, end: date) -> icalendar.Event:
    event = icalendar.Event()
    event.add("UID", uid)
    event.add("DTSTAMP", datetime.combine(day, time(), UTC))
    event.add("SUMMARY", title)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    return event
