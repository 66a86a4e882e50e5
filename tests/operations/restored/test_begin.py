from __future__ import annotations

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from bookings.models import Booking, Mail, Seat
from connections.models import Calendar, CalendarConfiguration, Connection
from operations.restored.begin import SEQUENCE_STEP, begin
from practice.models import Restore
from practice.models.restore import outgoing_waits
from tests.factories import NOW, START, BookingFactory, CalendarFactory, FeedFactory

pytestmark = pytest.mark.django_db
MADE = NOW - timedelta(hours=12)


def test_sync_tokens_are_dropped_and_every_account_is_due() -> None:
    calendar = CalendarFactory.create(
        sync_token="a", probe_token="b", listed_token="b", fresh_at=MADE, read_at=MADE, compared_at=MADE
    )
    Connection.objects.update(lease_token="x", lease_until=NOW, next_sync_at=None, not_before=NOW)
    begin(made_at=MADE, now=NOW)
    row = Calendar.objects.get(pk=calendar.pk)
    assert (row.sync_token, row.probe_token, row.listed_token) == ("", "", "")
    assert (row.fresh_at, row.read_at, row.compared_at) == (None, None, None)
    assert Connection.objects.values_list("lease_token", "lease_until", "next_sync_at", "not_before").get() == (
        "",
        None,
        NOW,
        None,
    )
    assert CalendarConfiguration.objects.get().reconcile_due is True


def test_files_at_web_addresses_are_asked_for_whole_not_only_if_they_have_changed() -> None:
    feed = FeedFactory.create(connection__feed_validators={"etag": '"1"'}, sync_token="a", fresh_at=MADE, read_at=MADE)
    begin(made_at=MADE, now=NOW)
    feed.refresh_from_db()
    assert (feed.connection.feed_validators, feed.sync_token) == ({}, "")
    assert (feed.fresh_at, feed.read_at) == (MADE, MADE)  # it counts as old as it is, and not as never read


def test_what_leaves_this_copy_waits_and_a_restore_before_this_one_is_over() -> None:
    begin(made_at=MADE, now=NOW - timedelta(hours=1))
    begin(made_at=MADE, now=NOW)
    assert outgoing_waits() is True
    assert list(Restore.objects.values_list("made_at", "restored_at", "finished_at")) == [
        (MADE, NOW - timedelta(hours=1), NOW),
        (MADE, NOW, None),
    ]


def test_tasks_of_the_former_copy_are_dropped() -> None:
    OrmQ.objects.create(key="kalends", payload="", lock=NOW)
    begin(made_at=MADE, now=NOW)
    assert OrmQ.objects.count() == 0


def test_versions_of_events_in_the_calendars_of_clients_move_ahead() -> None:
    booking = BookingFactory.create()
    over = BookingFactory.create(start=MADE - timedelta(days=2), end=MADE - timedelta(days=2, hours=-1))
    begin(made_at=MADE, now=NOW)
    assert [one.seats.get().sequence for one in (booking, over)] == [SEQUENCE_STEP, 0]


def test_reminders_that_were_due_before_the_restore_are_written_so_that_they_can_be_decided() -> None:
    booking = BookingFactory.create(service__reminder_hours=24)
    Seat.objects.update(reminders=True)
    Booking.objects.update(created_at=MADE - timedelta(days=5))
    begin(made_at=MADE, now=START - timedelta(hours=12))
    assert list(Mail.objects.values_list("seat__booking", "kind", "state")) == [(booking.pk, "reminder", "due")]
