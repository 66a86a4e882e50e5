"""A series from its booking to its end: what the client and staff are told, and what the calendar makes of it."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from bookings import actions, links
from bookings.models import Booking, Mail, Proposal
from bookings.notifications import outgoing
from bookings.notifications.mails import delivery
from bookings.proposals import lifecycle
from practice.models import Practice as PracticeRow
from soak.mails.arrival import Arrival, CalendarPart
from soak.mails.itip import ItipReceiver
from tests.bookings.notifications.ical_js_reader import IS_INSTALLED, NOT_INSTALLED, read
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import NOW, START, UserFactory, office_hours

MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
THREE = [START + week * WEEK for week in range(3)]
pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def practice(practice: Practice) -> Practice:
    """A practice whose clients may book series."""
    PracticeRow.objects.create(
        name="Praxis Winter", phone="030 123456", email="praxis@winter.example", time_zone="Europe/Berlin", country="DE"
    )
    practice.service.series_allowed = True
    practice.service.save()
    return practice


def booked(practice: Practice, *, online: bool = False, **changed: Any) -> list[Booking]:
    """Three appointments that were booked at once, by staff or by the client."""
    practice.service.approval_hours = changed.pop("approval_hours", None)
    practice.service.save()
    given: dict[str, Any] = {"service": practice.service, "staff": practice.user, "starts": THREE, "now": practice.now}
    hold = actions.hold_series(**given, visitor=actions.Visitor(id="a" * 32)) if online else None
    series = actions.book_series(**given, client=CARLA, hold=hold, **changed)
    return list(series.bookings.order_by("start"))


def send(practice: Practice) -> None:
    practice.later(MINUTE)
    delivery.send_due(practice.now)


def subjects(address: str = CARLA.email) -> list[str]:
    return [one.subject.removesuffix(" · Praxis Winter") for one in mail.outbox if one.to == [address]]


def parts() -> list[CalendarPart]:
    """The calendar parts of all mails to the client, in the order of sending."""
    arrived = [Arrival.of(one.to[0], one.message().as_bytes(linesep="\r\n")) for one in mail.outbox]
    return [part for one in arrived if one.recipient == CARLA.email for part in one.calendar_parts]


def calendar(received: list[CalendarPart]) -> list[Any]:
    """The starts in the client's calendar, after these parts were applied."""
    receiver = ItipReceiver(CARLA.email)
    for part in received:
        receiver.receive(part.text, part.method)
    return sorted(one.start for one in receiver.appointments.values())


def standing() -> list[Any]:
    return list(Booking.objects.filter(status="confirmed").order_by("start").values_list("start", flat=True))


def decide_all(practice: Practice, choice: str) -> None:
    """Decide what staff are asked about the first, as its mail and its page do."""
    first = Proposal.objects.open().order_by("booking__start")[0]
    decided = actions.decide_all(lifecycle.decided_together(first), choice=choice, now=practice.now)
    assert decided == (3, [])


def test_a_series_is_told_in_one_mail(practice: Practice) -> None:
    booked(practice)
    send(practice)
    assert (subjects(), calendar(parts())) == (["Your 3 appointments"], THREE)


def test_each_appointment_is_moved_and_cancelled_alone_afterwards_in_whatever_order_mails_arrive(
    practice: Practice,
) -> None:
    first, second, _third = booked(practice)
    send(practice)
    actions.reschedule(first, start=START + HOUR, now=practice.now)
    send(practice)
    actions.cancel(second, now=practice.now)
    send(practice)
    assert subjects() == [
        "Your 3 appointments",
        "Your appointment has been moved to Tue 1 December, 11:00",
        "Cancelled: your appointment on Tue 8 December, 10:00",
    ]
    assert calendar(parts()) == standing() == [START + HOUR, START + 2 * WEEK]
    shuffled = parts() * 2
    for seed in range(20):
        random.Random(seed).shuffle(shuffled)
        assert calendar(shuffled) == standing()


def test_what_follows_is_moved_in_one_mail(practice: Practice) -> None:
    bookings = booked(practice)
    send(practice)
    later = [start + 2 * HOUR for start in THREE[1:]]
    actions.move_following(bookings[1], starts=later, now=practice.now)
    send(practice)
    assert subjects() == ["Your 3 appointments", "Your 2 appointments have been moved"]
    assert calendar(parts()) == standing() == [START, *later]
    assert str(mail.outbox[-1].body).splitlines()[2:4] == [
        f"1. Tuesday 8 December 2026, 12:00–13:00 (Berlin time): {bookings[1].seat.link} "
        "· previously Tue 8 December, 10:00",
        f"2. Tuesday 15 December 2026, 12:00–13:00 (Berlin time): {bookings[2].seat.link} "
        "· previously Tue 15 December, 10:00",
    ]


