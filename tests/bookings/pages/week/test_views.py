"""The week's page: what stands in it, in which words, and what it says while there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from bookings.models import Booking, Proposal
from connections.models import CalendarConfiguration
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    ConnectionFactory,
    EventFactory,
    FeedFactory,
    HoldFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    WorkingHoursFactory,
)
from tests.pages import find, headings_and_buttons, links, texts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("at_work"),
]
URL = "/calendars/"
SLOTS = "//ol//li[contains(@class, 'slot')]"
DAYS = ["2026-12-01", "2026-12-08"]
HTMX = {"HX-Request": "true", "HX-Target": "live"}


def booking(anna: User, **given: object) -> Booking:
    given = {"client": ClientFactory(name="Clara Winter"), "service": ServiceFactory(name="Massage")} | given
    return BookingFactory(staff=anna, **given)


def test_a_booking_links_to_its_page(anna_client: Client, anna: User) -> None:
    made = booking(anna)
    page = anna_client.get(URL)
    assert texts(page, SLOTS) == ["Clara Winter 10:00–11:00 Massage"]
    assert links(page, f"{SLOTS}//a") == [("Clara Winter", f"/bookings/{made.pk}/")]


def test_an_event_of_a_calendar_by_web_address_is_called_by_that_calendar(anna_client: Client, anna: User) -> None:
    OccurrenceFactory(calendar=FeedFactory(connection__user=anna), summary="Final", start=START)
    assert texts(anna_client.get(URL), SLOTS) == ["Final 10:00–11:00 from Club fixtures, by web address · Marked Busy"]


def test_the_old_copy_of_an_event_that_was_removed_is_not_drawn(anna_client: Client, anna: User) -> None:
    removed = LinkedEventFactory(booking=booking(anna, status="cancelled"), removed_at=NOW)
    OccurrenceFactory(calendar=FeedFactory(connection__user=anna), uid=removed.uid, start=START)
    assert texts(anna_client.get(URL), SLOTS) == []


def test_a_pending_booking_says_why(anna_client: Client, anna: User) -> None:
    booking(anna, status="pending")
    assert texts(anna_client.get(URL), SLOTS) == [
        "Clara Winter 10:00–11:00 Massage · Pending: The calendar could not be read"
    ]


def test_a_booking_with_an_open_proposal_is_marked(anna_client: Client, anna: User) -> None:
    Proposal.objects.create(booking=booking(anna), kind="moved", created_at=NOW)
    page = anna_client.get(URL)
    assert texts(page, SLOTS) == ["Clara Winter 10:00–11:00 Massage · Needs your decision"]
    assert [slot.get("class").split()[1] for slot in find(page, SLOTS)] == ["slot--undecided"]


def test_a_time_that_a_visitor_holds_is_shown_and_not_open_until_it_expires(anna_client: Client, anna: User) -> None:
    hold = HoldFactory(staff=anna, service__name="Massage")
    HoldFactory(staff=anna, start=START + timedelta(hours=2), expires_at=NOW)
    page = anna_client.get(URL)
    assert texts(page, SLOTS) == ["Being booked 10:00–11:00 Massage · A client is booking this time right now"]
    assert [slot.get("class").split()[1] for slot in find(page, SLOTS)] == ["slot--hold"]
    assert hold.claim is not None


def test_a_cancelled_booking_is_gone(anna_client: Client, anna: User) -> None:
    booking(anna, status="cancelled")
    assert texts(anna_client.get(URL), SLOTS) == []


def test_events_say_where_they_come_from_and_whether_they_block(anna_client: Client, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna, name="Home")
    OccurrenceFactory(calendar=calendar, summary="Dentist", start=START)
    OccurrenceFactory(calendar=calendar, summary="", start=START + timedelta(hours=2), blocks=False)
    page = anna_client.get(URL)
    assert texts(page, SLOTS) == [
        "Dentist 10:00–11:00 from iCloud, Home · Marked Busy",
        "No title 12:00–13:00 from iCloud, Home · Marked Free",
    ]
    assert [slot.get("class").split()[1] for slot in find(page, SLOTS)] == ["slot--blocked", "slot--free"]
    assert [slot.get("title") for slot in find(page, SLOTS)] == [
        "Dentist · 10:00–11:00 · from iCloud, Home",
        "No title · 12:00–13:00 · from iCloud, Home",
    ]


def test_the_title_of_an_event_is_escaped(anna_client: Client, anna: User) -> None:
    OccurrenceFactory(calendar=CalendarFactory(connection__user=anna), summary="<b>Dentist</b>")
    assert b"<b>Dentist" not in anna_client.get(URL).content
    assert texts(anna_client.get(URL), f"{SLOTS}/a") == ["<b>Dentist</b>"]


def test_a_slot_blocked_by_hand_says_that_the_iphone_does_not_show_it(anna_client: Client, anna: User) -> None:
    BlockedSlotFactory(user=anna, note="Paperwork")
    assert texts(anna_client.get(URL), SLOTS) == ["Paperwork 10:00–11:00 made here; not shown on your iPhone"]


def test_an_all_day_event_stands_above_its_days(anna_client: Client, anna: User) -> None:
    OccurrenceFactory(
        calendar=CalendarFactory(connection__user=anna, name="Home"),
        summary="Crete",
        start=datetime(2026, 12, 1, 23, tzinfo=UTC),
        end=datetime(2026, 12, 3, 23, tzinfo=UTC),
        all_day=True,
        blocks=False,
    )
    above = "//section[.//li[contains(., 'Crete')]]/h2"
    assert texts(anna_client.get(URL), above) == ["Wed 2 December", "Thu 3 December"]
    assert (
        texts(anna_client.get(URL), "//ul[@class='day__all-day']/li")
        == ["Crete All day · from iCloud, Home · Marked Free"] * 2
    )


def test_a_pushed_event_is_drawn_once_as_its_booking(anna_client: Client, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna)
    placed = LinkedEventFactory(booking=booking(anna), calendar=calendar, pushed=True)
    OccurrenceFactory(calendar=calendar, uid=placed.uid, summary="Clara Winter")
    assert texts(anna_client.get(URL), SLOTS) == ["Clara Winter 10:00–11:00 Massage"]


def test_of_a_pushed_event_that_was_lengthened_the_rest_is_drawn(anna_client: Client, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna, name="Work")
    placed = LinkedEventFactory(booking=booking(anna), calendar=calendar, pushed=True)
    OccurrenceFactory(calendar=calendar, uid=placed.uid, summary="Clara", end=START + timedelta(minutes=90))
    assert texts(anna_client.get(URL), SLOTS) == [
        "Clara Winter 10:00–11:00 Massage",
        "Clara 11:00–11:30 from iCloud, Work · On your iPhone the booking’s event also covers this time",
    ]


def test_a_pushed_event_whose_booking_is_cancelled_is_gone(anna_client: Client, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna)
    placed = LinkedEventFactory(booking=booking(anna, status="cancelled"), calendar=calendar, wanted="absent")
    OccurrenceFactory(calendar=calendar, uid=placed.uid)
    assert texts(anna_client.get(URL), SLOTS) == []


def test_nothing_of_somebody_else_is_shown(anna_client: Client) -> None:
    berta = UserFactory()
    booking(berta)
    OccurrenceFactory(calendar=CalendarFactory(connection__user=berta))
    BlockedSlotFactory(user=berta)
    assert texts(anna_client.get(URL), SLOTS) == []


def test_each_day_says_when_it_is_open(anna_client: Client, anna: User) -> None:
    WorkingHoursFactory(user=anna, weekday=0, start="18:00", end="20:00")
    opened = texts(anna_client.get(URL), "//p[@class='day__open']")
    weekdays = ["Open 09:00–17:00, 18:00–20:00", *["Open 09:00–17:00"] * 4]
    assert opened == [*weekdays, "Closed", "Closed"]


def test_a_day_that_an_all_day_event_blocks_is_not_shown_as_open(anna_client: Client, anna: User) -> None:
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    calendar = CalendarFactory(connection__user=anna)
    OccurrenceFactory(calendar=calendar, start=midnight, end=midnight + timedelta(days=1), all_day=True)
    page = anna_client.get(URL)
    assert texts(page, "//p[@class='day__open']")[:3] == ["Open 09:00–17:00", "No free time", "Open 09:00–17:00"]
    white = "//section[.//span[contains(@class, 'day__period')]]/h2"
    assert texts(page, white) == ["Mon 30 November today", "Wed 2 December", "Thu 3 December", "Fri 4 December"]


def test_what_is_left_of_a_day_is_drawn_as_open(anna_client: Client, anna: User) -> None:
    booking(anna)
    BlockedSlotFactory(user=anna, start=START + timedelta(hours=3), end=START + timedelta(hours=4))
    tuesday = texts(anna_client.get(URL), "//p[@class='day__open']")[1]
    assert tuesday == "Open 09:00–10:00, 11:00–13:00, 14:00–17:00"


def test_open_hours_past_midnight_are_told_on_the_day_on_which_they_lie(anna_client: Client, anna: User) -> None:
    WorkingHoursFactory(user=anna, weekday=5, start="22:00", end="00:00")
    WorkingHoursFactory(user=anna, weekday=6, start="00:00", end="02:00")
    opened = texts(anna_client.get(URL), "//p[@class='day__open']")
    assert opened[5:] == ["Open 22:00–00:00", "Open 00:00–02:00"]


def test_the_week_is_in_the_zone_of_its_owner(client: Client) -> None:
    user = UserFactory(configuration__time_zone="Asia/Tokyo")
    booking(user, start=datetime(2026, 12, 1, 20, tzinfo=UTC))
    client.force_login(user)
    assert texts(client.get(URL), "//section[.//ol]") == ["Wed 2 December Closed Why? Clara Winter 05:00–06:00 Massage"]


def test_the_second_day_of_a_night_booking_says_only_until_when_it_goes(anna_client: Client, anna: User) -> None:
    night = datetime(2026, 12, 1, 21, tzinfo=UTC)
    booking(anna, start=night, end=night + timedelta(hours=4))
    page = anna_client.get(URL)
    assert texts(page, f"{SLOTS}/span[contains(@class, 'time')]") == ["22:00–02:00", "until 02:00"]
    assert [slot.get("title") for slot in find(page, SLOTS)] == [
        "Clara Winter · Tue 1 Dec 2026, 22:00 – Wed 2 Dec 2026, 02:00 · Massage"
    ] * 2


def test_a_long_event_says_on_each_day_what_it_takes_of_it(anna_client: Client, anna: User) -> None:
    noon = datetime(2026, 12, 1, 11, tzinfo=UTC)
    calendar = CalendarFactory(connection__user=anna)
    OccurrenceFactory(calendar=calendar, start=noon, end=noon + timedelta(days=2))
    page = anna_client.get(URL)
    assert texts(page, f"{SLOTS}/span[contains(@class, 'time')]") == ["from 12:00", "all day", "until 12:00"]


def test_what_ends_at_midnight_takes_the_rest_of_its_day(anna_client: Client, anna: User) -> None:
    BlockedSlotFactory(
        user=anna, start=datetime(2026, 12, 1, 21, tzinfo=UTC), end=datetime(2026, 12, 1, 23, tzinfo=UTC)
    )
    assert texts(anna_client.get(URL), f"{SLOTS}/span[contains(@class, 'time')]") == ["22:00–00:00"]


def test_a_booking_on_the_night_the_clocks_go_back_names_both_times(anna_client: Client, anna: User) -> None:
    booking(anna, start=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    page = anna_client.get(URL, {"week": "2026-W43"})
    assert texts(page, f"{SLOTS}/span[contains(@class, 'time')]") == ["02:30 CEST – 02:30 CET"]


@pytest.mark.parametrize(
    ("language", "days"),
    [("en", "30 November – 6 December 2026"), ("pt-br", "29 Novembro – 5 Dezembro 2026")],
)
def test_the_week_begins_as_usual_in_the_language(
    anna_client: Client, settings: Settings, language: str, days: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("pt-br", "Português")]
    settings.LANGUAGE_CODE = language
    assert texts(anna_client.get(URL), "//h1") == [days]


@pytest.mark.parametrize(
    ("browser", "days", "clock"),
    [
        ("en-US,en;q=0.9", "29 November – 5 December 2026", "10:00 AM–11:00 AM"),
        ("en-GB,en-US;q=0.9", "30 November – 6 December 2026", "10:00–11:00"),
        ("en", "30 November – 6 December 2026", "10:00–11:00"),
        ("fr-EG,x-9", "30 November – 6 December 2026", "10:00–11:00"),
    ],
)
def test_week_and_clock_are_as_usual_where_one_reads(
    anna_client: Client, anna: User, browser: str, days: str, clock: str
) -> None:
    booking(anna)
    page = anna_client.get(URL, headers={"Accept-Language": browser})
    assert texts(page, "//h1") == [days]
    assert texts(page, f"{SLOTS}/span[contains(@class, 'time')]") == [clock]


def test_other_weeks_are_a_link_away(anna_client: Client) -> None:
    page = anna_client.get(URL, {"week": "2026-W53"})
    assert links(page, "//nav[contains(@class, 'week-nav')]/a") == [
        ("‹Previous week", "?view=week&date=2026-12-21"),
        ("Today", "?view=week#today"),
        ("›Next week", "?view=week&date=2027-01-04"),
    ]
    assert texts(page, "//h1") == ["28 December – 3 January 2027"]


@pytest.mark.parametrize("week", ["2027-W53", "next week", "9999-W99", "9999-W52", "0001-W01", ""])
def test_a_week_that_is_none_is_the_one_with_today(anna_client: Client, week: str) -> None:
    assert texts(anna_client.get(URL, {"week": week}), "//h1") == ["30 November – 6 December 2026"]


def test_only_the_week_with_today_is_marked_as_current(anna_client: Client) -> None:
    current = [find(anna_client.get(URL, {"date": day}), "//*[@id='week-today']/@aria-current") for day in DAYS]
    assert current == [["date"], []]


# --- day, week, month, list ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "title", "before", "after"),
    [
        ("day", "Tuesday 1 December", "2026-11-30", "2026-12-02"),
        ("week", "30 November – 6 December 2026", "2026-11-24", "2026-12-08"),
        ("month", "December 2026", "2026-11-01", "2027-01-01"),
        ("list", "1–28 December 2026", "2026-11-03", "2026-12-29"),
    ],
)
def test_each_view_shows_its_days_and_leads_to_the_others(
    anna_client: Client, anna: User, view: str, title: str, before: str, after: str
) -> None:
    booking(anna)
    page = anna_client.get(URL, {"view": view, "date": "2026-12-01"})
    assert texts(page, "//h1") == [title]
    assert texts(page, "//*[contains(@class, 'slot--booking')]/a") == ["Clara Winter"]
    assert find(page, "//*[@id='week-previous']/@href") == [f"?view={view}&date={before}"]
    assert find(page, "//*[@id='week-next']/@href") == [f"?view={view}&date={after}"]
    assert links(page, "//nav[@aria-label='View']/a") == [
        (name, f"?view={name.lower()}&date=2026-12-01") for name in ("Day", "Week", "Month", "List")
    ]
    assert texts(page, "//nav[@aria-label='View']/a[@aria-current]") == [view.title()]


def test_the_view_chosen_last_is_remembered_for_this_person(anna_client: Client, anna: User) -> None:
    anna_client.get(URL, {"view": "month"})
    assert texts(anna_client.get(URL), "//h1") == ["November 2026"]
    anna.refresh_from_db()
    assert anna.calendar_view == "month"
    assert UserFactory().calendar_view == ""


def test_a_page_that_stays_open_keeps_its_view_and_does_not_change_what_is_remembered(
    anna_client: Client, anna: User
) -> None:
    address = find(anna_client.get(URL), "//div[@id='live']/@hx-get")[0]
    anna_client.get(URL, {"view": "list"})
    assert anna_client.get(address, headers=HTMX).status_code == 204
    anna.refresh_from_db()
    assert anna.calendar_view == "list"


def test_an_unknown_view_and_an_unknown_date_are_as_usual(anna_client: Client) -> None:
    page = anna_client.get(URL, {"view": "year", "date": "tomorrow"})
    assert texts(page, "//h1") == ["30 November – 6 December 2026"]


def test_one_can_go_to_a_date_and_find_a_client(anna_client: Client) -> None:
    page = anna_client.get(URL)
    [go, find_client] = find(page, "//details[@id='go-to']//form")
    assert (go.get("method"), [field.get("name") for field in go.xpath(".//input")]) == ("get", ["view", "date"])
    assert (find_client.get("action"), find_client.xpath(".//input/@name")) == ("/clients/", ["q"])


def test_a_crowded_time_leads_from_the_week_to_the_day_and_from_there_to_the_list(
    anna_client: Client, anna: User
) -> None:
    calendar = CalendarFactory(connection__user=anna)
    for number in range(9):
        OccurrenceFactory(calendar=calendar, summary=f"Event {number}", start=START)
    more = "//li[contains(@class, 'slot--more')]/a"
    week = anna_client.get(URL)
    assert links(week, more) == [("+7 more", f"?day=2026-12-01&staff={anna.pk}")]
    day = anna_client.get(URL + links(week, more)[0][1])
    assert links(day, more) == [("+3 more", "?view=list&date=2026-12-01&staff=" + str(anna.pk))]
    anna.refresh_from_db()
    assert anna.calendar_view == ""  # a look at a day is no choice of a view
    listed = anna_client.get(URL + links(day, more)[0][1])
    assert len(find(listed, "//ol[@class='agenda__items']/li")) == 9


def test_more_all_day_events_than_there_is_room_for_lead_to_the_day(anna_client: Client, anna: User) -> None:
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    calendar = CalendarFactory(connection__user=anna)
    for number in range(6):
        span = {"start": midnight, "end": midnight + timedelta(days=1)}
        OccurrenceFactory(calendar=calendar, summary=f"Fair {number}", all_day=True, **span)
    more = links(anna_client.get(URL), "//a[@class='day__more']")
    assert more == [("+3 more", f"?day=2026-12-01&staff={anna.pk}")]


def test_the_list_says_why_things_block(anna_client: Client, anna: User) -> None:
    OccurrenceFactory(calendar=CalendarFactory(connection__user=anna, name="Home"), summary="Dentist", start=START)
    assert texts(anna_client.get(URL, {"view": "list"}), "//ol[@class='agenda__items']/li") == [
        "10:00–11:00 Dentist from iCloud, Home · Marked Busy"
    ]


def test_a_list_of_nothing_says_so(anna_client: Client) -> None:
    assert texts(anna_client.get(URL, {"view": "list"}), "//div[@id='live']//h2") == ["Nothing in these days"]


def test_a_month_counts_bookings_and_leads_to_each_day(anna_client: Client, anna: User) -> None:
    booking(anna)
    cell = "//td[.//a[@href='?day=2026-12-01']]"
    assert texts(anna_client.get(URL, {"view": "month"}), cell) == ["Tuesday 1 December1 1 10:00 Clara Winter"]


# --- why is this open, or not? ---------------------------------------------------------------------


def why(moment: str) -> str:
    """Where it is said why a moment of that UTC clock on 1 December, or another date, is open or not."""
    return f"/calendars/why/?at={moment.replace(':', '%3A')}%3A00Z"


def card(moment: str) -> str:
    """The card of an event at a moment of that UTC clock, without the event's key."""
    return f"/calendars/event/?at={moment.replace(':', '%3A')}%3A00Z"


