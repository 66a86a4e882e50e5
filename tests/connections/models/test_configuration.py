"""The policy that a configuration starts with, and the lock of a staff member's schedule."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.db import connections as databases
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from connections.models import CalendarConfiguration, schedule_lock
from practice.models import User
from tests.factories import UserFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture


@pytest.mark.django_db
def test_the_policy_of_the_deployment_counts_when_somebody_is_made(settings: Settings) -> None:
    settings.STALE_POLICY = "trust"
    anna = CalendarConfiguration.objects.create(user=User.objects.create(username="anna"))
    settings.STALE_POLICY = "no_openings"
    ben = CalendarConfiguration.objects.create(user=User.objects.create(username="ben"))
    anna.refresh_from_db()
    assert (anna.stale_policy, ben.stale_policy) == ("trust", "no_openings")


def write_and_fail(user: User) -> None:
    CalendarConfiguration.objects.filter(user=user).update(alarm_minutes=15)
    raise KeyError


@pytest.mark.usefixtures("shared_database")
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("configured", [False, True])
def test_who_wants_the_schedule_meanwhile_waits(several: bool, configured: bool) -> None:
    user = UserFactory() if configured else User.objects.create(username="ben")
    order: list[str] = []

    def second() -> None:
        with schedule_lock(User.objects.all() if several else user):
            order.append("second")
        databases["default"].close()

    other = threading.Thread(target=second)
    with schedule_lock(user):
        other.start()
        other.join(timeout=0.2)
        order.append("first")
    other.join()
    assert (order, CalendarConfiguration.objects.filter(user=user).count()) == (["first", "second"], 1)


@pytest.mark.django_db
def test_what_was_done_under_the_lock_is_undone_with_it() -> None:
    user = UserFactory()
    with pytest.raises(KeyError), schedule_lock(user):
        write_and_fail(user)
    assert CalendarConfiguration.objects.get(user=user).alarm_minutes is None


@pytest.mark.django_db
def test_several_are_locked_by_one_query_in_order_of_primary_key() -> None:
    users = [UserFactory(), UserFactory()]
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as queries,
        schedule_lock(users[::-1]),
    ):
        pass
    missing, *locks = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert 'FROM "practice_user"' in missing
    assert [sql.split()[1] for sql in locks] == ['"connections_calendarconfiguration"."id"']
    assert [sql.partition("ORDER BY ")[2].split()[:2] for sql in locks] == [["1", "ASC"]]


@pytest.mark.django_db
@pytest.mark.parametrize("as_queryset", [False, True])
def test_who_has_no_configuration_gets_one_before_they_are_locked(as_queryset: bool) -> None:
    users = [UserFactory(), User.objects.create(username="ben"), User.objects.create(username="cem")]
    with schedule_lock(User.objects.all() if as_queryset else users):
        locked = CalendarConfiguration.objects.order_by("user").values_list("user", flat=True)
        assert list(locked) == sorted(user.pk for user in users)
