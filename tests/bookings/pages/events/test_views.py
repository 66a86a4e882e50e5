"""The tab Events: what was fetched, each with whether it blocks and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import MirroredSlot
from connections.models import Calendar
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ConnectionFactory,
    EventFactory,
    FeedFactory,
    LinkedEventFactory,
    OccurrenceFactory,
)
from tests.pages import find, headings_and_buttons, links, texts, words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/events/"


def rows(client: Client, **query: Any) -> list[str]:
    """What is said of each event, without what could be done about it."""
    table = find(client.get(URL, query), "//tbody/tr")
    found = [row.xpath("th | td[position() < 3] | td//p[not(@class)]") for row in table]
    return [" ".join(filter(None, map(words, cells))) for cells in found]


def remedies(client: Client, **query: Any) -> list[list[str]]:
    """What could be done about each event: words, then buttons."""
    found = find(client.get(URL, query), "//div[@class='blocks']")
    return [[words(part) for part in row.xpath("p[@class='hint'] | .//button")] for row in found]


@pytest.mark.parametrize(
    ("given", "said", "remedy"),
    [
        (
            {"blocks": True, "reason": "busy"},
            "10:00–11:00 Dentist Home Blocks Marked Busy",
            ["To leave the time free, on your iPhone: Show As > Free."],
        ),
        (
            {"blocks": False, "reason": "free"},
            "10:00–11:00 Dentist Home Does not block Marked Free",
            ["Free on your iPhone. To make it block: Show As > Busy."],
        ),
        (
            {"blocks": False, "reason": "free", "all_day": True},
            "All day Dentist Home Does not block Marked Free",
            [
                "Free on your iPhone. To make it block: Show As > Busy.",
                "Always block all-day events of this calendar (Home)",
            ],
        ),
        (
            {"blocks": True, "reason": "busy", "all_day": True},
            "All day Dentist Home Blocks Marked Busy",
            [
                "To leave the time free, on your iPhone: Show As > Free.",
                "Never block all-day events of this calendar (Home)",
            ],
        ),
        (
            {"blocks": False, "reason": "cancelled"},
            "10:00–11:00 Dentist Home Does not block Cancelled",
            ["It was cancelled. To hide it, delete it on your iPhone."],
        ),
        (
            {"blocks": False, "reason": "declined"},
            "10:00–11:00 Dentist Home Does not block You declined the invitation",
            ["To make it block, accept the invitation on your iPhone."],
        ),
        (
            {"blocks": True, "reason": "invitation_rule"},
            "10:00–11:00 Dentist Home Blocks Your rule for unanswered or tentative invitations",
            [
                "To leave the time free, decline the invitation on your iPhone.",
                "Do not block for unanswered and tentative invitations of this calendar (Home)",
            ],
        ),
        (
            {"blocks": False, "reason": "invitation_rule"},
            "10:00–11:00 Dentist Home Does not block Your rule for unanswered or tentative invitations",
            [
                "To make it block, accept the invitation on your iPhone.",
                "Block for unanswered and tentative invitations of this calendar (Home)",
            ],
        ),
        (
            {"blocks": True, "reason": "unreadable", "summary": ""},
            "10:00–11:00 No title Home Blocks Could not be read, so it blocks to be safe",
            ["Open it on your iPhone and save it again."],
        ),
        (
            {"blocks": True, "reason": "all_day_rule", "all_day": True},
            "All day Dentist Home Blocks Your rule for all-day events of this calendar",
            ["Block all-day events of this calendar only if marked Busy (Home)"],
        ),
    ],
)
def test_each_event_says_whether_it_blocks_why_and_what_would_change_that(
    anna_client: Client, home: Calendar, given: dict[str, Any], said: str, remedy: list[str]
) -> None:
    OccurrenceFactory(calendar=home, **given)
    assert (rows(anna_client), remedies(anna_client)) == ([said], [remedy])


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (
            {"blocks": False, "reason": "free", "all_day": True},
            [
                "You can only read this calendar. Its owner can mark the event Busy.",
                "Always block all-day events of this calendar (Team)",
            ],
        ),
        ({"reason": "busy"}, ["You can only read this calendar. Its owner can mark the event Free."]),
        ({"reason": "unreadable"}, ["You can only read this calendar. Its owner can save the event again."]),
        ({"blocks": False, "reason": "declined"}, ["To make it block, accept the invitation on your iPhone."]),
    ],
)
def test_of_a_calendar_that_may_only_be_read_others_are_asked(
    anna_client: Client, home: Calendar, given: dict[str, Any], remedy: list[str]
) -> None:
    team = CalendarFactory(connection=home.connection, name="Team", writable=False)
    OccurrenceFactory(calendar=team, **given)
    assert remedies(anna_client) == [remedy]


def test_an_event_that_lasts_longer_for_its_travel_time_says_so(anna_client: Client, home: Calendar) -> None:
    event = EventFactory(calendar=home, uid="T", text=VISIT)
    OccurrenceFactory(calendar=home, event=event, summary="Visit", end=START + timedelta(minutes=90))
    OccurrenceFactory(calendar=home, event=event, summary="Shorter", start=START + timedelta(days=1))
    assert rows(anna_client) == [
        "10:00–11:30 travel time included Visit Home Blocks Marked Busy",
        "10:00–11:00 Shorter Home Blocks Marked Busy",
    ]


VISIT = b"""BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:T\r
DTSTART:20261201T093000Z\r
DTEND:20261201T103000Z\r
X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_an_event_of_several_days_says_until_when(anna_client: Client, home: Calendar) -> None:
    midnight = datetime(2026, 12, 1, 23, tzinfo=UTC)
    days = {"start": midnight, "end": midnight + timedelta(days=2)}
    OccurrenceFactory(calendar=home, summary="Crete", all_day=True, **days)
    OccurrenceFactory(calendar=home, summary="Fair", start=START, end=START + timedelta(days=1))
    assert rows(anna_client) == [
        "10:00–10:00 until Wed 2 Dec Fair Home Blocks Marked Busy",
        "All day until Thu 3 Dec Crete Home Blocks Marked Busy",
    ]