def test_every_hour_of_the_week_says_why_it_is_open_or_not(anna_client: Client) -> None:
    hours = find(anna_client.get(URL), "//div[contains(@class, 'day__asks')]/a")
    assert len(hours) == 7 * 8
    tuesday = hours[8:16]
    assert [hour.get("href") for hour in tuesday[:2]] == [why("2026-12-01T08:00"), why("2026-12-01T09:00")]
    assert tuesday[1].get("title") == "10:00"


def test_with_the_keyboard_one_asks_below_the_week_instead_of_passing_seventy_links(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert {hour.get("tabindex") for hour in find(page, "//div[contains(@class, 'day__asks')]/a")} == {"-1"}
    assert links(page, "//a[@id='week-why']") == [("Why is this time free or blocked?", "/calendars/why/")]


def test_each_event_has_a_card_and_each_day_says_why(anna_client: Client, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna)
    OccurrenceFactory(calendar=calendar, summary="Dentist", start=START)
    OccurrenceFactory(calendar=calendar, summary="Lunch", start=START + timedelta(hours=2), blocks=False)
    OccurrenceFactory(
        calendar=calendar, summary="Fair", start=START - timedelta(days=9), end=START - timedelta(hours=5)
    )
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    OccurrenceFactory(
        calendar=calendar, summary="Crete", start=midnight, end=midnight + timedelta(days=1), all_day=True
    )
    page = anna_client.get(URL)
    fair = ("Fair", card("2026-11-29T23:00"))  # the week's beginning: it began before
    found = [(title, address.partition("&key=")[0]) for title, address in links(page, f"{SLOTS}//a")]
    assert found == [
        *[fair] * 2,
        ("Dentist", card("2026-12-01T09:00")),
        ("Lunch", card("2026-12-01T11:00")),
    ]
    [(title, address)] = links(page, "//ul[@class='day__all-day']//a")
    assert (title, address.partition("&key=")[0]) == ("Crete", card("2026-11-30T23:00"))
    assert links(page, "//a[@class='day__why']")[:2] == [
        ("Why?", why("2026-11-30T08:00")),
        ("Why?", why("2026-12-01T08:00")),
    ]


def test_the_answer_comes_into_a_dialog_that_the_live_part_leaves_alone(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert len(find(page, "//dialog[@id='card'][not(ancestor::div[@id='live'])]")) == 1
    boosted = find(page, "//a[ancestor-or-self::*[@hx-boost='true']]")
    assert {link.xpath("ancestor-or-self::*[@hx-target][1]")[0].get("hx-target") for link in boosted} == {"#card"}


# --- beginnings and freshness ----------------------------------------------------------------------


def test_without_a_calendar_the_page_says_what_decides_and_offers_to_connect(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert texts(page, "//div[@id='live']//div[contains(@class, 'notice')]") == [
        "No calendar is connected. Your hours decide when you can be booked, and you can block time by hand. "
        "Connect a calendar"
    ]
    assert texts(page, "//p[contains(@class, 'freshness')]") == [
        "No calendar is read, so only working hours and blocked slots count."
    ]


def test_without_hours_the_page_says_that_nobody_can_book(client: Client) -> None:
    client.force_login(ConnectionFactory().user)
    assert texts(client.get(URL), "//div[@id='live']//div[contains(@class, 'notice')]") == [
        "You have no working hours yet, so nobody can book you. Set your hours"
    ]


def test_calendars_not_chosen_yet_are_said_on_the_page(client: Client) -> None:
    client.force_login(ConnectionFactory(user=UserFactory(configuration__saved_at=None)).user)
    assert texts(client.get(URL), "//p[contains(@class, 'freshness')]") == [
        "No calendars are chosen yet, so no times can be booked."
    ]


SINCE = "The calendars could not be read completely since 07:00"
NO_CALENDAR = "No calendar is read, so only working hours and blocked slots count."


@pytest.mark.parametrize(
    ("given", "policy", "words"),
    [
        (
            {"read_at": None},
            "pending",
            "The calendars are being read for the first time. No times can be booked until that is done.",
        ),
        ({"fresh_at": NOW - timedelta(minutes=1)}, "pending", "Calendars last checked: 08:59."),
        (
            {"fresh_at": NOW - timedelta(minutes=12)},
            "pending",
            "iCloud has not answered since 08:48. Bookings are confirmed until 09:03, then wait for your OK.",
        ),
        (
            {"fresh_at": NOW - timedelta(hours=2)},
            "pending",
            f"{SINCE}, so bookings stay pending until they can.",
        ),
        (
            {"fresh_at": NOW - timedelta(hours=2)},
            "trust",
            f"{SINCE}. As you chose, bookings are confirmed all the same.",
        ),
        (
            {"fresh_at": NOW - timedelta(hours=2)},
            "no_openings",
            f"{SINCE}, so no times can be booked.",
        ),
    ],
)
def test_the_page_says_how_fresh_it_is(client: Client, given: dict[str, object], policy: str, words: str) -> None:
    user = UserFactory(configuration__stale_policy=policy)
    CalendarFactory(connection__user=user, **given)
    client.force_login(user)
    assert texts(client.get(URL), "//p[contains(@class, 'freshness')]") == [words]


# --- what is not as it should be ---------------------------------------------------------------------


def problems(page: HttpResponse) -> list[str]:
    return texts(page, "//ul[@id='problems']/li")


def test_an_event_that_blocks_its_whole_span_is_named_above_the_week(anna_client: Client, anna: User) -> None:
    work = CalendarFactory(connection__user=anna, name="Work")
    beats = EventFactory(calendar=work, summary="Heartbeat", problem="too_many_occurrences")
    OccurrenceFactory(calendar=work, event=beats, end=START + timedelta(days=3), reason="unreadable")
    page = anna_client.get(URL)
    assert problems(page) == [
        "“Heartbeat” in “Work”: This event repeats so often that the whole span blocks. Open it on your iPhone "
        "and make it repeat less often, or give it an end. Show"
    ]
    assert links(page, "//ul[@id='problems']//a") == [("Show", "/calendars/settings/events/#problems")]
    assert problems(anna_client.get(URL, {"week": "2027-W10"})) == []


def test_an_event_whose_times_nobody_knows_is_named_above_every_week(anna_client: Client, anna: User) -> None:
    EventFactory(calendar=CalendarFactory(connection__user=anna, name="Work"), summary="When?", problem="no_times")
    assert problems(anna_client.get(URL, {"week": "2027-W10"})) == [
        "“When?” in “Work”: This event has no readable times, so it cannot block anything. Open it on the iPhone and "
        "save it. Show"
    ]


def test_calendars_in_trouble_are_named_above_the_week(anna_client: Client, anna: User) -> None:
    work = CalendarFactory(connection__user=anna, name="Work", error_code="calendar_gone")
    home = CalendarFactory(connection=work.connection, name="Home")
    CalendarFactory(connection=work.connection, name="Kids", error_code="forbidden", is_conflict_calendar=False)
    CalendarFactory(connection__user=anna, connection__needs_attention=True, error_code="unavailable")
    for _ in range(2):
        EventFactory(calendar=home, pending_etag='"1"', pending_since=NOW)
    page = anna_client.get(URL)
    assert problems(page) == [
        "“Work”: This calendar is no longer in the account. Choose another, or untick it. Show",
        "“Home”: 2 events are listed but could not be read yet. Kalends keeps trying; what is known of them stays. "
        "Show",
    ]
    assert {url for _text, url in links(page, "//ul[@id='problems']//a")} == {
        f"/calendars/settings/connections/{work.connection_id}/"
    }


def test_of_many_troubled_events_only_some_are_named(anna_client: Client, anna: User) -> None:
    for _ in range(7):
        EventFactory(calendar=CalendarFactory(connection__user=anna), problem="no_times")
    assert (len(problems(anna_client.get(URL))), problems(anna_client.get(URL))[-1]) == (
        6,
        "More events have a problem. Show",
    )


def test_trouble_of_somebody_else_is_not_told(anna_client: Client, anna: User) -> None:
    EventFactory(problem="no_times")
    CalendarFactory(error_code="calendar_gone")
    assert problems(anna_client.get(URL)) == []


# --- staying current -------------------------------------------------------------------------------


def test_the_live_part_asks_for_itself_and_hears_nothing_while_nothing_changed(anna_client: Client) -> None:
    part = find(anna_client.get(URL, {"week": "2026-W49"}), "//div[@id='live']")[0]
    again = anna_client.get(part.get("hx-get"), headers=HTMX)
    assert (part.get("hx-trigger"), again.status_code, again.content) == (
        "every 5s, calendar-changed from:body",
        204,
        b"",
    )


def test_the_live_part_comes_alone_once_something_changed(anna_client: Client, anna: User) -> None:
    address = find(anna_client.get(URL), "//div[@id='live']")[0].get("hx-get")
    booking(anna)
    part = anna_client.get(address, headers=HTMX)
    assert (part.status_code, b"<html" in part.content) == (200, False)
    assert texts(part, SLOTS) == ["Clara Winter 10:00–11:00 Massage"]
    assert find(part, "//div[@id='live']")[0].get("hx-get") != address


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    response = client.get(URL)
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/calendars/")


def test_a_part_that_outlived_its_session_lets_the_page_ask_to_sign_in(client: Client) -> None:
    response = client.get(URL, headers=HTMX)
    assert (response.status_code, response["HX-Refresh"], response.content) == (200, "true", b"")


def test_looking_at_a_page_makes_no_configuration(client: Client) -> None:
    user = UserFactory(configuration=None)
    client.force_login(user)
    assert texts(client.get(URL), "//p[contains(@class, 'freshness')]") == [
        "No calendar is read, so only working hours and blocked slots count."
    ]
    assert CalendarConfiguration.objects.filter(user=user).count() == 0


def test_thirty_bookings_and_events_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    calendar = CalendarFactory(connection__user=anna)

    def grow(number: int) -> None:
        start = START + timedelta(minutes=75 * number)
        placed = LinkedEventFactory(booking=booking(anna, start=start), calendar=calendar, pushed=True)
        OccurrenceFactory(calendar=calendar, uid=placed.uid, start=start)
        OccurrenceFactory(calendar=calendar, start=start)
        BlockedSlotFactory(user=anna, start=start)

    grow(0)
    anna_client.get(URL)
    with django_assert_num_queries(36):
        anna_client.get(URL)
    for number in range(1, 30):
        grow(number)
    with django_assert_num_queries(36):
        anna_client.get(URL)


def test_the_week_is_in_german_for_who_reads_german(german_client: Client) -> None:
    page = german_client.get(URL)
    headings, buttons = headings_and_buttons(page)
    assert headings[:3] == ["30. November – 6. Dezember 2026", "Mo 30 November heute", "Di 1 Dezember"]
    assert buttons[:4] == ["‹Vorherige Woche", "Heute", "›Nächste Woche", "Los"]
    assert texts(page, "//p[@class='day__open']")[:1] == ["Frei 09:00–17:00"]


def test_a_week_within_a_month_names_it_once_in_german(german_client: Client) -> None:
    assert texts(german_client.get(f"{URL}?week=2026-W50"), "//h1") == ["7.–13. Dezember 2026"]


def test_the_day_of_everybody_is_in_german_for_who_reads_german(german_client: Client) -> None:
    headings, buttons = headings_and_buttons(german_client.get(f"{URL}?day=2026-12-01"))
    assert headings[0] == "Dienstag, 1. Dezember"
    assert buttons[:6] == ["‹Vorheriger Tag", "Heute", "›Nächster Tag", "Los", "Suchen", "Neue Buchung"]
