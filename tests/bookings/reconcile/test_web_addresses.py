"""Calendars by web address beside iCloud: no event of ours stands there, so they neither stop nor mislead anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from availability.models import BlockedSlot
from bookings import actions
from bookings.models import Booking, LinkedEvent, MirroredSlot, Proposal
from bookings.openings.own_time import own_spans
from bookings.push import mirrored_slots
from bookings.reconcile.audit import Mismatch, audit, repair
from bookings.tasks import reconcile_bookings
from connections import accounts, ical
from connections.busy import blocking
from connections.freshness import freshness
from connections.models import Calendar, CalendarConfiguration, Event
from connections.sync.run import sync_connection
from operations.restored.begin import begin
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START, EventFactory, FeedFactory, OccurrenceFactory, dead_feed
from tests.feed_server import MATCH, FeedServer, feed_text

DELETED = [("deleted", "The event was deleted on the iPhone.")]


@pytest.fixture
def dead(practice: Practice) -> Calendar:
    """A club's fixtures beside Anna's iCloud, which have not answered for a month."""
    CalendarConfiguration.objects.update(stale_policy="trust")
    return dead_feed(practice.user)


def copy_of(booking: Booking, calendar: Calendar) -> Event:
    """The booking's event as a published copy of the linked calendar has it, without knowing of any change since."""
    own = booking.linked_events.get()
    text = bytes(own.agreed_text)
    event = EventFactory.create(
        calendar=calendar, uid=own.uid, href=f"/{own.uid}.ics", etag="copy", text=text, whole=True
    )
    OccurrenceFactory.create(calendar=calendar, event=event, start=own.agreed_start, end=own.agreed_end)
    return event


def span(booking: Booking) -> tuple[object, object, str]:
    booking.refresh_from_db()
    return booking.start, booking.end, booking.status


# --- one that does not answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        {},
        {"error_code": ""},  # only its account says that it does not answer
        {"read_at": None, "fresh_at": None},
        {"error_code": "calendar_gone", "gone_at": START - timedelta(days=20)},
    ],
    ids=["silent", "silent account", "never read", "gone"],
)
@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_a_booking_moved_on_the_phone_follows(practice: Practice, policy: str, trouble: dict[str, object]) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    booking = practice.booked()
    dead_feed(practice.user, **trouble)
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert span(booking) == (utc(1, 13), utc(1, 14), "confirmed")
    assert CalendarConfiguration.objects.get().reconcile_due is False


def test_what_is_known_of_it_still_keeps_a_booking_from_following(practice: Practice) -> None:
    CalendarConfiguration.objects.update(stale_policy="no_openings")
    booking = practice.booked()
    OccurrenceFactory(calendar=dead_feed(practice.user), summary="Final", start=utc(1, 13))
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert practice.proposals() == [("moved", "“Final” in “Club fixtures” (14:00–15:00) is marked Busy, so it blocks.")]


def test_what_only_the_calendar_has_wrong_does_not_stop_reconciling_either(practice: Practice) -> None:
    booking = practice.booked()
    feed = FeedFactory(connection__user=practice.user, error_code="mass_deletion_suspected")
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert span(booking) == (utc(1, 13), utc(1, 14), "confirmed")
    assert feed.connection.error_code == ""


def test_an_event_deleted_on_the_phone_is_asked_about(practice: Practice, dead: Calendar) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert practice.proposals() == DELETED


def test_an_event_deleted_on_the_phone_can_cancel_its_booking_at_once(practice: Practice, dead: Calendar) -> None:
    CalendarConfiguration.objects.update(when_deleted="cancel")
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert span(booking) == (START, START + HOUR, "cancelled")


def test_a_slot_follows_its_event_and_goes_with_it(practice: Practice, dead: Calendar) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    slot = BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    practice.sync()
    practice.phone.move(practice.events()[0], berlin(1, 15))
    practice.poll_later()
    slot.refresh_from_db()
    assert (slot.start, slot.end) == (berlin(1, 15), berlin(1, 16))
    practice.phone.delete(practice.events()[0])
    practice.poll_later(2)
    assert BlockedSlot.objects.count() == 0


def test_the_schedule_compares_what_a_killed_process_left(practice: Practice, dead: Calendar) -> None:
    practice.booked()
    CalendarConfiguration.objects.all().want_reconciling()
    reconcile_bookings()
    assert CalendarConfiguration.objects.get().reconcile_due is False


def test_what_is_asked_about_a_booking_that_is_over_is_asked_no_more(practice: Practice, dead: Calendar) -> None:
    booking = practice.booked()
    practice.phone.make_all_day(practice.href(booking))
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["reshaped"]
    practice.later(timedelta(days=2))
    practice.mails()
    actions_done = practice.push()
    from bookings.proposals.lifecycle import withdraw_expired

    withdraw_expired(practice.now)
    assert (practice.proposals(), actions_done) == ([], [])


