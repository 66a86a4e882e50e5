"""What several clients' appointments have in common is called about once: one line, told once tells all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from bookings import actions
from bookings.models import Mail
from bookings.notifications.mails import calls
from practice.models import Practice, User
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, ServiceFactory, UserFactory
from tests.pages import texts

WEEK = timedelta(days=7)
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def anna() -> User:
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    return UserFactory.create(username="anna")


def silent(*staff: User, **given: Any) -> list[Mail]:
    """What a client without an address is to be told of so many appointments, with these people."""
    client, service = ClientFactory.create(name="Kim", email="", phone="+49301"), ServiceFactory.create()
    bookings = [
        BookingFactory.create(client=client, service=service, staff=user, start=START + week * WEEK)
        for week, user in enumerate(staff)
    ]
    return [MailFactory.create(seat=one.seat, **{"recipient": "", "batch": "together", **given}) for one in bookings]


def listed(user: User) -> list[int]:
    return [mail.pk for mail in calls.to_call(user, NOW)]


def test_a_batch_is_one_line_with_all_times(anna: User, client: Browser) -> None:
    first, _second, _third = silent(anna, anna, anna)
    client.force_login(anna)
    page = client.get("/bookings/calls/")
    times = "Tue 1 December, 10:00; Tue 8 December, 10:00; Tue 15 December, 10:00"
    said = f"Confirmed: your 3 appointments · Praxis Winter: {times}. {first.seat.link}"
    assert texts(page, "//li[contains(@class, 'card')]//h2/following-sibling::p") == ["Confirmation", said]
    assert texts(page, "//nav//span[@class='count']") == ["waiting:1"]


def test_told_once_tells_all(anna: User) -> None:
    first, *_others = silent(anna, anna, anna)
    assert (listed(anna), calls.note_told(first, anna, NOW), listed(anna)) == ([first.pk], True, [])
    assert list(Mail.objects.values_list("state", "told_by", "sent_at")) == [("sent", anna.pk, NOW)] * 3
    first.refresh_from_db()
    assert calls.note_told(first, anna, NOW) is False


def test_what_has_newer_news_is_a_line_of_its_own(anna: User) -> None:
    first, second, third = silent(anna, anna, anna)
    Mail.objects.update(state="sent", sent_at=NOW)
    actions.cancel(second.seat.booking, now=NOW, actor=anna)
    cancelled = Mail.objects.latest("pk")
    Mail.objects.filter(pk__in=(first.pk, third.pk)).update(state="due", sent_at=None)
    assert listed(anna) == [first.pk, cancelled.pk]
    assert calls.note_told(first, anna, NOW) is True
    assert listed(anna) == [cancelled.pk]


def test_an_email_that_failed_is_one_line_too(anna: User) -> None:
    first, *_others = silent(anna, anna, recipient="kim@example.org", state="failed", error_code="refused")
    assert listed(anna) == [first.pk]


def test_reminders_are_called_about_one_by_one(anna: User) -> None:
    mails = silent(anna, anna, kind=Mail.Kind.NEW_LINK)
    Mail.objects.filter(pk__in=[one.pk for one in mails]).update(state="failed")
    assert listed(anna) == [one.pk for one in mails]


def test_whoever_handles_only_their_own_bookings_tells_of_these(anna: User) -> None:
    mara = UserFactory.create(username="mara", role=User.Role.STAFF)
    User.objects.filter(pk=anna.pk).update(role=User.Role.STAFF)
    anna.refresh_from_db()
    first, second, third = silent(anna, mara, anna)
    assert (listed(anna), listed(mara)) == ([first.pk], [second.pk])
    assert calls.note_told(first, anna, NOW) is True
    assert dict(Mail.objects.values_list("pk", "state")) == {first.pk: "sent", second.pk: "due", third.pk: "sent"}
    assert (listed(anna), listed(mara)) == ([], [second.pk])