def test_events_stand_under_their_day(anna_client: Client, home: Calendar) -> None:
    for hours in (0, 14, 16, 40):  # the third is after midnight in Berlin
        OccurrenceFactory(calendar=home, start=START + timedelta(hours=hours))
    assert texts(anna_client.get(URL), "//section/h2") == [
        "Tue 1 Dec 2026",
        "Wed 2 Dec 2026",
        "Thu 3 Dec 2026",
    ]


def test_an_own_event_is_its_booking(anna_client: Client, anna: User, home: Calendar) -> None:
    placed = LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=home)
    OccurrenceFactory(calendar=home, uid=placed.uid, summary="Clara")
    assert rows(anna_client) == ["10:00–11:00 Clara Home Booking Your own booking in Kalends"]
    assert links(anna_client.get(URL), "//tbody//a") == [
        ("Your own booking in Kalends", f"/bookings/{placed.booking_id}/")
    ]


def test_what_the_phone_added_to_an_own_event_blocks(anna_client: Client, anna: User, home: Calendar) -> None:
    placed = LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=home, pushed=True)
    OccurrenceFactory(calendar=home, uid=placed.uid, summary="Clara", end=START + timedelta(minutes=90))
    said = "On your iPhone it also covers time outside the booking"
    assert rows(anna_client) == [f"10:00–11:30 Clara Home Blocks {said}"]
    assert links(anna_client.get(URL), "//tbody//a") == [(said, f"/bookings/{placed.booking_id}/")]


def test_an_own_event_that_is_to_go_says_so(anna_client: Client, anna: User, home: Calendar) -> None:
    booking = BookingFactory(staff=anna, status="cancelled")
    placed = LinkedEventFactory(booking=booking, calendar=home, wanted="absent")
    OccurrenceFactory(calendar=home, uid=placed.uid, summary="Clara")
    assert rows(anna_client) == ["10:00–11:00 Clara Home Booking No longer the event of a booking. It is being removed"]


