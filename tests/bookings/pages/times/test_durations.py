"""Staff choose the duration together with the service."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Booking, Service
from practice.models import User
from tests.factories import NOW, ServiceFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/new/"


@pytest.fixture
def massage(anna: User, at_work: None) -> Service:
    """An hour or one and a half, beside a service with one duration."""
    ServiceFactory.create(name="Talk", position=2, staff=[anna])
    return ServiceFactory.create(name="Massage", other_minutes=[90], position=1, staff=[anna])


def test_each_duration_is_a_choice(anna_client: Client, massage: Service) -> None:
    page = anna_client.get(f"{URL}?service={massage.pk}-90&date=2026-12-01")
    assert texts(page, "//select[@name='service']/option") == ["Massage, 60 min", "Massage, 90 min", "Talk"]
    assert texts(page, "//select[@name='service']/option[@selected]") == ["Massage, 90 min"]
    assert find(page, "//input[@name='service']/@value") == [f"{massage.pk}-90"]


def test_the_key_alone_means_the_usual_duration(anna_client: Client, massage: Service) -> None:
    page = anna_client.get(f"{URL}?service={massage.pk}")
    assert texts(page, "//select[@name='service']/option[@selected]") == ["Massage, 60 min"]


def test_the_chosen_duration_is_booked(anna_client: Client, massage: Service) -> None:
    start = "2026-12-01T10:00:00+01:00"
    sent = {"service": f"{massage.pk}-90", "date": "2026-12-01", "opening": start, "name": "Carla"}
    anna_client.post(URL, sent)
    booking = Booking.objects.get()
    assert (booking.service, booking.end - booking.start) == (massage, timedelta(minutes=90))


def test_a_duration_that_the_service_has_not_is_refused(anna_client: Client, massage: Service) -> None:
    page = anna_client.post(
        URL, {"service": f"{massage.pk}-45", "date": "2026-12-01", "time": "10:00", "name": "Carla"}
    )
    assert (page.status_code, Booking.objects.count()) == (200, 0)
