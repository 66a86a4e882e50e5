"""From the list of services to the client’s page, with plain requests as from a browser without JavaScript."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.models import Booking, Service
from tests.bookings.public.steps import hold, typed
from tests.pages import texts

pytestmark = pytest.mark.django_db


def test_from_the_services_to_the_own_page(client: Client, massage: Service) -> None:
    assert texts(client.get("/book/"), "//*[@class='choice__name']") == ["Massage"]
    times = client.get("/book/massage/")
    assert texts(times, "//button[@name='start']") == [
        "Mon 30 November, 10:00",
        "Mon 30 November, 11:00",
        "Mon 30 November, 12:00",
    ]
    kept = hold(client)
    assert kept.status_code == 303
    form = client.get(kept["Location"])
    assert texts(form, "//dl//dd")[:3] == [
        "Massage",
        "Tuesday 1 December 2026, 10:00–11:00 (Berlin time)",
        "Anna Winter",
    ]
    booked = client.post(kept["Location"], typed())
    assert booked.status_code == 303
    page = client.get(booked["Location"])
    assert texts(page, "//h1") == ["Your appointment is booked"]
    assert texts(client.get(booked["Location"] + "cancel/"), "//h1") == ["Cancel the appointment?"]
    assert Booking.objects.get().status == "confirmed"
    cancelled = client.post(booked["Location"] + "cancel/", {"reason": "Ill"}, follow=True)
    assert texts(cancelled, "//h1") == ["Your appointment is cancelled"]
    assert Booking.objects.get().changes.latest("id").reason == "Ill"
    assert client.cookies == {}
