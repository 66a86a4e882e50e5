"""The command `deactivate`: what it does, what it says, what it refuses. Its JSON is public."""

from __future__ import annotations

import pytest

from bookings.models import Booking, Service
from connections.models import Connection
from practice.models import User
from tests.bookings.practice import HOUR, Practice
from tests.factories import START, BookingFactory, UserFactory, office_hours
from tests.shell import ask, refusal, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(db: None) -> User:
    return UserFactory.create(username="olga", first_name="Olga", role=User.Role.OWNER, configuration=None)


@pytest.fixture
def ben(olga: User, practice: Practice) -> User:
    """A colleague without calendars who is at work."""
    ben = UserFactory.create(username="ben", first_name="Ben")
    office_hours(ben)
    practice.service.staff.add(ben)
    return ben


def test_somebody_with_nothing_left_is_gone_after_the_next_push(practice: Practice, olga: User) -> None:
    booking = practice.booked()
    practice.later(72 * HOUR)
    told = ask("deactivate", "--user", "anna", now=practice.now)
    assert (told.code, told.json) == (
        0,
        {
            "user": "anna",
            "events": 1,
            "connected": True,
            "bookings": [],
            "waiting": ["1 event in Anna’s account still carries the name."],
            "stays": [],
        },
    )
    assert ask("push_bookings", now=practice.now).code == 0
    assert ("SUMMARY:Booked" in practice.text(booking), Connection.objects.exists()) == (True, False)


def test_it_says_what_was_done_and_what_remains(practice: Practice, olga: User) -> None:
    booking = practice.booked()
    assert shown("deactivate", "--user", "anna").splitlines() == [
        "anna is deactivated, cannot be booked any more and is signed out.",
        "The workers remove the name from 1 event.",
        f"Booking {booking.pk} at Tue 1 Dec 2026, 10:00 (Berlin time) stands: use --move or --cancel.",
        "1 upcoming booking with Anna is still to be decided.",
        "1 event in Anna’s account still carries the name.",
        "The account is disconnected when nothing waits any more.",
    ]


def test_bookings_are_moved_and_cancelled_with_it_or_later(practice: Practice, ben: User) -> None:
    first, second = practice.booked(), practice.booked(START + HOUR)
    given = ask("deactivate", "--user", "anna", "--move", f"{first.pk}=ben")
    assert (given.code, [one["id"] for one in given.json["bookings"]]) == (0, [second.pk])
    later = ask("deactivate", "--user", "anna", "--cancel", second.pk)
    assert (later.code, later.json["bookings"], later.json["events"]) == (0, [], 0)
    assert list(Booking.objects.order_by("pk").values_list("staff__username", "status")) == [
        ("ben", "confirmed"),
        ("anna", "cancelled"),
    ]


def test_a_colleague_who_is_not_free_is_said_and_the_rest_is_done(practice: Practice, ben: User) -> None:
    booking = practice.booked()
    BookingFactory.create(staff=ben, start=START)
    told = ask("deactivate", "--user", "anna", "--move", f"{booking.pk}=ben")
    sentence = "Another booking is at this time (10:00–11:00)."
    assert (told.code, told.error, [one["why"] for one in told.json["bookings"]]) == (1, sentence, [sentence])
    assert User.objects.get(username="anna").is_active is False


def test_names_are_kept_if_that_is_asked(practice: Practice, olga: User) -> None:
    booking = practice.booked()
    assert ask("deactivate", "--user", "anna", "--keep-names").json["events"] == 0
    assert (practice.push(), "SUMMARY:Carla Client" in practice.text(booking)) == ([], True)


def test_disconnecting_at_once_names_what_stays(practice: Practice, olga: User) -> None:
    practice.booked()
    practice.later(72 * HOUR)
    told = ask("deactivate", "--user", "anna", "--disconnect-now", now=practice.now)
    assert (told.json["stays"], told.json["waiting"], told.json["connected"]) == (
        ["1 event in Anna’s account still carries the name."],
        ["1 event in Anna’s disconnected account still carries the name."],
        False,
    )


def test_what_cannot_be_done_is_refused_and_nothing_is_changed(practice: Practice, olga: User, ben: User) -> None:
    other = BookingFactory.create(staff=ben, start=START, service=Service.objects.get())
    asked = [
        (["--user", "nobody"], "There is no user “nobody”."),
        (["--user", "olga"], "Olga is the only owner of the practice. Make somebody else an owner first."),
        (["--user", "anna", "--move", "17"], "“17” is not like 17=anna."),
        (["--user", "anna", "--cancel", "999"], "There is no booking 999."),
        (["--user", "anna", "--cancel", str(other.pk)], f"Booking {other.pk} is no upcoming booking with anna."),
    ]
    answers = [(ask("deactivate", *arguments), refusal(sentence)) for arguments, sentence in asked]
    assert [answer for answer, _expected in answers] == [expected for _answer, expected in answers]
    assert User.objects.filter(is_active=False).count() == 0
    ask("deactivate", "--user", "anna")
    assert ask("deactivate", "--user", "anna") == refusal("Anna is deactivated already.")
