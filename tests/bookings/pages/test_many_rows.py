"""What pages cost in a large practice: 100 staff, 2,000 clients and 5,000 bookings take as many queries as a tenth."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking
from bookings.models import Client as Person
from practice.models import Practice, User
from tests.crowd import make_bookings, make_clients, make_staff
from tests.factories import NOW, ServiceFactory, UserFactory
from tests.pages import find

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
MAX_BYTES = 100_000  # before compression
DAY = "/calendars/?day=2026-12-01"


@pytest.fixture
def desk(client: Client) -> Client:
    """The front desk, signed in."""
    Practice.objects.create()
    client.force_login(UserFactory.create(role="front_desk", configuration=None))
    return client


def enlarge(staff: int, clients: int, bookings: int) -> None:
    service = ServiceFactory.create()
    make_bookings(bookings, make_staff(staff, service), make_clients(clients), service)


def cost(desk: Client, page: str) -> int:
    desk.get(page)  # what is read once a process is read now
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(page).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("page", "shown", "few", "many"),
    [
        (DAY, "//a[starts-with(@id, 'week-of-')]", 10, 12),
        ("/clients/", "//tbody/tr", 50, 50),
        ("/clients/?q=blum+1", "//tbody/tr", 50, 50),
        ("/clients/?q=clara7%40example.org", "//tbody/tr", 1, 1),
    ],
)
def test_ten_times_as_many_of_everything_cost_as_many_queries(
    desk: Client, page: str, shown: str, few: int, many: int
) -> None:
    enlarge(staff=10, clients=200, bookings=500)
    before, rows_before = cost(desk, page), len(find(desk.get(page), shown))
    enlarge(staff=90, clients=1800, bookings=4500)
    assert (User.objects.count(), Person.objects.count(), Booking.objects.count()) == (101, 2000, 5000)
    assert (cost(desk, page), rows_before, len(find(desk.get(page), shown))) == (before, few, many)
    assert (page, len(desk.get(page).content) < MAX_BYTES) == (page, True)
