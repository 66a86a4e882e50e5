"""Anna leaves: Olga owns the practice, and Ben offers the same service with an iCloud account of his own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from connections import accounts
from connections.models import Calendar
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.server.store.accounts import Account
from tests.bookings.practice import Practice
from tests.factories import UserFactory, office_hours


@dataclass
class Colleague:
    """Somebody else of the practice with an account."""

    user: User
    account: Account

    def titles(self) -> list[str]:
        """The titles of the events in their calendar."""
        texts = [one.data.decode() for one in self.account.calendar("Home").resources.values()]
        return [line.removeprefix("SUMMARY:") for text in texts for line in text.splitlines() if "SUMMARY" in line]


@pytest.fixture
def olga(db: None) -> User:
    return UserFactory.create(username="olga", first_name="Olga", role=User.Role.OWNER, configuration=None)


@pytest.fixture
def ben(practice: Practice) -> Colleague:
    user = UserFactory.create(username="ben", first_name="Ben", configuration__saved_at=None)
    office_hours(user)
    practice.service.staff.add(user)
    account = practice.icloud.add_account("ben@example.com", name="Ben Example")
    account.add_calendar("Home", "#1BADF8FF", "home")
    connection = accounts.connect(
        user,
        username="ben@example.com",
        password=account.new_app_password("Kalends"),
        url=practice.icloud.entry_url,
        now=practice.now,
    )
    home = Calendar.objects.get(connection=connection, name="Home")
    accounts.configure(user, linked=home, conflicts=[], now=practice.now)
    assert sync_connection(connection.pk, now=practice.now).error is None
    return Colleague(user, account)
