"""Choosing another time: the same pages as for booking, one act, in time, and only by a form."""

from __future__ import annotations

import pytest
import time_machine
from django.core import mail
from django.test import Client

from bookings.models import Booking, BookingChange, Claim, Mail, Seat, Service
from bookings.notifications.mails import delivery
from practice.models import User
from tests.bookings.public.steps import booked, buttons, hold
from tests.factories import NOW, BookingFactory, UserFactory, office_hours
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
TEN, NINE_LATER, TEN_LATER = "2026-12-09T10:00:00+01:00", "2026-12-10T09:00:00+01:00", "2026-12-10T10:00:00+01:00"


@pytest.fixture
def address(client: Client, massage: Service) -> str:
    """The page of a client who has booked for Wednesday in a week, ten o'clock."""
    return booked(client, start=TEN)


@pytest.fixture
def ben(massage: Service) -> User:
    """Ben offers the massage as well."""
    ben = UserFactory.create(username="ben-signs-in", first_name="Ben", last_name="Berg")
    office_hours(ben)
    massage.staff.add(ben)
    return ben


def start() -> str:
    return Booking.objects.get(seats__client__name="Clara Sommer").start.isoformat()


def test_the_page_is_that_of_booking_without_the_present_time(client: Client, address: str) -> None:
    page = client.get(f"{address}reschedule/?day=2026-12-09")
    assert texts(page, "//h1") == ["Choose another time"]
    assert buttons(page) == ["09:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
    assert texts(page, "//main/p")[1] == (
        "Your appointment now: Wednesday 9 December 2026, 10:00–11:00 (Berlin time). "
        "It stays as it is until you confirm another time."
    )


def test_the_own_time_counts_as_free(client: Client, address: str, massage: Service) -> None:
    Service.objects.update(slot_minutes=30)
    assert buttons(client.get(f"{address}reschedule/?day=2026-12-09"))[:4] == ["09:00", "09:30", "10:30", "11:00"]


def test_looking_and_choosing_change_nothing(client: Client, address: str) -> None:
    before = list(Booking.objects.values())
    client.get(f"{address}reschedule/")
    page = client.get(f"{address}reschedule/", {"start": TEN_LATER})
    assert texts(page, "//dd") == [
        "Massage",
        "Wednesday 9 December 2026, 10:00–11:00 (Berlin time)",
        "Thursday 10 December 2026, 10:00–11:00 (Berlin time)",
        "Anna Winter",
    ]
    assert list(Booking.objects.values()) == before


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("2026-11-02T10:00:00+01:00", 3),
        ("2026-12-10T10:07:00+01:00", 3),
        ("2026-12-13T10:00:00+01:00", 3),
        ("2014-12-31T23:59:00+00:00", 3),
        ("2046-12-31T23:59:00+00:00", 0),
    ],
)
def test_nobody_is_asked_about_a_time_that_is_not_open(client: Client, address: str, asked: str, nearest: int) -> None:
    page = client.get(f"{address}reschedule/", {"start": asked})
    sentence = "That time has gone. Nearest:" if nearest else "That time has gone."
    assert (texts(page, "//h1"), texts(page, "//*[@role='status']/p")) == (["Choose another time"], [sentence])
    assert len(find(page, "//*[@role='status']//button")) == nearest


def test_the_present_time_is_no_other_time(client: Client, address: str) -> None:
    page = client.get(f"{address}reschedule/", {"start": TEN})
    assert (texts(page, "//h1"), find(page, "//*[@role='status']")) == (["Choose another time"], [])


def test_confirming_moves_the_booking_and_keeps_its_link(client: Client, address: str) -> None:
    answer = client.post(f"{address}reschedule/", {"start": TEN_LATER})
    assert (answer.status_code, answer["Location"]) == (303, address)
    assert texts(client.get(address), "//dd")[1] == "Thursday 10 December 2026, 10:00–11:00 (Berlin time)"
    change = BookingChange.objects.latest("id")
    assert (change.kind, change.source, Claim.objects.count()) == ("moved", "client", 1)


