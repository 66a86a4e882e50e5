"""A client who is asked to choose another time: three are offered, a button takes one, and a GET changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings import actions
from bookings.models import Booking, BookingChange, Proposal, Service
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import delivery
from practice.models import User
from tests.bookings.public.steps import booked, buttons
from tests.factories import NOW, BlockedSlotFactory, CoveredDayFactory, ProposalFactory, UserFactory, office_hours
from tests.pages import find, texts

pytestmark = pytest.mark.django_db
TEN = "2026-12-09T10:00:00+01:00"
OFFERS = "//main//div[@class='steps'][1]/a"


@pytest.fixture
def address(client: Client, massage: Service, anna: User) -> str:
    """The page of a client who has booked for a Wednesday on which Anna is away from 9:00 to 15:00."""
    address = booked(client, start=TEN)
    booking = Booking.objects.get()
    start = booking.start - timedelta(hours=1)
    BlockedSlotFactory.create(user=anna, start=start, end=start + timedelta(hours=6), is_away=True)
    times = {"new_start": start, "new_end": start + timedelta(hours=6)}
    day = CoveredDayFactory.create(person=anna, date=booking.start.date(), is_away=True)
    ProposalFactory.create(booking=booking, kind="collision", covered_day=day, **times)
    return address


@pytest.fixture
def asked(address: str, clock: time_machine.Traveller) -> str:
    """The same page after Anna asked and the time for undoing was over."""
    actions.decide(Proposal.objects.get(), choice="ask", now=NOW)
    clock.shift(UNDO_WINDOW)
    return address


def start() -> str:
    return Booking.objects.get().start.isoformat()


def test_the_page_says_nothing_while_it_can_be_undone(client: Client, address: str) -> None:
    actions.decide(Proposal.objects.get(), choice="ask", now=NOW)
    assert texts(client.get(address), "//h1") == ["Your appointment is booked"]


def test_the_page_says_why_and_offers_the_three_first_times(client: Client, asked: str) -> None:
    page = client.get(asked)
    assert texts(page, "//h1") == ["Please choose another time"]
    assert texts(page, "//p[@class='notice']") == [
        "Anna Winter cannot see you on Wed 9 December, 10:00. Please choose another time, or call 030 1234567."
    ]
    assert texts(page, OFFERS) == [
        "Mon 30 November, 11:00",
        "Mon 30 November, 12:00",
        "Mon 30 November, 13:00",
        "All other times",
    ]


def test_a_time_that_is_offered_is_taken_by_one_button_and_no_get(client: Client, asked: str) -> None:
    [offer, *_others] = find(client.get(asked), f"{OFFERS}/@href")
    page = client.get(offer)
    assert (texts(page, "//h1"), start()) == (["Move the appointment?"], "2026-12-09T09:00:00+00:00")
    form = find(page, "//main//form")[0]
    client.post(form.get("action"), dict(form.form_values()))
    change = BookingChange.objects.all()[0]
    assert (start(), change.kind, change.source) == ("2026-11-30T10:00:00+00:00", "moved", "client")
    assert texts(client.get(asked), "//h1") == ["Your appointment is booked"]


def test_no_time_of_the_person_is_offered_on_the_day_on_which_they_are_away(client: Client, asked: str) -> None:
    thursday = client.get(f"{asked}reschedule/?day=2026-12-10")
    assert buttons(thursday)[:2] == ["09:00", "10:00"]
    values = find(client.get(f"{asked}reschedule/?day=2026-12-09"), "//button[@name='start']/@value")
    assert {str(value)[:10] for value in values} == {"2026-11-30"}
    gone = client.get(f"{asked}reschedule/", {"start": "2026-12-09T16:00:00+01:00"})
    assert texts(gone, "//title")[0].startswith("That time has gone")


def test_others_who_offer_the_service_are_named(client: Client, asked: str, massage: Service, anna: User) -> None:
    tom = UserFactory.create(username="tom", first_name="Tom", last_name="Berg", slug="tom-berg")
    office_hours(tom)
    massage.staff.add(tom)
    anna.working_hours.all().delete()
    assert texts(client.get(asked), OFFERS)[:2] == [
        "Mon 30 November, 11:00, with Tom Berg",
        "Mon 30 November, 12:00, with Tom Berg",
    ]
    page = client.get(find(client.get(asked), f"{OFFERS}/@href")[0])
    form = find(page, "//main//form")[0]
    client.post(form.get("action"), dict(form.form_values()))
    assert (Booking.objects.get().staff, start()) == (tom, "2026-11-30T10:00:00+00:00")


def test_another_time_can_be_chosen_after_the_deadline_because_the_practice_asked(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(Booking.objects.get().start - timedelta(hours=2), tick=False)
    assert client.get(f"{address}reschedule/").status_code == 303
    actions.decide(Proposal.objects.get(), choice="ask", now=Booking.objects.get().start - timedelta(hours=2))
    clock.shift(UNDO_WINDOW)
    page = client.get(f"{address}reschedule/")
    assert texts(page, "//h1") == ["Choose another time"]
    client.post(f"{address}reschedule/", {"start": "2026-12-10T10:00:00+01:00"})
    assert start() == "2026-12-10T09:00:00+00:00"


def test_the_page_is_german_for_who_reads_german(client: Client, asked: str) -> None:
    page = client.get(f"{asked}?lang=de")
    assert texts(page, "//p[@class='notice']") == [
        "Anna Winter kann Ihren Termin am Mi., 9. Dezember, 10:00 Uhr leider nicht wahrnehmen. "
        "Bitte wählen Sie einen anderen Termin oder rufen Sie uns an: 030 1234567."
    ]
    [offer, *_others] = find(page, f"{OFFERS}/@href")
    assert texts(client.get(offer), "//h1") == ["Termin verschieben?"]


# --- the appointment stands after all ----------------------------------------------------------------------------


@pytest.fixture
def stands(asked: str, clock: time_machine.Traveller) -> str:
    """The same page after Anna let the appointment stand and the client was told."""
    delivery.send_due(NOW + UNDO_WINDOW)
    actions.let_stand(Booking.objects.get(), now=NOW + UNDO_WINDOW)
    clock.shift(UNDO_WINDOW)
    return asked


STANDS = "Your appointment on Wed 9 December, 10:00 stands after all. You do not need to choose another time."


def test_the_mailed_links_say_that_the_appointment_stands(client: Client, stands: str) -> None:
    pages = [client.get(stands), client.get(f"{stands}reschedule/"), client.get(f"{stands}reschedule/{OFFERED}")]
    assert [texts(page, "//p[@class='notice']")[:1] for page in pages] == [[STANDS]] * 3
    assert [texts(page, "//h1") for page in pages] == [
        ["Your appointment is booked"],
        ["Choose another time"],
        ["Move the appointment?"],
    ]


OFFERED = "?start=2026-11-30T11%3A00%3A00%2B01%3A00&staff=anna-winter"


def test_after_the_deadline_the_mailed_links_lead_to_the_page_that_says_so(
    client: Client, stands: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(Booking.objects.get().start - timedelta(hours=2), tick=False)
    page = client.get(f"{stands}reschedule/{OFFERED}", follow=True)
    assert texts(page, "//p[@class='notice']") == [STANDS]
    client.post(f"{stands}reschedule/", {"start": "2026-12-10T10:00:00+01:00"})
    assert start() == "2026-12-09T09:00:00+00:00"


def test_nothing_of_it_is_said_after_the_next_change(client: Client, stands: str) -> None:
    client.post(f"{stands}reschedule/", {"start": "2026-12-10T10:00:00+01:00"})
    assert (start(), texts(client.get(stands), "//p[@class='notice']")) == ("2026-12-10T09:00:00+00:00", [])


def test_who_was_never_asked_reads_nothing_of_it(client: Client, address: str, clock: time_machine.Traveller) -> None:
    actions.decide(Proposal.objects.get(), choice="ask", now=NOW)
    actions.let_stand(Booking.objects.get(), now=NOW)
    clock.shift(UNDO_WINDOW)
    assert texts(client.get(address), "//p[@class='notice']") == []


def test_it_stands_in_german(client: Client, stands: str) -> None:
    assert texts(client.get(f"{stands}?lang=de"), "//p[@class='notice']") == [
        "Ihr Termin am Mi., 9. Dezember, 10:00 Uhr findet nun doch statt. Sie brauchen keinen anderen Termin zu wählen."
    ]
