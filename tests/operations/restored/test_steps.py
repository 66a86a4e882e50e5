"""How far a restore is where somebody has a calendar by web address: nothing waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections.models import CalendarConfiguration
from operations.restored import steps
from practice.models import Restore, User
from tests.factories import NOW, CalendarFactory, ConnectionFactory, LinkedEventFactory, UserFactory, dead_feed

pytestmark = pytest.mark.django_db
READ = {"read_at": NOW, "fresh_at": NOW, "compared_at": NOW}


@pytest.fixture
def restore() -> Restore:
    return Restore.objects.create(made_at=NOW - timedelta(hours=12), restored_at=NOW)


@pytest.fixture
def anna(restore: Restore) -> User:
    """She has a calendar by web address that does not answer."""
    user = UserFactory.create()
    dead_feed(user)
    return user


def test_an_account_that_was_read_is_all_that_is_waited_for(anna: User, restore: Restore) -> None:
    unread = CalendarFactory.create(connection__user=anna, read_at=None)
    assert steps.progress_of(restore).unread == [unread.connection]
    type(unread).objects.filter(pk=unread.pk).update(**READ)
    assert steps.progress_of(restore).unread == []


def test_whose_bookings_are_compared_does_not_depend_on_it(anna: User, restore: Restore) -> None:
    CalendarFactory.create(connection__user=anna, **READ)
    CalendarConfiguration.objects.all().want_reconciling()
    assert steps.progress_of(restore).comparing == [anna]
    CalendarConfiguration.objects.update(reconcile_due=False)
    assert steps.progress_of(restore).is_compared is True


def test_who_has_nothing_else_has_nothing_to_compare(anna: User, restore: Restore) -> None:
    CalendarConfiguration.objects.all().want_reconciling()
    assert steps.progress_of(restore).is_compared is True


def test_it_is_not_among_the_accounts_that_are_left_out(anna: User, restore: Restore) -> None:
    unread = CalendarFactory.create(connection__user=anna, read_at=None)
    assert steps.go_on_without(restore) == [unread.connection]
    type(unread).objects.filter(pk=unread.pk).update(**READ)
    steps.settle_unread(restore)
    restore.refresh_from_db()
    assert restore.unread_connections == []


def test_the_audit_that_ends_a_restore_passes_it_over(anna: User, restore: Restore) -> None:
    ConnectionFactory.create(user=anna)
    only_feed = dead_feed(UserFactory.create()).connection.user
    detached = LinkedEventFactory.create(booking__staff=only_feed, state="pushed")
    detached.calendar.connection.delete()
    assert steps.audit_if_compared(restore, NOW) is True
    restore.refresh_from_db()
    assert (restore.differences, restore.audited_at) == ([], NOW)
    steps.finish(restore, NOW)
    assert restore.finished_at == NOW