def test_what_follows_is_given_to_somebody_else_in_one_mail(practice: Practice) -> None:
    bookings = booked(practice)
    send(practice)
    mara = UserFactory.create(username="mara", first_name="Mara", last_name="Winter")
    office_hours(mara)
    practice.service.staff.add(mara)
    actions.move_following(bookings[1], starts=THREE[1:], staff=mara, now=practice.now)
    send(practice)
    assert subjects() == ["Your 3 appointments", "Your 2 appointments are now with Mara Winter"]
    assert calendar(parts()) == standing() == THREE


def test_of_a_move_before_anything_was_told_all_are_confirmed_at_their_new_times(practice: Practice) -> None:
    bookings = booked(practice)
    actions.move_following(bookings[1], starts=[start + HOUR for start in THREE[1:]], now=practice.now)
    send(practice)
    assert (sorted(subjects()), calendar(parts())) == (
        ["Your 2 appointments", "Your appointment on Tue 1 December, 10:00"],
        standing(),
    )


def test_a_move_there_and_back_before_it_was_told_tells_nothing(practice: Practice) -> None:
    bookings = booked(practice)
    send(practice)
    for hours in (1, 0):
        starts = [start + hours * HOUR for start in THREE[1:]]
        actions.move_following(Booking.objects.get(pk=bookings[1].pk), starts=starts, now=practice.now)
    send(practice)
    assert subjects() == ["Your 3 appointments"]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("approve", "Confirmed: your 3 appointments"),
        ("refuse", "Could not be confirmed: your 3 appointments"),
    ],
)
def test_a_request_for_a_series_is_asked_and_answered_once(practice: Practice, choice: str, told: str) -> None:
    booked(practice, online=True, approval_hours=24)
    send(practice)
    assert (subjects(), outgoing.mail_proposals(practice.now)) == (["Not confirmed yet: your 3 appointments"], 1)
    assert subjects(practice.user.email) == ["Please decide: Carla Client, 3 appointments"]
    decide_all(practice, choice)
    assert subjects() == ["Not confirmed yet: your 3 appointments", told]
    assert calendar(parts()) == standing() == (THREE if choice == "approve" else [])


def test_the_mail_that_asks_staff_names_all_requests_and_until_when(practice: Practice) -> None:
    booked(practice, online=True, approval_hours=24)
    outgoing.mail_proposals(practice.now)
    *lines, _link = str(mail.outbox[-1].body).splitlines()
    assert lines == [
        "A client asks for an appointment: Carla Client, Tue 1 Dec 2026, 10:00 (Berlin time).",
        "A client asks for an appointment: Carla Client, Tue 8 Dec 2026, 10:00 (Berlin time).",
        "A client asks for an appointment: Carla Client, Tue 15 Dec 2026, 10:00 (Berlin time).",
        "",
        "The times are kept until Tue 1 Dec 2026, 09:00 (Berlin time). "
        "If nobody has decided by then, the requests end:",
    ]


def test_what_nobody_decides_in_time_ends_in_one_mail_to_each_side(practice: Practice) -> None:
    booked(practice, online=True, approval_hours=12)
    send(practice)
    practice.later(12 * HOUR)
    assert actions.expire_undecided(practice.now) == 3
    send(practice)
    assert subjects()[1:] == ["Could not be confirmed: your 3 appointments"]
    assert subjects(practice.user.email) == ["Nobody decided in time: 3 requests of Carla Client have ended."]


def test_one_link_confirms_the_address_for_all(practice: Practice) -> None:
    PracticeRow.objects.update(confirm_addresses=True)
    first, *_others = booked(practice, online=True)
    send(practice)
    assert subjects() == ["One step is missing: your 3 appointments"]
    seat = first.seat
    confirm_link = f"{seat.link}confirm/{links.address_code(seat.public_id, seat.address_key)}/"
    assert str(mail.outbox[-1].body).count("/confirm/") == str(mail.outbox[-1].body).count(confirm_link) == 1
    actions.confirm_address(first, now=practice.now)
    send(practice)
    assert subjects() == ["One step is missing: your 3 appointments", "Confirmed: your 3 appointments"]
    assert calendar(parts()) == standing() == THREE


def test_reminders_stay_mails_of_their_own(practice: Practice) -> None:
    booked(practice, seat=actions.SeatDetails(reminders=True))
    send(practice)
    assert set(Mail.objects.exclude(batch="").values_list("kind", flat=True)) == {"confirmation"}


@pytest.mark.processes
@pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED)
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_ical_js_reads_each_part(practice: Practice, method: str) -> None:
    bookings = booked(practice, online=True)
    send(practice)
    for booking in bookings if method == "CANCEL" else []:
        actions.cancel(booking, now=practice.now, batch="gone")
    send(practice)
    understood = [event for (event,) in read(*(part.text for part in parts() if part.method == method))]
    assert [(one["method"], one["uid"], one["sequence"]) for one in understood] == [
        (method, booking.seat.uid, int(method == "CANCEL")) for booking in bookings
    ]
    assert [one["start"] for one in understood] == [f"{start:%Y-%m-%dT%H:%M:%S.000Z}" for start in THREE]