def test_bookings_reach_the_phone_and_leave_it(practice: Practice, dead: Calendar) -> None:
    booking = practice.booked()
    assert practice.events() == [practice.href(booking)]
    actions.cancel(booking, now=practice.now)
    assert (practice.push(), practice.events()) == (["pushed"], [])


def test_an_event_that_the_phone_moved_while_it_is_removed_is_found(practice: Practice, dead: Calendar) -> None:
    booking = practice.booked()
    practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    actions.cancel(booking, now=practice.now)
    practice.push()
    practice.poll_later(2)
    practice.push()
    assert practice.events() == []


def test_an_account_is_disconnected_with_its_events(practice: Practice, dead: Calendar) -> None:
    practice.booked()
    actions.disconnect(practice.connection, remove=True, now=practice.now)
    assert (practice.events(), list(Calendar.objects.all())) == ([], [dead])


def test_disconnecting_a_feed_leaves_all_events_of_ours_where_they_are(practice: Practice, dead: Calendar) -> None:
    booking = practice.booked()
    actions.disconnect(dead.connection, remove=True, now=practice.now)
    assert practice.events() == [practice.href(booking)]
    assert practice.placement(booking).state == "pushed"


def test_a_booking_whose_account_is_gone_waits_for_that_account_whatever_else_can_be_read(practice: Practice) -> None:
    booking = practice.booked()
    actions.disconnect(practice.connection, remove=False, now=practice.now)
    LinkedEvent.objects.update(account="club.example…00000001")
    FeedFactory(connection__user=practice.user, connection__username="club.example…00000001")
    from bookings.push.outbox import push_state

    assert push_state(booking) == "needs_reconnect"


def test_an_audit_says_that_it_could_not_be_read_and_compares_the_accounts(practice: Practice, dead: Calendar) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    found = audit(practice.user, practice.now)
    assert [(one.kind, one.calendar) for one in found if one.calendar == "/"] == [(Mismatch.UNREAD, "/")]
    assert {one.kind for one in found if one.calendar != "/"} == {Mismatch.MISSING, Mismatch.MIRROR_STALE}
    assert [one.calendar for one in audit(practice.user, practice.now, two_way_only=True) if one.calendar == "/"] == []


def test_a_repair_mends_the_accounts(practice: Practice, dead: Calendar) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(2, 10))
    found = audit(practice.user, practice.now)
    repair(practice.user, found, clock=lambda: practice.now)
    assert [one.kind for one in audit(practice.user, practice.now)] == [Mismatch.UNREAD]
    assert CalendarConfiguration.objects.get().reconcile_due is False


# --- one that publishes the linked calendar -----------------------------------------------------------------------


def test_an_event_deleted_on_the_phone_is_not_taken_for_moved_into_its_copy(practice: Practice) -> None:
    booking = practice.booked()
    copy_of(booking, FeedFactory(connection__user=practice.user))
    href = practice.href(booking)
    practice.phone.delete(href)
    practice.poll_later(2)
    assert (practice.proposals(), practice.href(booking)) == (DELETED, href)


def test_an_event_moved_on_the_phone_is_compared_and_not_its_copy(practice: Practice) -> None:
    booking = practice.booked()
    copy_of(booking, FeedFactory(connection__user=practice.user))
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later(2)
    assert (span(booking), practice.proposals()) == ((utc(1, 13), utc(1, 14), "confirmed"), [])


def test_an_event_that_is_removed_is_not_looked_for_in_its_copy(practice: Practice) -> None:
    booking = practice.booked()
    copy_of(booking, FeedFactory(connection__user=practice.user))
    actions.cancel(booking, now=practice.now)
    assert practice.push() == ["pushed"]
    CalendarConfiguration.objects.all().want_reconciling()
    practice.poll_later()
    placement = practice.placement(booking)
    assert (practice.push(), placement.removed_at is None, str(placement.calendar)) == ([], False, "Home")


def test_the_copy_of_a_slot_is_not_taken_for_its_event(practice: Practice) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    practice.sync()
    placement = MirroredSlot.objects.get()
    EventFactory(
        calendar=FeedFactory(connection__user=practice.user),
        uid=placement.uid,
        href="/copy.ics",
        etag="copy",
        text=bytes(placement.agreed_text),
    )
    practice.phone.delete(practice.events()[0])
    practice.poll_later(2)
    assert BlockedSlot.objects.count() == 0


