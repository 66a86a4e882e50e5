"""The calendars that the sandbox publishes by web address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import requests

from sandbox.pages import feeds
from sandbox.pages.app import serve_pages
from sandbox.server.server import Sandbox

TODAY = date(2026, 11, 22)


@pytest.fixture
def icloud() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)) as sandbox:
        serve_pages(sandbox)
        yield sandbox


def said(feed: bytes) -> dict[str, tuple[str, date, date]]:
    """By UID: title, start and end."""
    events = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    return {str(one["UID"]): (str(one["SUMMARY"]), one["DTSTART"].dt, one["DTEND"].dt) for one in events}


@pytest.mark.parametrize("name", sorted(feeds.FEEDS))
def test_a_published_calendar_is_read_once_and_then_not_modified(icloud: Sandbox, name: str) -> None:
    first = requests.get(f"{icloud.apple_url}published/{name}", timeout=5)
    again = requests.get(first.url, headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert (again.status_code, again.content) == (304, b"")


def test_no_other_calendar_is_published(icloud: Sandbox) -> None:
    assert requests.get(f"{icloud.apple_url}published/other.ics", timeout=5).status_code == 404


def test_the_page_of_the_accounts_names_both(icloud: Sandbox) -> None:
    page = requests.get(icloud.apple_url, timeout=5).text
    assert [f'href="/published/{name}"' in page for name in sorted(feeds.FEEDS)] == [True, True]


@pytest.mark.parametrize("name", sorted(feeds.FEEDS))
def test_what_is_published_of_a_week_stays_the_same_in_the_next(name: str) -> None:
    now, later = (said(feeds.FEEDS[name](TODAY + timedelta(weeks=weeks))) for weeks in (0, 1))
    both = now.keys() & later.keys()
    assert {uid: now[uid] for uid in both} == {uid: later[uid] for uid in both}
    assert (len(both) > 1, len(now.keys() - later.keys()) <= 2) == (True, True)


def test_a_match_is_on_wednesday_afternoon_in_berlin() -> None:
    title, start, end = said(feeds.fixtures(TODAY))["match-20261125@example.org"]
    assert (title, start.isoformat(), end - start) == (
        "Juniors, away",
        "2026-11-25T15:00:00+01:00",
        timedelta(hours=2),
    )


def test_the_interval_between_two_requests_is_said() -> None:
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in feeds.school_year(TODAY)