def test_a_form_that_is_sent_twice_moves_once(client: Client, address: str) -> None:
    for _ in range(2):
        assert client.post(f"{address}reschedule/", {"start": TEN_LATER})["Location"] == address
    assert BookingChange.objects.filter(kind="moved").count() == 1


def test_a_time_that_has_gone_offers_the_nearest_ones(client: Client, address: str, anna: User) -> None:
    hold(client, start=TEN_LATER)
    page = client.post(f"{address}reschedule/", {"start": TEN_LATER}, follow=True)
    assert texts(page, "//*[@role='status']/p") == ["That time has gone. Nearest:"]
    assert texts(page, "//*[@role='status']//button") == [
        "Thu 10 December, 09:00",
        "Thu 10 December, 11:00",
        "Thu 10 December, 12:00",
    ]
    assert start() == "2026-12-09T09:00:00+00:00"


def test_the_answer_to_a_form_that_changed_nothing_is_an_address(client: Client, address: str) -> None:
    hold(client, start=TEN_LATER)
    answer = client.post(f"{address}reschedule/", {"start": TEN_LATER, "zone": "Europe/Berlin", "lang": "de"})
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"{address}reschedule/?zone=Europe%2FBerlin&lang=de&start=2026-12-10T09%3A00%3A00%2B00%3A00&problem=time",
    )


