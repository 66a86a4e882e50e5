"""Anna is ill on Tuesday, when she has bookings; Ben offers the same service and has no account."""

from __future__ import annotations

from datetime import date

import pytest

from bookings import actions
from bookings.models import Booking, CoveredDay, Proposal
from practice.models import User
from tests.bookings.practice import Practice, berlin
from tests.factories import UserFactory, office_hours

HOURS = (9, 11, 14)


def client_of(number: int, *, email: bool = True) -> actions.ClientDetails:
    return actions.ClientDetails(
        f"Client {number}", f"client{number}@example.org" if email else "", f"+49 30 555010{number}"
    )


@pytest.fixture
def ben(practice: Practice) -> User:
    user = UserFactory.create(username="ben", first_name="Ben", last_name="Berg", slug="ben-berg")
    office_hours(user)
    practice.service.staff.add(user)
    return user


@pytest.fixture
def bookings(practice: Practice) -> list[Booking]:
    """Three bookings of Tuesday, told to their clients; the last client has no e-mail address."""
    made = [
        practice.book(berlin(1, hour), client=client_of(number, email=hour != HOURS[-1]))
        for number, hour in enumerate(HOURS, 1)
    ]
    practice.push()
    practice.sync()
    practice.mails()
    return made


@pytest.fixture
def ill(practice: Practice, bookings: list[Booking]) -> list[Proposal]:
    """What Anna is asked about that Tuesday, of which she is ill."""
    work = practice.account.calendar("Work")
    practice.phone.add(work, "Ill", date(2026, 12, 1), free=False)
    practice.poll_later()
    return list(Proposal.objects.open().with_details().order_by("booking__start"))


@pytest.fixture
def day(ill: list[Proposal]) -> CoveredDay:
    return CoveredDay.objects.get()