def test_what_kalends_wrote_for_a_colleague_blocks_nobody_else(anna_client: Client, home: Calendar) -> None:
    placed = LinkedEventFactory(calendar=CalendarFactory(), pushed=True)
    OccurrenceFactory(calendar=home, uid=placed.uid, summary="Clara")
    assert rows(anna_client) == ["10:00–11:00 Clara Home Booking A booking of a colleague, who has this calendar too"]
    assert links(anna_client.get(URL), "//tbody//a") == []


def test_a_slot_blocked_by_hand_is_known_on_the_iphone_too(anna_client: Client, anna: User, home: Calendar) -> None:
    slot = BlockedSlotFactory(user=anna)
    place = {"calendar": home, "calendar_path": home.path, "etag": '"1"', "pushed_revision": 1}
    MirroredSlot.objects.create(staff=anna, slot=slot, uid="S", href=f"{home.path}S.ics", **place)
    OccurrenceFactory(calendar=home, uid="S", summary="Blocked")
    assert rows(anna_client) == ["10:00–11:00 Blocked Home Blocked slot Blocked by you in Kalends"]
    assert links(anna_client.get(URL), "//tbody//a") == [
        ("Blocked by you in Kalends", "/calendars/settings/availability/#blocked")
    ]


def test_one_event_seen_in_two_calendars_is_shown_once(anna_client: Client, anna: User, home: Calendar) -> None:
    second = CalendarFactory(connection=ConnectionFactory(user=anna), name="Second")
    third = CalendarFactory(connection=home.connection, name="Third")
    OccurrenceFactory(calendar=home, uid="E", blocks=False)
    OccurrenceFactory(calendar=second, uid="E")
    there = OccurrenceFactory(calendar=third, uid="E")
    OccurrenceFactory(calendar=third, event=there.event, start=START + timedelta(days=1))
    assert rows(anna_client) == [
        "10:00–11:00 Dentist Second Blocks Marked Busy",
        "10:00–11:00 Dentist Third Blocks Marked Busy",
    ]
    assert rows(anna_client, calendar=home.pk) == ["10:00–11:00 Dentist Home Does not block Marked Free"]


def test_events_without_a_uid_are_all_different(anna_client: Client, home: Calendar) -> None:
    for number in range(2):
        OccurrenceFactory(calendar=home, event=EventFactory(calendar=home, uid="", href=f"{number}.ics"))
    assert rows(anna_client) == ["10:00–11:00 Dentist Home Blocks Marked Busy"] * 2


def test_what_is_over_or_not_chosen_or_of_somebody_else_is_not_shown(anna_client: Client, home: Calendar) -> None:
    OccurrenceFactory(calendar=home, start=NOW - timedelta(days=1))
    OccurrenceFactory(calendar=CalendarFactory(connection=home.connection, is_conflict_calendar=False))
    OccurrenceFactory()
    assert rows(anna_client) == []


def test_the_page_says_how_far_events_are_kept(anna_client: Client, home: Calendar) -> None:
    hint = texts(anna_client.get(URL), "//p[contains(@class, 'measure')]")[0]
    assert "Events from Mon 26 Oct 2026 to Thu 6 Jan 2028 are kept." in hint


def test_what_could_not_be_read_is_named_on_top_with_what_to_do(anna_client: Client, home: Calendar) -> None:
    team = CalendarFactory(connection=home.connection, name="Team", writable=False)
    party = EventFactory(calendar=home, summary="Party", problem="unreadable")
    OccurrenceFactory(calendar=home, event=party, reason="unreadable")
    EventFactory(calendar=home, summary="Shifts", problem="too_many_overrides")
    EventFactory(calendar=home, summary="", problem="no_times")
    EventFactory(calendar=home, summary="", pending_etag='"1"', pending_since=NOW - timedelta(hours=1))
    EventFactory(calendar=home, summary="Old", pending_etag='"1"', pending_since=NOW - timedelta(days=2))
    EventFactory(calendar=team, summary="Ours", problem="too_many_occurrences")
    EventFactory(problem="unreadable")
    EventFactory(calendar=CalendarFactory(connection=home.connection, is_conflict_calendar=False), problem="unreadable")
    owed = "Kalends keeps trying and uses what it read before."
    assert texts(anna_client.get(URL), "//ul[@id='problems']/li") == [
        "Party · Home · Tue 1 Dec, 10:00 This event could not be read completely. What could be read of its times "
        "blocks. Open it on your iPhone and save it again.",
        "Shifts · Home This event has so many changed repetitions that each blocks as it stands. End this series "
        "on your iPhone and start a new one.",
        "No title · Home This event has no readable times, so it cannot block anything. Open it on the iPhone and "
        "save it.",
        f"No title · Home It could not be read yet. {owed}",
        f"Old · Home It could not be read since Sat 28 Nov 2026. {owed} Open it on your iPhone and save it again.",
        "Ours · Team This event repeats so often that the whole span blocks. You can only read this calendar. "
        "Its owner can save the event again.",
    ]