def test_inside_the_window_an_edited_form_moves_nothing(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-12-08T09:00:00Z")
    assert client.get(f"{address}reschedule/")["Location"] == address
    page = client.post(f"{address}reschedule/", {"start": TEN_LATER, "anyway": "yes"}, follow=True)
    assert texts(page, "//main/p") == ["To change or cancel, please call 030 1234567."]
    assert start() == "2026-12-09T09:00:00+00:00"


def test_the_window_is_that_for_rescheduling(client: Client, address: str, clock: time_machine.Traveller) -> None:
    Service.objects.update(reschedule_minutes=60)
    clock.move_to("2026-12-09T07:59:00Z")
    client.post(f"{address}reschedule/", {"start": TEN_LATER})
    assert start() == "2026-12-10T09:00:00+00:00"


def test_whom_the_practice_gave_another_time_can_choose_inside_the_window_too(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-12-08T10:00:00Z")
    booking = Booking.objects.get()
    values = {"at": "2026-12-08T09:59:00Z", "new_start": booking.start, "new_end": booking.end}
    BookingChange.objects.create(booking=booking, kind="moved", source="phone", **values)
    client.post(f"{address}reschedule/", {"start": TEN_LATER})
    assert start() == "2026-12-10T09:00:00+00:00"


def test_notice_and_hours_hold_for_edited_forms(client: Client, address: str) -> None:
    for refused in ("2026-11-30T09:30:00+01:00", "2026-12-10T03:00:00+01:00", "2046-12-10T10:00:00+01:00"):
        page = client.post(f"{address}reschedule/", {"start": refused}, follow=True)
        assert (page.status_code, texts(page, "//h1")) == (200, ["Choose another time"])
    assert start() == "2026-12-09T09:00:00+00:00"


def test_it_stays_with_the_same_person_unless_asked(client: Client, address: str, ben: User) -> None:
    Booking.objects.update(staff=ben)
    Claim.objects.update(staff=ben)
    client.post(f"{address}reschedule/", {"start": TEN_LATER})
    assert Booking.objects.get().staff == ben


def test_the_client_can_ask_for_another_person(client: Client, address: str, ben: User) -> None:
    page = client.get(f"{address}reschedule/")
    assert links(page, "//details//a") == [
        ("First available", f"{address}reschedule/?staff=any"),
        ("Anna Winter", f"{address}reschedule/?staff=anna-winter"),
        ("Ben Berg", f"{address}reschedule/?staff=ben-berg"),
    ]
    client.post(f"{address}reschedule/", {"start": TEN_LATER, "staff": "ben-berg"})
    booking = Booking.objects.select_related("claim").get()
    assert (booking.staff, booking.claim and booking.claim.staff, Claim.objects.count()) == (ben, ben, 1)
    assert texts(client.get(address), "//dd")[2] == "Ben Berg"


def test_whose_person_was_deactivated_is_offered_the_times_of_colleagues(
    client: Client, address: str, ben: User
) -> None:
    User.objects.exclude(pk=ben.pk).update(is_active=False)
    assert buttons(client.get(f"{address}reschedule/?day=2026-12-10"))[:2] == ["09:00", "10:00"]
    client.post(f"{address}reschedule/", {"start": TEN_LATER})
    assert (Booking.objects.get().staff, start()) == (ben, "2026-12-10T09:00:00+00:00")


def test_anybody_means_the_same_person_first_and_another_where_they_are_taken(
    client: Client, address: str, anna: User, ben: User, massage: Service
) -> None:
    client.post(f"{address}reschedule/", {"start": TEN_LATER, "staff": "any"})
    assert Booking.objects.get().staff == anna
    BookingFactory.create(service=massage, staff=anna, start=Booking.objects.get().start.replace(hour=8))
    for _ in range(2):
        client.post(f"{address}reschedule/", {"start": NINE_LATER, "staff": "any"})
    moved = Booking.objects.get(seats__client__name="Clara Sommer")
    assert (moved.staff, moved.start.isoformat()) == (ben, "2026-12-10T08:00:00+00:00")


def test_the_change_is_one_mail_with_the_next_version(client: Client, address: str) -> None:
    client.post(f"{address}reschedule/", {"start": TEN_LATER})
    newest = Mail.objects.latest("pk")
    assert (newest.seat, newest.uid, newest.start) == (
        Seat.objects.get(),
        Seat.objects.get().uid,
        newest.change.new_start,
    )  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["phone", "video"])
def test_the_zone_in_which_the_client_chose_is_that_of_later_mails(client: Client, address: str, kind: str) -> None:
    Service.objects.update(location_kind=kind)
    page = client.get(f"{address}reschedule/", {"start": TEN_LATER, "zone": "America/New_York"})
    [form] = find(page, "//main//form")
    client.post(form.get("action") or "", dict(form.form_values()))
    delivery.send_due(NOW)
    assert Seat.objects.get().time_zone == "America/New_York"
    assert "Thursday 10 December 2026, 04:00–05:00 (New York time)" in str(mail.outbox[-1].body)
    assert texts(client.get(address), "//dd")[1] == "Thursday 10 December 2026, 04:00–05:00 (New York time)"


@pytest.mark.parametrize(
    ("kind", "zone"), [("place", "America/New_York"), ("phone", "Nowhere/City"), ("phone", "x" * 300), ("phone", "")]
)
def test_where_the_clock_of_the_place_counts_or_the_zone_is_unknown_the_first_one_stays(
    client: Client, address: str, kind: str, zone: str
) -> None:
    Service.objects.update(location_kind=kind)
    Seat.objects.update(time_zone="Asia/Tokyo")
    client.post(f"{address}reschedule/", {"start": TEN_LATER, "zone": zone})
    assert (start(), Seat.objects.get().time_zone) == ("2026-12-10T09:00:00+00:00", "Asia/Tokyo")


def test_nobody_keeps_the_page(client: Client, address: str) -> None:
    for query in ("", f"?start={TEN_LATER.replace('+', '%2B')}"):
        page = client.get(f"{address}reschedule/{query}")
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "strict-origin")


def test_a_cancelled_appointment_cannot_be_moved(client: Client, address: str) -> None:
    client.post(f"{address}cancel/")
    assert client.post(f"{address}reschedule/", {"start": TEN_LATER})["Location"] == address
    assert find(client.get(address), "//a[contains(@href, 'reschedule')]") == []
