from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from availability.models import WorkingHours, write_week
from practice.models import User
from tests.factories import START, BlockedSlotFactory, DateOverrideFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = ["workinghours", "dateoverride", "blockedslot"]


@pytest.fixture(autouse=True)
def _support(client: Client) -> None:
    client.force_login(User.objects.create_superuser("support"))


def queries(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/admin/availability/{name}/")
    return len(captured)


def test_the_note_on_a_blocked_slot_is_not_shown_to_support(client: Client) -> None:
    slot = BlockedSlotFactory(note="Oncologist")
    pages = [
        client.get(f"/admin/availability/blockedslot/{path}").content.decode() for path in ("", f"{slot.pk}/change/")
    ]
    assert [("Oncologist" in page, str(slot.user) in page) for page in pages] == [(False, True), (False, True)]


@pytest.mark.parametrize("name", LISTS)
def test_rows_are_found_by_person(client: Client, name: str) -> None:
    anna, ben = UserFactory(username="anna"), UserFactory(username="ben")
    for user in (anna, ben):
        write_week(user, [(0, (time(9), time(12)))])
        DateOverrideFactory(user=user)
        BlockedSlotFactory(user=user)
    found = client.get(f"/admin/availability/{name}/", {"q": "ben"}).context["cl"].queryset
    assert [row.user for row in found] == [ben]


@pytest.mark.parametrize("name", LISTS)
def test_thirty_rows_cost_no_more_queries_than_one(client: Client, name: str) -> None:
    def add(count: int) -> None:
        for n in range(count):
            user = UserFactory()
            WorkingHours.objects.create(user=user, weekday=0, start=time(9), end=time(12))
            DateOverrideFactory(user=user, date=date(2026, 12, 1) + timedelta(days=n))
            BlockedSlotFactory(user=user, start=START + timedelta(days=n))

    add(1)
    client.get("/admin/")
    with_one = queries(client, name)
    add(29)
    assert queries(client, name) == with_one