def test_of_many_problems_the_first_are_named_and_the_others_counted(anna_client: Client, home: Calendar) -> None:
    for _ in range(23):
        EventFactory(calendar=home, problem="unreadable")
    page = anna_client.get(URL)
    assert len(find(page, "//ul[@id='problems']/li")) == 20
    assert texts(page, "//section[@aria-labelledby='problems-title']/p") == [
        "And 3 more, named on the pages of their connections. Connections"
    ]


def test_titles_are_escaped(anna_client: Client, home: Calendar) -> None:
    OccurrenceFactory(calendar=home, summary="<script>alert(1)</script>")
    assert b"<script>alert" not in anna_client.get(URL).content
    assert rows(anna_client) == ["10:00–11:00 <script>alert(1)</script> Home Blocks Marked Busy"]


def test_empty_pages_say_what_to_do(anna_client: Client, anna: User) -> None:
    empty = "//div[@class='empty']"
    assert texts(anna_client.get(URL), empty) == [
        "No calendar is read Choose conflict calendars to see their events here, each with the reason why it "
        "blocks or not. Choose calendars"
    ]
    CalendarFactory(connection__user=anna)
    assert texts(anna_client.get(URL), empty) == ["No events There are no upcoming events in the calendars you chose."]
    assert texts(anna_client.get(URL, {"q": "x"}), empty) == [
        "No events No fetched event matches. Try another day or fewer filters."
    ]


def test_thirty_events_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, home: Calendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grow(number: int) -> None:
        start = START + timedelta(days=number)
        placed = LinkedEventFactory(booking=BookingFactory(staff=anna, start=start), calendar=home)
        OccurrenceFactory(calendar=home, uid=placed.uid, start=start)
        EventFactory(calendar=home, problem="unreadable")

    grow(0)
    anna_client.get(URL)
    with django_assert_num_queries(22):
        anna_client.get(URL)
    for number in range(1, 30):
        grow(number)
    with django_assert_num_queries(22):
        anna_client.get(URL)


def test_the_page_is_in_german_for_who_reads_german(german_client: Client, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, summary="Zahnarzt")
    page = german_client.get(URL)
    assert headings_and_buttons(page) == (["Kalendereinstellungen", "Di., 1. Dez. 2026"], ["Anzeigen"])
    assert texts(page, "//tbody//span[contains(@class, 'badge')]") == ["Blockiert"]


def test_copies_of_events_of_ours_in_a_calendar_by_web_address_do_not_block(anna_client: Client, anna: User) -> None:
    feed = FeedFactory(connection__user=anna)
    removed = LinkedEventFactory(booking__staff=anna, booking__status="cancelled", removed_at=NOW)
    moved = LinkedEventFactory(booking__staff=anna, booking__start=START + timedelta(hours=5))
    for number, placement in enumerate((removed, moved)):
        start = START + timedelta(hours=number)
        OccurrenceFactory(calendar=feed, uid=placement.uid, start=start, summary="Carla")
    assert rows(anna_client) == [
        "10:00–11:00 Carla Club fixtures Does not block A copy of an event that Kalends has removed since",
        "11:00–12:00 Carla Club fixtures Booking Your own booking in Kalends",
    ]
