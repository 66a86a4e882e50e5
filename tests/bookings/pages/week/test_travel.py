"""Travel time in the week: apart from the event, before and after it."""

from __future__ import annotations

from datetime import timedelta

from bookings.pages.week.items import diary
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import EventFactory, FeedFactory, OccurrenceFactory

MINUTES = timedelta(minutes=1)


def drawn(practice: Practice) -> list[tuple[str, str, float, float]]:
    """Kind, title, and the hours of Tuesday in Berlin from which and until which it is drawn."""
    midnight = berlin(1, 0)
    items = sorted(
        diary(practice.user, midnight, midnight + 24 * HOUR, now=practice.now).items, key=lambda item: item.start
    )
    return [(item.kind, item.title, (item.start - midnight) / HOUR, (item.end - midnight) / HOUR) for item in items]


def test_travel_time_is_drawn_apart_from_its_event(practice: Practice) -> None:
    href = practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10))
    practice.phone.travel(href, 30 * MINUTES)
    practice.poll_later()
    assert drawn(practice) == [("travel", "Travel time", 9.5, 10), ("blocked", "Dentist", 10, 11)]


def test_an_event_without_travel_time_is_drawn_whole(practice: Practice) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10))
    practice.poll_later()
    assert drawn(practice) == [("blocked", "Dentist", 10, 11)]


def test_the_way_back_is_drawn_too(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    href = practice.phone.add(work, "Dentist", berlin(1, 10))
    lines = b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT15M\r\nX-APPLE-TRAVEL-RETURN-DURATION;VALUE=DURATION:PT30M\r\n"
    work.put(href.rsplit("/", 1)[1], work.resources[href].data.replace(b"END:VEVENT", lines + b"END:VEVENT"))
    practice.poll_later()
    assert drawn(practice) == [
        ("travel", "Travel time", 9.75, 10),
        ("blocked", "Dentist", 10, 11),
        ("travel", "Travel time", 11, 11.5),
    ]


def test_calendars_by_web_address_are_told_apart(practice: Practice) -> None:
    travel = b"BEGIN:VEVENT\r\nX-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r\nEND:VEVENT\r\n"
    for hour, text in ((10, travel), (14, b"BEGIN:VEVENT\r\nEND:VEVENT\r\n")):
        feed = FeedFactory.create(connection__user=practice.user)
        event = EventFactory.create(calendar=feed, uid="match@club.example", summary="Match", text=text)
        OccurrenceFactory.create(
            calendar=feed, event=event, summary="Match", start=berlin(1, hour), end=berlin(1, hour + 1)
        )
    assert drawn(practice) == [
        ("travel", "Travel time", 10, 10.5),
        ("blocked", "Match", 10.5, 11),
        ("blocked", "Match", 14, 15),
    ]
