"""The steps of a client in a browser, and a practice whose iCloud is the sandbox."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bookings.models import Service
from connections import accounts
from connections.models import Calendar
from connections.sync.run import sync_connection
from practice.models import Practice, User
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.factories import ServiceFactory, UserFactory, office_hours


def next_monday() -> date:
    """The Monday after next: a week that lies wholly ahead."""
    today = timezone.now().date()
    return today + timedelta(days=14 - today.weekday())


def open_practice() -> Practice:
    """All that clients need."""
    return Practice.objects.create(
        name="Praxis Winter",
        country="DE",
        time_zone="Europe/Berlin",
        language="en",
        phone="030 1234567",
        email="praxis@example.com",
        address="Lindenstraße 1\n10969 Berlin",
        imprint="Anna Winter, Lindenstraße 1, 10969 Berlin",
        privacy_notice="We keep your name and how to reach you.",
    )


def open_with_anna(live_server: LiveServer, settings: Settings) -> User:
    """Anna with office hours, in a practice that clients can book."""
    settings.BASE_URL = live_server.url
    settings.DEMO = True  # its mails are received
    open_practice()
    anna: User = UserFactory.create(username="anna", first_name="Anna", last_name="Winter")
    office_hours(anna)
    return anna


def connected(icloud: Sandbox, account: Account) -> User:
    """Anna with office hours, her calendar Home linked and read."""
    anna = UserFactory.create(username="anna", first_name="Anna", last_name="Winter", configuration__saved_at=None)
    office_hours(anna)
    now = timezone.now()
    password = account.new_app_password("Kalends")
    connection = accounts.connect(anna, username="anna@example.com", password=password, url=icloud.entry_url, now=now)
    home, work = (Calendar.objects.get(connection=connection, name=name) for name in ("Home", "Work"))
    accounts.configure(anna, linked=home, conflicts=[work], now=now)
    sync_connection(connection.pk, now=now)
    return anna


def massage(*people: User, **more: object) -> Service:
    """An hour, listed."""
    values = {"name": "Massage", "slug": "massage", "visibility": "public", "slot_minutes": 60, "price": "60 €"} | more
    return ServiceFactory.create(staff=list(people), **values)


@pytest.fixture
def kalends(live_server: LiveServer, settings: Settings, icloud: Sandbox, account: Account) -> str:
    """Kalends’ address; Anna is connected to the sandbox’s iCloud, and clients can book a massage with her."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    settings.DEMO = True  # its mails are received
    open_practice()
    massage(connected(icloud, account))
    return str(live_server.url)


def fill_details(page: Page, *, name: str = "Clara Sommer", email: str = "clara@example.org") -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail optional").fill(email)
    page.get_by_label("Yes, please").check()
