"""The pages on which the owner deactivates and reactivates somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, LinkedEvent
from connections.models import CalendarConfiguration, Connection
from practice.models import Activity, User
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    LinkedEventFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.pages import find, texts
from tests.practice.second_factor.factors import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
DAY = timedelta(days=1)
DEACTIVATED = "Mara Winter is deactivated: not bookable and signed out."


@pytest.fixture
def owner(client: Client) -> Client:
    UserFactory.create(username="olga", first_name="Olga", role=User.Role.OWNER)
    sign_in(client, "olga")
    return client


@pytest.fixture
def mara() -> User:
    """Mara, whose past booking stands in her calendar; Ben offers the same."""
    mara = UserFactory.create(username="mara", first_name="Mara", last_name="Winter")
    ben = UserFactory.create(username="ben", first_name="Ben")
    for user in (mara, ben):
        office_hours(user)
    ServiceFactory.create(slug="massage", name="Massage", staff=[mara, ben])
    book(mara, NOW - 3 * DAY)
    return mara


def book(mara: User, start: Any = START) -> Booking:
    booking = BookingFactory.create(staff=mara, start=start, service=mara.services.get(), client__name="Carla Client")
    calendar = CalendarFactory.create(connection__user=mara) if not mara.connections.exists() else None
    calendar = calendar or mara.connections.get().calendars.get()
    LinkedEventFactory.create(booking=booking, calendar=calendar, pushed=True)
    return booking


def address(user: User, what: str = "deactivate") -> str:
    return f"/team/{user.pk}/{what}/"


def options(page: Any, booking: Booking) -> list[str]:
    return texts(page, f"//select[@name='booking_{booking.pk}']/option")


def is_active(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_active


# --- what is asked ---------------------------------------------------------------------------------


def test_who_has_not_just_signed_in_is_asked_who_they_are(client: Client, mara: User) -> None:
    client.force_login(UserFactory.create(role=User.Role.OWNER))
    for what in ("deactivate", "reactivate"):
        for answer in (client.get(address(mara, what)), client.post(address(mara, what))):
            assert answer.headers["Location"] == f"/account/confirm/?next=%2Fteam%2F{mara.pk}%2F{what}%2F"
    assert is_active(mara) is True


def test_nothing_is_chosen_for_a_booking_and_the_names_are_ticked_with_their_number(owner: Client, mara: User) -> None:
    booking, busy = book(mara), book(mara, START + DAY)
    BookingFactory.create(staff=User.objects.get(username="ben"), start=START + DAY)
    page = owner.get(address(mara))
    ends = ["Cancel it and tell the client", "Decide later"]
    assert (options(page, booking), options(page, busy)) == (
        ["Choose …", "Give it to Ben", *ends],
        ["Choose …", *ends],
    )
    assert find(page, "//option[@selected and @value!='']") == []
    assert texts(page, "//label[contains(., 'names')]") == ["Remove names from all 3 events we wrote (past ones too)"]
    assert len(find(page, "//input[@name='remove_names'][@checked]")) == 1


def test_each_booking_must_be_answered(owner: Client, mara: User) -> None:
    booking, other = book(mara), book(mara, START + DAY)
    page = owner.post(address(mara), {f"booking_{booking.pk}": "cancel", "remove_names": "on"})
    assert texts(page, "//*[@class='field__error']/li") == ["Choose what becomes of this booking."]
    booking.refresh_from_db()
    assert (is_active(mara), booking.status, other.status) == (True, "confirmed", "confirmed")


def test_the_only_owner_is_told_why_not(owner: Client) -> None:
    olga = User.objects.get(username="olga")
    page = owner.get(address(olga))
    sentence = "Olga is the only owner of the practice. Make somebody else an owner first."
    assert (texts(page, "//*[@id='refusal']"), find(page, "//main//button")) == ([sentence], [])
    assert texts(owner.post(address(olga)), "//*[@id='refusal']") == [sentence]
    assert is_active(olga) is True


def test_an_owner_beside_another_deactivates_themselves_and_is_signed_out(owner: Client) -> None:
    UserFactory.create(role=User.Role.OWNER)
    olga = User.objects.get(username="olga")
    assert owner.post(address(olga)).headers["Location"] == "/accounts/login/"
    assert (is_active(olga), owner.get("/account/").status_code) == (False, 302)


# --- what is done ----------------------------------------------------------------------------------


def test_what_was_chosen_is_done_and_the_page_says_what_is_left(owner: Client, mara: User) -> None:
    given, ended, later = book(mara), book(mara, START + DAY), book(mara, START + 2 * DAY)
    ben = User.objects.get(username="ben")
    chosen = {f"booking_{given.pk}": f"to-{ben.pk}", f"booking_{ended.pk}": "cancel", f"booking_{later.pk}": "later"}
    page = owner.post(address(mara), {**chosen, "remove_names": "on"}, follow=True)
    found = {one.pk: (one.staff, one.status) for one in Booking.objects.filter(start__gt=NOW)}
    assert found == {
        given.pk: (ben, "confirmed"),
        ended.pk: (mara, "cancelled"),
        later.pk: (mara, "confirmed"),
    }
    assert texts(page, "//h1") == ["Mara Winter is deactivated"]
    assert texts(page, "//*[@id='messages']/div") == [DEACTIVATED]
    assert texts(page, "//section[@aria-labelledby='waiting']//li") == [
        "1 upcoming booking with Mara Winter is still to be decided.",
        "4 events in Mara Winter’s account still carry the name.",
    ]
    assert options(page, later)[1:] == ["Give it to Ben", "Cancel it and tell the client", "Decide later"]


def test_names_stay_where_the_tick_was_removed(owner: Client, mara: User) -> None:
    owner.post(address(mara), {})
    assert (is_active(mara), LinkedEvent.objects.filter(erase_due=True).count()) == (False, 0)


def test_a_colleague_who_was_booked_meanwhile_is_said_and_asked_about_again(owner: Client, mara: User) -> None:
    booking, ben = book(mara), User.objects.get(username="ben")
    BookingFactory.create(staff=ben, start=START)
    page = owner.post(address(mara), {f"booking_{booking.pk}": f"to-{ben.pk}", "remove_names": "on"})
    assert texts(page, "//*[@class='field__error']/li") == ["This colleague has just been booked. Choose again."]
    assert is_active(mara) is True


def test_many_bookings_are_asked_about_in_parts(owner: Client, mara: User) -> None:
    for number in range(31):
        BookingFactory.create(staff=mara, start=START + number * DAY, service=mara.services.get())
    page = owner.get(address(mara))
    assert (len(find(page, "//select")), texts(page, "//p[contains(., 'asked about')]")) == (
        30,
        ["1 more booking is asked about after these."],
    )


# --- what is left ----------------------------------------------------------------------------------


@pytest.fixture
def gone(owner: Client, mara: User) -> User:
    """Mara, deactivated, with one event whose name still waits."""
    owner.post(address(mara), {"remove_names": "on"})
    return mara


def test_a_second_press_disconnects_at_once_and_names_what_stays(owner: Client, gone: User) -> None:
    page = owner.get(address(gone))
    sentence = "1 event in Mara Winter’s account still carries the name."
    assert texts(page, "//form[@aria-labelledby='disconnect']//li") == [sentence]
    page = owner.post(address(gone), {"disconnect": ""}, follow=True)
    assert Connection.objects.filter(user=gone).exists() is False
    row = Activity.objects.get(kind="disconnected")
    assert (str(row.actor), row.user) == ("olga", gone)
    assert texts(page, "//section[@aria-labelledby='waiting']//li") == [
        "1 event in Mara Winter’s disconnected account still carries the name."
    ]
    page = owner.post(address(gone), {"seen_to": ""}, follow=True)
    assert texts(page, "//section[@aria-labelledby='waiting']//p") == [
        "Nothing.",
        "No calendar account is connected.",
    ]


def test_a_booking_that_was_put_off_is_decided_later(owner: Client, gone: User) -> None:
    booking = book(gone)
    page = owner.post(address(gone), {f"booking_{booking.pk}": "", "settle": ""})
    assert texts(page, "//*[@class='field__error']/li") == ["Choose what becomes of this booking."]
    owner.post(address(gone), {f"booking_{booking.pk}": "cancel", "settle": ""})
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_reactivating_is_asked_first_and_says_what_is_missing(owner: Client, gone: User) -> None:
    assert texts(owner.get(address(gone, "reactivate")), "//h1") == ["Reactivate Mara Winter?"]
    assert is_active(gone) is False
    owner.post(address(gone), {"disconnect": ""})
    page = owner.post(address(gone, "reactivate"), follow=True)
    assert (is_active(gone), texts(page, "//h1")) == (True, ["Mara Winter is active"])
    assert texts(page, "//section[@aria-labelledby='missing']//li") == [
        "They must connect their calendar account again, with a new app-specific password, and choose calendars."
    ]
    again = owner.post(address(gone, "reactivate"), follow=True)
    assert texts(again, "//*[@id='messages']/div") == ["Mara Winter is active already."]
    assert CalendarConfiguration.objects.get(user=gone).must_connect is True