def test_the_time_of_a_booking_that_was_cancelled_or_moved_is_free_though_the_copy_is_old(practice: Practice) -> None:
    feed = FeedFactory(connection__user=practice.user)
    moved, cancelled = practice.booked(), practice.booked(START + 3 * HOUR)
    for booking in (moved, cancelled):
        copy_of(booking, feed)
    actions.cancel(cancelled, now=practice.now)
    actions.reschedule(moved, start=START + 5 * HOUR, now=practice.now)
    assert practice.push() == ["pushed", "pushed"]
    practice.sync()
    day = (START, START + 4 * HOUR)
    assert blocking(practice.user, *day, own_spans=own_spans(practice.user, *day)) == []
    assert [practice.book(START).start, practice.book(START + 3 * HOUR).start] == [START, START + 3 * HOUR]


def test_an_event_that_is_not_ours_blocks_in_a_calendar_by_web_address_as_elsewhere(practice: Practice) -> None:
    OccurrenceFactory(calendar=FeedFactory(connection__user=practice.user), uid="FINAL", start=START)
    with pytest.raises(actions.NotOpen):
        practice.book(START)


def test_the_copy_of_a_slot_that_was_removed_does_not_block(practice: Practice) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    slot = BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    feed = FeedFactory(connection__user=practice.user)
    OccurrenceFactory(calendar=feed, uid=MirroredSlot.objects.get().uid, start=START)
    slot.delete()
    mirrored_slots.follow_slots(practice.now)
    assert practice.push() == ["pushed"]
    assert practice.book(START).start == START


def test_the_copy_of_a_booking_is_no_collision_with_it_and_blocks_no_second_time(practice: Practice) -> None:
    booking = practice.booked()
    copy_of(booking, FeedFactory(connection__user=practice.user))
    CalendarConfiguration.objects.all().want_reconciling()
    practice.poll_later()
    assert Proposal.objects.count() == 0
    assert actions.reschedule(booking, start=START + HOUR / 2, now=practice.now) is not None


def test_the_text_of_a_copy_is_that_of_the_event(practice: Practice) -> None:
    booking = practice.booked()
    copy = copy_of(booking, FeedFactory(connection__user=practice.user))
    assert ical.own_event(bytes(copy.text)).uid == practice.placement(booking).uid


# --- over the wire ------------------------------------------------------------------------------------------------


def published(practice: Practice, booking: Booking) -> str:
    """The booking's VEVENT as a published calendar has it."""
    text = practice.text(booking)
    return text[text.index("BEGIN:VEVENT") : text.index("END:VCALENDAR")].strip()


def test_a_published_copy_and_its_silence_change_nothing_for_bookings(
    practice: Practice, feed_server: FeedServer
) -> None:
    moved, deleted = practice.booked(), practice.booked(START + 3 * HOUR)
    feed_server.data = feed_text(published(practice, moved), published(practice, deleted), MATCH)
    feed = accounts.connect_feed(practice.user, address=feed_server.address, now=practice.now)
    assert feed.calendars.get().events.count() == 3
    assert freshness(practice.user, now=practice.now).state == "fresh"

    feed_server.fault = 500
    practice.phone.move(practice.href(moved), berlin(1, 16))
    practice.phone.delete(practice.href(deleted))
    practice.poll_later(2)
    practice.later(timedelta(days=2))
    sync_connection(feed.pk, now=practice.now)
    practice.poll_later()
    feed.refresh_from_db()
    assert (feed.error_code, freshness(practice.user, now=practice.now).pending) == ("unavailable", True)
    assert span(moved) == (utc(1, 15), utc(1, 16), "confirmed")
    assert [kind for kind, _reason in practice.proposals()] == ["deleted"]
    assert [one.calendar for one in audit(practice.user, practice.now)] == ["/"]


def test_one_that_was_unticked_blocks_again_once_it_is_ticked(practice: Practice, feed_server: FeedServer) -> None:
    feed = accounts.connect_feed(practice.user, address=feed_server.address, now=practice.now).calendars.get()
    linked = Calendar.objects.get(name="Home")
    for conflicts, count in (([], 0), ([feed], 2)):
        accounts.configure(practice.user, linked=linked, conflicts=conflicts, now=practice.now)
        sync_connection(feed.connection_id, now=practice.now)
        feed.refresh_from_db()
        assert (feed.events.count(), feed.occurrences.count()) == (count, count)
    assert freshness(practice.user, now=practice.now).state == "fresh"


def test_after_a_restore_it_is_read_whole_though_the_file_has_not_changed(
    practice: Practice, feed_server: FeedServer
) -> None:
    feed = accounts.connect_feed(practice.user, address=feed_server.address, now=practice.now).calendars.get()
    feed.events.all().delete()  # the backup is older than the last reading
    begin(made_at=practice.now, now=practice.now)
    practice.sync()
    sync_connection(feed.connection_id, now=practice.now)
    assert (feed.events.count(), freshness(practice.user, now=practice.now).state) == (2, "fresh")
