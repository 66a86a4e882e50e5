"""Why is a time open, or not: the page, its part for the week's dialog, and what can be done about each reason."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from tests.factories import (
    NOW,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    DateOverrideFactory,
    EventFactory,
    FeedFactory,
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
URL = "/calendars/why/"
HTMX = {"HX-Request": "true", "HX-Target": "card"}
AVAILABILITY = "/calendars/settings/availability/"


def tuesday(hour: int, minute: int = 0) -> datetime:
    """That hour of Tuesday 1 December 2026 in Berlin, the day after NOW."""
    return datetime(2026, 12, 1, hour - 1, minute, tzinfo=UTC)


def ask(client: Client, at: datetime, **query: Any) -> Any:
    return client.get(URL, {"at": at.isoformat(), **query})


def conclusion(page: Any) -> list[str]:
    """When, and what is said of it; nothing where there is no answer."""
    return texts(page, "//*[@id='why-title'] | //p[@class='answer__words']")


def points(page: Any) -> list[tuple[bool, str]]:
    """Each reason: does it block, and all that is said with it."""
    found = find(page, "//li[contains(@class, 'reason')]")
    return [("reason--blocks" in item.get("class"), " ".join(item.text_content().split())) for item in found]


# --- the answer ------------------------------------------------------------------------------------


def test_a_free_hour_says_that_it_is_free_and_everything_that_bears_on_it(anna_client: Client, work: Calendar) -> None:
    page = ask(anna_client, tuesday(10))
    assert conclusion(page) == ["Tue 1 Dec 2026, 10:00–11:00", "Open The time is free."]
    assert points(page) == [
        (False, "The time is within the working hours (09:00–17:00). Change your availability"),
        (False, "Calendars last checked: 08:59."),
    ]
    assert texts(page, "//section//h3") == ["Also checked"]


def test_what_blocks_comes_first_each_with_what_can_be_done(anna_client: Client, anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=tuesday(10), summary="Dentist")
    OccurrenceFactory(
        calendar=work,
        start=tuesday(1) - timedelta(hours=1),
        end=tuesday(24),
        summary="Crete",
        all_day=True,
        blocks=False,
    )
    booking = BookingFactory(
        staff=anna, start=tuesday(10, 30), client=ClientFactory(name="Carla"), service__name="Talk"
    )
    BlockedSlotFactory(user=anna, start=tuesday(10), note="Plumber")
    page = ask(anna_client, tuesday(10))
    assert conclusion(page) == ["Tue 1 Dec 2026, 10:00–11:00", "Not open The time is not free."]
    assert points(page) == [
        (True, "Blocked in Kalends (10:00–11:00): Plumber. Change your availability"),
        (
            True,
            "“Dentist” in “Work” (10:00–11:00) is marked Busy, so it blocks. To leave the time free, on your "
            "iPhone: Show As > Free.",
        ),
        (True, "The booking “Carla · Talk” is at this time (10:30–11:30). Open the booking"),
        (False, "The time is within the working hours (09:00–17:00). Change your availability"),
        (
            False,
            "“Crete” in “Work” (all day) is marked Free, so it does not block. Free on your iPhone. To make it block: "
            "Show As > Busy. Always block all-day events of this calendar (Work)",
        ),
        (False, "Calendars last checked: 08:59."),
    ]
    assert links(page, "//li[contains(@class, 'reason')]//a") == [
        ("Change your availability", f"{AVAILABILITY}#blocked"),
        ("Open the booking", f"/bookings/{booking.pk}/"),
        ("Change your availability", f"{AVAILABILITY}#hours"),
    ]


def test_an_event_that_repeats_too_often_says_why_its_whole_span_blocks(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    beats = EventFactory(calendar=work, summary="Heartbeat", problem="too_many_occurrences")
    OccurrenceFactory(
        calendar=work, event=beats, start=tuesday(8), end=tuesday(20), summary="Heartbeat", reason="unreadable"
    )
    assert points(ask(anna_client, tuesday(10)))[0] == (
        True,
        "“Heartbeat” in “Work” (08:00–20:00) could not be read, so it blocks to be safe. This event repeats so often "
        "that the whole span blocks. Open it on your iPhone and make it repeat less often, or give it an end.",
    )


def test_a_press_beside_a_reason_changes_the_answer_at_once(anna_client: Client, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=tuesday(10), all_day=True, blocks=False)
    form = find(ask(anna_client, tuesday(10)), "//li//form")[0]
    pressed = {part.get("name"): part.get("value") for part in form.xpath(".//input[@name='next'] | .//button")}
    answer = anna_client.post(form.get("action"), pressed, follow=True)
    assert answer.redirect_chain[0][0] == "/calendars/why/?at=2026-12-01T09%3A00%3A00Z"
    assert texts(answer, "//div[@id='messages']//p")[0].startswith("All-day events of “Work” always block from now on.")
    assert Calendar.objects.get().all_day_rule == "always"


def test_a_date_override_links_to_the_overrides(anna_client: Client, anna: User) -> None:
    DateOverrideFactory(user=anna, date=tuesday(10).date())
    page = ask(anna_client, tuesday(10))
    assert links(page, "//li[contains(@class, 'reason--blocks')]//a") == [
        ("Change your availability", f"{AVAILABILITY}#overrides")
    ]


def test_a_bookings_own_event_has_no_remedy_of_its_own(anna_client: Client, anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna, start=tuesday(10), client=ClientFactory(name="Carla"), service__name="Talk")
    placed = LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    OccurrenceFactory(calendar=work, start=tuesday(10), end=tuesday(12), summary="Carla", uid=placed.uid)
    own = [text for _blocks, text in points(ask(anna_client, tuesday(10))) if "belongs" in text]
    assert own == [
        "“Carla” in “Work” (10:00–12:00) belongs to a booking. It blocks only the time outside that booking."
    ]


def test_calendars_that_are_not_fresh_link_to_the_connections(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(read_at=None, fresh_at=None)
    page = ask(anna_client, tuesday(10))
    assert points(page)[0] == (
        True,
        "The calendars are being read for the first time. No times can be booked until that is done. See your "
        "connections",
    )
    assert links(page, "//li[contains(@class, 'reason--blocks')]//a") == [
        ("See your connections", "/calendars/settings/connections/")
    ]


# --- for a service ---------------------------------------------------------------------------------


def test_for_a_service_the_question_is_whether_it_can_start(anna_client: Client, anna: User, work: Calendar) -> None:
    service = ServiceFactory(name="Massage", slug="massage", minutes=90, staff=[anna])
    page = ask(anna_client, tuesday(10), service="massage")
    assert conclusion(page) == ["Tue 1 Dec 2026, 10:00–11:30", "Open “Massage” can start at this time. Book it"]
    assert links(page, "//p[@class='answer__words']/a") == [
        ("Book it", f"/bookings/new/?service={service.pk}&date=2026-12-01")
    ]
    assert [text for _blocks, text in points(page)][1:3] == [
        "The service needs 60 minutes’ notice, so it can start from Mon 30 Nov 2026, 10:00 on. Change the service",
        "The service can be booked 60 days ahead, that is before Fri 29 Jan 2027, 09:00. Change the service",
    ]


def test_a_reached_limit_leads_to_where_it_is_set(anna_client: Client, anna: User) -> None:
    service = ServiceFactory(name="Massage", slug="massage", staff=[anna], max_per_day=1)
    CalendarConfiguration.objects.update(max_per_day=1)
    BookingFactory(staff=anna, service=service, start=tuesday(9))
    page = ask(anna_client, tuesday(12), service="massage")
    assert [text for blocks, text in points(page) if blocks] == [
        "Massage can be booked 1 time a day with Anna, and this day has 1 already. Change the service",
        "Anna can be booked 1 time a day, and this day has 1 already. Change your availability",
    ]
    assert ("Change your availability", "/calendars/settings/availability/#limits") in links(page, "//main//a")


def test_where_a_service_cannot_start_the_next_times_are_offered(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    ServiceFactory(name="Massage", slug="massage", staff=[anna], buffer_before_minutes=15)
    OccurrenceFactory(calendar=work, start=tuesday(9), summary="Dentist")
    page = ask(anna_client, tuesday(10), service="massage")
    assert conclusion(page)[1] == "Not open “Massage” cannot start at this time."
    assert points(page)[0] == (
        True,
        "“Dentist” in “Work” (09:00–10:00) is too close: the buffer around the service reaches into it. Change "
        "the service To leave the time free, on your iPhone: Show As > Free.",
    )
    assert links(page, "//section//ul[@class='row']//a") == [
        ("Tue 1 Dec, 10:15", "/calendars/why/?at=2026-12-01T09%3A15%3A00Z&service=massage"),
        ("Tue 1 Dec, 10:30", "/calendars/why/?at=2026-12-01T09%3A30%3A00Z&service=massage"),
        ("Tue 1 Dec, 10:45", "/calendars/why/?at=2026-12-01T09%3A45%3A00Z&service=massage"),
    ]


def test_only_own_services_that_can_be_booked_can_be_chosen(anna_client: Client, anna: User) -> None:
    ServiceFactory(name="Massage", slug="massage", staff=[anna])
    ServiceFactory(slug="over", staff=[anna], visibility="off")
    ServiceFactory(slug="hers", staff=[UserFactory()])
    page = ask(anna_client, tuesday(10))
    assert texts(page, "//select/option") == ["No service: is the hour free?", "Massage"]
    for slug in ("over", "hers", "nothing"):
        page = ask(anna_client, tuesday(10), service=slug)
        assert texts(page, "//ul[@class='field__error']") == ["Choose one of your own services that can be booked."]
        assert conclusion(page) == []


# --- the time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2026-12-01T10:00", "Tue 1 Dec 2026, 10:00"),  # what the form sends: the staff member's own clock
        ("2026-12-01 10:00", "Tue 1 Dec 2026, 10:00"),
        ("2026-12-01T09:00:00Z", "Tue 1 Dec 2026, 10:00"),
        ("2026-12-01T10:00:00+01:00", "Tue 1 Dec 2026, 10:00"),
        ("2026-12-01T10:00:00 01:00", "Tue 1 Dec 2026, 10:00"),  # a plus that was not escaped
        ("", "Mon 30 Nov 2026, 10:00"),  # the next full hour
        ("2027-03-28T02:30", "Sun 28 Mar 2027, 03:00"),  # skipped
        ("2027-10-31T02:30", "Sun 31 Oct 2027, 02:30"),
    ],
)
def test_a_time_is_understood_as_people_and_programs_write_it(anna_client: Client, at: str, start: str) -> None:
    assert conclusion(anna_client.get(URL, {"at": at}))[0].startswith(start)


@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("soon", "“soon” is not a time. Write it like 2026-12-01T10:00:00+01:00."),
        ("0001-01-01T00:00", "Choose a time nearer to today."),
        ("9999-12-31T23:00", "Choose a time nearer to today."),
        ("9999-12-31T23:00:00-12:00", "“9999-12-31T23:00:00-12:00” is too far from today."),
        ("\x00", "Null characters are not allowed."),
    ],
)
def test_what_is_no_time_is_said_at_the_field(anna_client: Client, at: str, error: str) -> None:
    page = anna_client.get(URL, {"at": at})
    assert (texts(page, "//ul[@class='field__error']"), conclusion(page)) == ([error], [])


def test_times_are_those_of_the_staff_member(client: Client) -> None:
    user = UserFactory(configuration__time_zone="Asia/Kathmandu")
    WorkingHoursFactory(user=user, weekday=1, start=time(9), end=time(17))
    client.force_login(user)
    page = client.get(URL, {"at": "2026-12-01T04:15:00Z"})
    assert conclusion(page)[0] == "Tue 1 Dec 2026, 10:00–11:00"
    assert points(page)[0][1].startswith("The time is within the working hours (09:00–17:00).")
    assert texts(page, "//p[@class='hint']") == ["All times are Kathmandu time."]


def test_the_hour_that_comes_twice_stays_the_one_that_was_asked_about(anna_client: Client) -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in winter time
    page = ask(anna_client, second)
    fields = {name: find(page, f"//input[@name='{name}']")[0].get("value") for name in ("at", "exact")}
    assert (conclusion(page)[0], fields["at"]) == ("Sun 31 Oct 2027, 02:30–03:30", "2027-10-31T02:30")
    again = anna_client.get(URL, fields)
    assert (conclusion(again), links(again, "//nav[@aria-label='Other hours']/a")) == (
        conclusion(page),
        links(page, "//nav[@aria-label='Other hours']/a"),
    )
    moved = anna_client.get(URL, fields | {"at": "2027-10-31T09:00"})
    assert conclusion(moved)[0] == "Sun 31 Oct 2027, 09:00–10:00"


def test_the_hours_around_it_and_the_week_are_a_link_away(anna_client: Client, anna: User) -> None:
    ServiceFactory(slug="massage", staff=[anna])
    page = ask(anna_client, tuesday(10), service="massage")
    assert links(page, "//nav[@aria-label='Other hours']/a") == [
        ("‹ Hour before", "/calendars/why/?at=2026-12-01T08%3A00%3A00Z&service=massage"),
        ("Hour after ›", "/calendars/why/?at=2026-12-01T10%3A00%3A00Z&service=massage"),
    ]
    assert links(page, "//main//p/a")[0] == ("← Calendar", "/calendars/?date=2026-12-01")


# --- in place, and for whom ------------------------------------------------------------------------


def test_in_the_weeks_dialog_only_the_part_comes_and_the_address_stays(anna_client: Client, work: Calendar) -> None:
    part = anna_client.get(URL, {"at": "2026-12-01T10:00"}, headers=HTMX)
    assert (b"<html" in part.content, part["HX-Push-Url"]) == (False, "false")
    assert conclusion(part) == ["Tue 1 Dec 2026, 10:00–11:00", "Open The time is free."]
    assert texts(part, "//form[@method='dialog']") == ["Close"]
    page = anna_client.get(URL, {"at": "2026-12-01T10:00"})
    assert (b"<html" in page.content, "HX-Push-Url" in page) == (True, False)


def test_the_dialog_says_what_a_press_in_it_did(anna_client: Client, work: Calendar) -> None:
    url = f"/calendars/settings/events/rules/{work.pk}/"
    back = "/calendars/why/?at=2026-12-01T09%3A00%3A00Z"
    part = anna_client.post(url, {"all_day_rule": "always", "next": back}, headers=HTMX, follow=True)
    assert texts(part, "//p[@role='status']") == [
        "All-day events of “Work” always block from now on. No upcoming event is affected."
    ]


def test_nothing_of_somebody_else_bears_on_it(anna_client: Client) -> None:
    berta = UserFactory()
    OccurrenceFactory(calendar=CalendarFactory(connection__user=berta), start=tuesday(10), summary="Secret")
    BookingFactory(staff=berta, start=tuesday(10))
    BlockedSlotFactory(user=berta, start=tuesday(10))
    page = ask(anna_client, tuesday(10))
    assert (conclusion(page)[1], b"Secret" in page.content) == ("Open The time is free.", False)


def test_titles_are_escaped(anna_client: Client, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=tuesday(10), summary="<script>alert(1)</script>")
    assert b"<script>alert" not in ask(anna_client, tuesday(10)).content


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    response = client.get(URL, {"at": "x"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/calendars/why/%3Fat%3Dx")


def test_thirty_events_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, work: Calendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ServiceFactory(slug="massage", staff=[anna])

    def grow() -> None:
        booking = BookingFactory(staff=anna, start=tuesday(10), overlap_allowed=True)
        placed = LinkedEventFactory(booking=booking, calendar=work, pushed=True)
        OccurrenceFactory(calendar=work, uid=placed.uid, start=tuesday(10))
        OccurrenceFactory(calendar=work, start=tuesday(10))

    grow()
    ask(anna_client, tuesday(10), service="massage")
    with django_assert_num_queries(42):
        ask(anna_client, tuesday(10), service="massage")
    for _ in range(29):
        grow()
    with django_assert_num_queries(42):
        ask(anna_client, tuesday(10), service="massage")


def test_the_answer_is_in_german_for_who_reads_german(german_client: Client) -> None:
    page = ask(german_client, tuesday(10))
    headings, buttons = headings_and_buttons(page)
    assert headings == ["Warum ist diese Zeit frei oder blockiert?", "Di., 1. Dez. 2026, 10:00–11:00"]
    assert buttons == ["Prüfen", "‹ Stunde davor", "Stunde danach ›"]
    assert conclusion(page)[1] == "Frei Die Zeit ist frei."


def test_the_rules_of_two_calendars_by_web_address_are_not_mixed_up(anna_client: Client, anna: User) -> None:
    club, school = (FeedFactory(connection__user=anna, name=name) for name in ("Club", "School"))
    OccurrenceFactory(calendar=club, start=tuesday(10), summary="Camp", all_day=True)
    FeedFactory(connection__user=anna, name="Last")
    page = ask(anna_client, tuesday(10))
    assert points(page)[0] == (
        True,
        "“Camp” in “Club” (all day) is marked Busy, so it blocks. Only whoever publishes this calendar can mark the "
        "event Free. Never block all-day events of this calendar (Club)",
    )
    [form] = find(page, "//li[contains(@class, 'reason')]//form")
    assert str(club.pk) in form.get("action")
    assert str(school.pk) not in form.get("action").split("/")
