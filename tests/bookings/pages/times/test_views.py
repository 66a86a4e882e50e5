"""A booking made or moved by hand: the times offered, the refusal, and "Book anyway"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, Claim, Service
from practice.models import Practice, User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    ConnectionFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    WorkingHoursFactory,
    cancelled,
    office_hours,
)
from tests.pages import find, headings_and_buttons, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/new/"
TIMES = {"HX-Request": "true", "HX-Target": "times"}
HOUR = timedelta(hours=1)
TUESDAY = "2026-12-01"


@pytest.fixture
def anna(anna: User) -> User:
    """She works on Tuesday mornings."""
    WorkingHoursFactory(user=anna, weekday=1, start="09:00", end="12:00")
    return anna


@pytest.fixture
def massage(anna: User) -> Service:
    return ServiceFactory(name="Massage", minutes=60, slot_minutes=60, staff=[anna])


def offered(page: Any) -> list[str]:
    return texts(page, "//label[@class='time'][not(ancestor::div[@id='refusal'])]")


def errors(page: Any) -> list[str]:
    return texts(page, "//ul[@class='field__error']/li")


def sent(service: Service, **changed: Any) -> dict[str, Any]:
    form = {"service": service.pk, "date": TUESDAY, "opening": "2026-12-01T10:00:00+01:00", "name": "Clara Winter"}
    return form | {"email": "clara@example.org", "phone": "", "note": ""} | changed


def bookings() -> list[tuple[str, str]]:
    return [(str(booking), f"{booking.start:%d %H:%M}") for booking in Booking.objects.order_by("start", "pk")]


def test_the_openings_of_a_day_are_offered_on_the_owners_clock(anna_client: Client, massage: Service) -> None:
    page = anna_client.get(URL, {"service": massage.pk, "date": TUESDAY})
    assert texts(page, "//fieldset/legend") == ["Times on Tue 1 Dec 2026"]
    assert offered(page) == ["09:00", "10:00", "11:00"]
    assert find(page, "//label[@class='time']/input/@value")[0] == "2026-12-01T09:00:00+01:00"


def test_without_a_choice_it_is_the_first_service_on_the_first_day_with_a_free_time(
    anna_client: Client, massage: Service
) -> None:
    page = anna_client.get(URL)
    assert texts(page, "//fieldset/legend") == ["Times on Tue 1 Dec 2026"]
    assert find(page, "//a[@id='first-free']") == []


def test_a_day_without_a_free_time_names_the_next_one(anna_client: Client, massage: Service) -> None:
    page = anna_client.get(URL, {"date": "2026-11-30"})
    assert texts(page, "//fieldset/p[@class='hint']") == [
        "There are no free times on this day.",
        "Next free time: Tue 1 Dec, 09:00",
    ]
    assert find(page, "//fieldset//a/@href") == [f"?date=2026-12-01&service={massage.pk}"]


def test_a_later_day_names_the_next_free_time_too(anna_client: Client, massage: Service) -> None:
    page = anna_client.get(URL, {"date": "2026-12-08"})
    assert offered(page) == ["09:00", "10:00", "11:00"]
    assert texts(page, "//a[@id='first-free']") == ["Next free time: Tue 1 Dec, 09:00"]
    assert find(page, "//a[@id='first-free']/@href") == [f"?date=2026-12-01&service={massage.pk}"]


def test_calendars_that_must_be_chosen_first_are_the_reason_that_is_said(client: Client) -> None:
    anna = ConnectionFactory(user=UserFactory(configuration__saved_at=None)).user
    office_hours(anna)
    ServiceFactory(staff=[anna])
    client.force_login(anna)
    page = client.get(URL, {"date": TUESDAY})
    assert texts(page, "//div[@id='times']//p") == [
        "No calendars are chosen yet, so no times can be booked.",
        "Any time of that day. You are asked before it is booked over something else.",
    ]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "Calendars last checked: 08:59."),
        (12, "iCloud has not answered since 08:48. Bookings are confirmed until 09:03, then wait for your OK."),
        (
            24 * 60,
            "The calendars could not be read completely since Sun 29 Nov 2026, 09:00, so bookings stay pending "
            "until they can.",
        ),
    ],
)
def test_the_times_say_how_old_the_calendars_are_and_how_long_they_are_trusted(
    anna_client: Client, anna: User, massage: Service, minutes: int, words: str
) -> None:
    CalendarFactory(connection__user=anna, fresh_at=NOW - timedelta(minutes=minutes))
    page = anna_client.get(URL, {"service": massage.pk, "date": TUESDAY}, headers=TIMES)
    assert texts(page, "//p[contains(@class, 'freshness')]") == [words]


def test_htmx_gets_the_times_alone(anna_client: Client, massage: Service) -> None:
    part = anna_client.get(URL, {"service": massage.pk, "date": TUESDAY}, headers=TIMES)
    assert (b"<html" in part.content, offered(part)) == (False, ["09:00", "10:00", "11:00"])


def test_the_day_above_follows_when_the_next_time_is_chosen(anna_client: Client, massage: Service) -> None:
    later = find(anna_client.get(URL, {"date": "2026-11-30"}), "//fieldset//a/@hx-get")[0]
    day = "//input[@id='id_date']"
    followed = find(anna_client.get(URL + later, headers=TIMES), day)
    typed = find(anna_client.get(URL, {"date": TUESDAY}, headers=TIMES), day)
    assert ([box.get("value") for box in followed], typed) == ([TUESDAY], [])


def test_services_of_others_and_closed_ones_are_not_offered(anna_client: Client, anna: User, massage: Service) -> None:
    ServiceFactory(staff=[UserFactory()])
    ServiceFactory(staff=[anna], visibility="off")
    assert texts(anna_client.get(URL), "//select[@name='service']/option") == ["Massage"]


def test_without_a_service_the_page_says_what_to_do(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert texts(page, "//div[@class='empty']") == [
        "No service yet You need a service before you can make a booking. It says how long a booking takes. New service"
    ]
    assert find(page, "//main//form") == []


def test_an_opening_is_booked(anna_client: Client, anna: User, massage: Service) -> None:
    response = anna_client.post(URL, sent(massage, note="Left shoulder"), follow=True)
    booking = Booking.objects.get()
    assert (booking.staff, booking.start, booking.end, booking.note) == (anna, START, START + HOUR, "Left shoulder")
    assert (booking.client.name, booking.client.email) == ("Clara Winter", "clara@example.org")
    assert booking.changes.get().actor == anna
    assert response.redirect_chain == [(f"/bookings/{booking.pk}/", 302)]
    assert texts(response, "//div[@id='messages']") == ["Booked: Clara Winter · Massage."]


def test_the_language_of_the_client_is_kept_with_the_seat(anna_client: Client, massage: Service) -> None:
    anna_client.post(URL, sent(massage, language="de"))
    assert Booking.objects.get().seat.language == "de"


def test_a_language_that_clients_are_not_written_to_is_refused(anna_client: Client, massage: Service) -> None:
    page = anna_client.post(URL, sent(massage, language="xx"))
    assert errors(page) == ["Select a valid choice. xx is not one of the available choices."]
    assert bookings() == []


@pytest.mark.parametrize(
    ("of_client", "of_practice", "chosen"), [("de", "en", "de"), ("", "de", "de"), ("", "", "en"), (None, "de", "de")]
)
def test_the_language_chosen_first_is_that_of_the_client_or_the_practice(
    anna_client: Client, anna: User, massage: Service, of_client: str | None, of_practice: str, chosen: str
) -> None:
    Practice.objects.update_or_create(pk=Practice.current().pk, defaults={"language": of_practice})
    query = {}
    if of_client is not None:
        client = ClientFactory(language=of_client)
        BookingFactory(service=massage, staff=anna, client=client)
        query = {"client": client.pk}
    page = anna_client.get(URL, query)
    assert find(page, "//select[@name='language']/option[@selected]/@value") == [chosen]


def test_another_time_counts_before_the_opening(anna_client: Client, massage: Service) -> None:
    anna_client.post(URL, sent(massage, time="09:00"))
    assert bookings() == [("Clara Winter · Massage", "01 08:00")]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"opening": ""}, "Choose one of the times, or type another."),
        ({"opening": "10 o'clock"}, "“10 o'clock” is not a time. Write it like 2026-12-01T10:00:00+01:00."),
        ({"time": "25 o'clock"}, "Enter a valid time."),
        ({"time": "02:30", "date": "2027-03-28"}, "The clocks go forward then: this time does not exist on that day."),
        ({"name": " "}, "This field is required."),
        ({"email": "clara"}, "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    anna_client: Client, massage: Service, changed: dict[str, str], said: str
) -> None:
    page = anna_client.post(URL, sent(massage, phone="+49 30 1", **changed))
    assert (errors(page), find(page, "//input[@name='phone']/@value"), bookings()) == ([said], ["+49 30 1"], [])


def test_a_service_of_somebody_else_cannot_be_booked_here(anna_client: Client, massage: Service) -> None:
    anna_client.post(URL, sent(ServiceFactory(staff=[UserFactory()])))
    assert bookings() == []


# --- refused ---------------------------------------------------------------------------------------


def refusal(page: Any) -> tuple[list[str], list[str]]:
    """What is said, and what can be chosen."""
    choices = "//div[@id='refusal']//*[self::label or self::button]"
    return texts(page, "//div[@id='refusal']//strong"), texts(page, choices)


def test_a_time_outside_the_hours_is_refused_with_the_reason_and_what_could_be_done(
    anna_client: Client, massage: Service
) -> None:
    page = anna_client.post(URL, sent(massage, time="20:00"))
    said, buttons = refusal(page)
    assert said == ["The time is outside the working hours of Tuesday (09:00–12:00)."]
    assert buttons == ["Tue 8 Dec, 09:00", "Tue 8 Dec, 10:00", "Tue 8 Dec, 11:00", "Book anyway"]
    assert bookings() == []


def test_a_taken_time_is_refused_and_an_alternative_selects_a_time(anna_client: Client, massage: Service) -> None:
    anna_client.post(URL, sent(massage))
    page = anna_client.post(URL, sent(massage, name="Ben"))
    assert refusal(page) == (
        ["The booking “Clara Winter · Massage” is at this time (10:00–11:00)."],
        ["Tue 1 Dec, 11:00", "Tue 8 Dec, 09:00", "Tue 8 Dec, 10:00", "Book anyway"],
    )
    assert offered(page) == ["09:00", "11:00"]
    alternative = find(page, "//div[@id='refusal']//input[@type='radio'][@name='opening']/@value")[0]
    anna_client.post(URL, sent(massage, name="Ben", opening=alternative))
    assert bookings() == [("Clara Winter · Massage", "01 09:00"), ("Ben · Massage", "01 10:00")]


def test_after_a_refusal_no_time_is_chosen_but_the_one_refused_can_be_insisted_on(
    anna_client: Client, massage: Service
) -> None:
    page = anna_client.post(URL, sent(massage, time="20:00"))
    assert (find(page, "//input[@name='time']/@value"), find(page, "//input[@checked]")) == ([""], [])
    refused = find(page, "//input[@name='refused']/@value")[0]
    anna_client.post(URL, sent(massage, opening="", refused=refused))
    assert bookings() == []
    anna_client.post(URL, sent(massage, opening="", refused=refused, anyway="on"))
    assert bookings() == [("Clara Winter · Massage", "01 19:00")]


def test_everything_that_is_wrong_is_said_at_once(anna_client: Client, massage: Service) -> None:
    page = anna_client.post(URL, sent(massage, opening="", name="", email="clara"))
    assert errors(page) == [
        "Choose one of the times, or type another.",
        "This field is required.",
        "Enter a valid email address.",
    ]


def test_a_time_that_is_not_open_is_said_beside_other_errors(anna_client: Client, massage: Service) -> None:
    page = anna_client.post(URL, sent(massage, opening="", time="20:00", name=""))
    assert errors(page) == [
        "The time is outside the working hours of Tuesday (09:00–12:00).",
        "This field is required.",
    ]
    assert find(page, "//input[@name='time']/@value") == ["20:00"]


@pytest.mark.parametrize(
    "typed", [{"opening": "", "time": "10:00:30"}, {"opening": START.replace(microsecond=1).isoformat()}]
)
def test_nothing_is_booked_at_a_time_with_seconds(anna_client: Client, massage: Service, typed: dict[str, str]) -> None:
    page = anna_client.post(URL, sent(massage, anyway="on", **typed))
    assert (errors(page), bookings()) == (["Choose a time without seconds."], [])


def test_the_refusal_names_the_event_that_is_in_the_way(anna_client: Client, anna: User, massage: Service) -> None:
    calendar = CalendarFactory(connection__user=anna, name="Home")
    OccurrenceFactory(calendar=calendar, summary="School meeting", start=START)
    assert refusal(anna_client.post(URL, sent(massage)))[0] == [
        "“School meeting” in “Home” (10:00–11:00) is marked Busy, so it blocks."
    ]


def test_book_anyway_books_over_what_is_there(anna_client: Client, massage: Service) -> None:
    anna_client.post(URL, sent(massage))
    anna_client.post(URL, sent(massage, name="Ben", anyway="on"))
    assert bookings() == [("Clara Winter · Massage", "01 09:00"), ("Ben · Massage", "01 09:00")]
    assert list(Booking.objects.order_by("pk").values_list("claim__overlap_allowed", flat=True)) == [False, True]


def test_enter_in_a_field_never_books_anyway(anna_client: Client, anna: User, massage: Service) -> None:
    BlockedSlotFactory(user=anna)
    page = anna_client.post(URL, sent(massage))
    buttons = find(page, "//form[@method='post'][.//input[@name='name']]//button")
    assert (buttons[0].get("name"), buttons[-2].get("name")) == (None, "anyway")


# --- a known client --------------------------------------------------------------------------------


def test_a_known_client_is_filled_in(anna_client: Client, anna: User, massage: Service) -> None:
    clara = BookingFactory(staff=anna, client=ClientFactory(name="Clara Winter", email="c@example.org")).client
    page = anna_client.get(URL, {"client": clara.pk})
    assert [find(page, f"//input[@name='{name}']/@value") for name in ("name", "email")] == [
        ["Clara Winter"],
        ["c@example.org"],
    ]


@pytest.mark.parametrize("asked", ["theirs", "x"])
def test_a_client_of_a_colleague_is_not(anna_client: Client, massage: Service, asked: str) -> None:
    theirs = BookingFactory().client
    page = anna_client.get(URL, {"client": theirs.pk if asked == "theirs" else asked})
    assert find(page, "//input[@name='name']/@value") == []


# --- rescheduling ----------------------------------------------------------------------------------


@pytest.fixture
def booking(anna: User, massage: Service) -> Booking:
    return BookingFactory(staff=anna, service=massage, client=ClientFactory(name="Clara Winter"))


def test_the_day_of_the_booking_is_offered_with_its_own_time_free(anna_client: Client, booking: Booking) -> None:
    page = anna_client.get(f"/bookings/{booking.pk}/reschedule/")
    assert (texts(page, "//legend"), offered(page)) == (["Times on Tue 1 Dec 2026"], ["09:00", "10:00", "11:00"])


def test_a_booking_that_was_lengthened_is_offered_times_for_its_length(anna_client: Client, booking: Booking) -> None:
    Booking.objects.update(end=START + 2 * HOUR)
    Claim.objects.update(end=START + 2 * HOUR)
    assert offered(anna_client.get(f"/bookings/{booking.pk}/reschedule/")) == ["09:00", "10:00"]


def test_another_day_is_a_question_away(anna_client: Client, booking: Booking) -> None:
    page = anna_client.get(f"/bookings/{booking.pk}/reschedule/", {"date": "2026-12-08"})
    assert (texts(page, "//legend"), offered(page)) == (["Times on Tue 8 Dec 2026"], ["09:00", "10:00", "11:00"])


def test_a_booking_is_moved(anna_client: Client, anna: User, booking: Booking) -> None:
    new = {"date": TUESDAY, "opening": "2026-12-01T11:00:00+01:00"}
    response = anna_client.post(f"/bookings/{booking.pk}/reschedule/", new, follow=True)
    booking.refresh_from_db()
    assert (booking.start, texts(response, "//div[@id='messages']")) == (
        START + HOUR,
        ["Moved: Clara Winter · Massage."],
    )
    assert texts(response, "//ol[@class='history']/li/p[1]") == [
        "Moved by staff (Anna): from Tue 1 Dec 2026, 10:00–11:00 to Tue 1 Dec 2026, 11:00–12:00"
    ]


def test_a_move_is_refused_with_the_reason_and_can_be_insisted_on(anna_client: Client, booking: Booking) -> None:
    address, new = f"/bookings/{booking.pk}/reschedule/", {"date": TUESDAY, "time": "20:00"}
    said, buttons = refusal(anna_client.post(address, new))
    closed = "The time is outside the working hours of Tuesday (09:00–12:00)."
    assert (said, buttons) == ([closed], ["Book anyway"])
    anna_client.post(address, new | {"anyway": "on"})
    booking.refresh_from_db()
    assert booking.start == START + 10 * HOUR


def test_a_cancelled_booking_is_not_moved(anna_client: Client, booking: Booking) -> None:
    cancelled(Booking.objects.get())
    response = anna_client.post(f"/bookings/{booking.pk}/reschedule/", {"date": TUESDAY, "time": "11:00"})
    booking.refresh_from_db()
    assert (response["Location"], booking.start) == (f"/bookings/{booking.pk}/", START)


def test_a_booking_of_a_colleague_is_not_moved_or_cancelled(anna_client: Client) -> None:
    theirs = BookingFactory()
    answers = [
        anna_client.post(f"/bookings/{theirs.pk}/reschedule/", {"date": TUESDAY, "time": "11:00"}).status_code,
        anna_client.post(f"/bookings/{theirs.pk}/cancel/").status_code,
    ]
    theirs.refresh_from_db()
    assert (answers, theirs.start, theirs.status) == ([404, 404], START, "confirmed")


# --- what nobody would type ---------------------------------------------------------------------------------

AGES = ["0001-01-01", "0001-01-03", "1969-12-31", "2200-01-01", "9999-12-20", "9999-12-31"]
FAR = ["Choose a date nearer to today."]


@pytest.mark.parametrize("day", AGES)
def test_a_day_of_another_age_is_said_and_today_is_shown(anna_client: Client, massage: Service, day: str) -> None:
    page = anna_client.get(URL, {"service": massage.pk, "date": day})
    assert (errors(page), texts(page, "//fieldset/legend")) == (FAR, ["Times on Mon 30 Nov 2026"])


@pytest.mark.parametrize("day", AGES)
def test_nothing_is_booked_in_another_age(anna_client: Client, massage: Service, day: str) -> None:
    page = anna_client.post(URL, sent(massage, date=day, opening="", time="10:00", anyway="on"))
    assert (errors(page), bookings()) == (FAR, [])
    page = anna_client.post(URL, sent(massage, opening=f"{day}T10:00:00Z", anyway="on"))
    assert (errors(page), bookings()) == ([f"“{day}T10:00:00Z” is too far from today."], [])


@pytest.mark.parametrize("day", AGES)
def test_nothing_is_moved_into_another_age(anna_client: Client, anna: User, massage: Service, day: str) -> None:
    url = f"/bookings/{BookingFactory(staff=anna, service=massage).pk}/reschedule/"
    assert errors(anna_client.get(url, {"date": day})) == FAR
    assert errors(anna_client.post(url, {"date": day, "time": "10:00", "anyway": "on"})) == FAR
    assert [moment for _, moment in bookings()] == ["01 09:00"]


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 40, "9" * 5000])
def test_a_number_that_no_client_or_service_has_is_passed_over(
    anna_client: Client, massage: Service, number: str
) -> None:
    page = anna_client.get(URL, {"service": number, "client": number, "date": TUESDAY})
    assert (offered(page), find(page, "//input[@name='name']/@value")) == (["09:00", "10:00", "11:00"], [])


def test_the_page_is_in_german_for_who_reads_german(german_client: Client, massage: Service) -> None:
    page = german_client.get(URL, {"date": "2026-12-01"})
    headings, buttons = headings_and_buttons(page)
    assert (headings, buttons[:2], buttons[-1]) == (["Neue Buchung"], ["Mehrere Termine", "Zeiten anzeigen"], "Buchen")
    assert texts(page, "//legend")[0] == "Zeiten am Di., 1. Dez. 2026"
