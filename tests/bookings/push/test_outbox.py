from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings import actions
from bookings.models import Booking, LinkedEvent
from bookings.pages.push_status import push_of
from bookings.push import outbox, placements
from bookings.reconcile.audit import audit
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from connections.sync import poll
from practice.models import User
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import NOW, START, ConnectionFactory, UserFactory
from tests.pages import texts


def methods(practice: Practice) -> list[str]:
    return [request.method for request in practice.icloud.log]


def test_a_push_is_one_request_and_the_next_sync_finds_nothing_new(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.log.clear()
    assert practice.push() == ["pushed"]
    assert methods(practice) == ["PUT"]
    assert practice.sync().changed == 0
    assert outbox.push_state(booking) == "pushed"


def test_the_event_says_who_and_links_to_the_booking_and_invites_nobody(practice: Practice) -> None:
    booking = practice.booked()
    text = practice.text(booking)
    assert "SUMMARY:Carla Client\r\n" in text
    assert f"/bookings/{booking.pk}/" in text.replace("\r\n ", "")
    assert [word for word in ("ORGANIZER", "ATTENDEE", "METHOD", "carla@example.org") if word in text] == []
    assert practice.icloud.scheduled == []


@pytest.mark.parametrize(
    ("detail", "title"), [("full", "Carla Client · Talk"), ("name", "Carla Client"), ("busy", "Busy")]
)
def test_the_title_shows_as_much_as_was_chosen(practice: Practice, detail: str, title: str) -> None:
    CalendarConfiguration.objects.update(detail=detail)
    assert f"SUMMARY:{title}\r\n" in practice.text(practice.booked())


def test_an_update_keeps_what_the_phone_added(practice: Practice) -> None:
    booking = practice.booked()
    href = practice.href(booking)
    practice.phone.annotate(href, "bring the file")
    practice.phone.alarm(href, 30)
    practice.phone.travel(href, timedelta(minutes=20))
    practice.later()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]
    text = practice.text(booking)
    assert practice.there(booking).start == utc(1, 13)
    assert [word in text for word in ("bring the file", "TRIGGER:-PT30M", "X-APPLE-TRAVEL-DURATION")] == [True] * 3


def test_an_answer_lost_after_the_create_makes_no_second_event(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.lost(method="PUT", times=2)
    assert practice.push() == ["retrying"]
    practice.later()
    assert practice.push() == ["pushed"]
    assert practice.events() == [practice.href(booking)]


def test_an_answer_lost_before_a_reschedule_ends_with_one_event_at_the_new_time(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.lost(method="PUT", times=2)
    practice.push()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.later()
    assert practice.push() == ["pushed"]
    assert (practice.events(), practice.there(booking).start) == ([practice.href(booking)], utc(1, 13))


def test_an_answer_lost_after_an_update_is_recognised(practice: Practice) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.icloud.faults.lost(method="PUT", times=2)
    assert practice.push() == ["retrying"]
    practice.poll_later()
    assert practice.push() == ["pushed"]
    assert (practice.there(booking).start, practice.proposals()) == (utc(1, 13), [])


def test_an_answer_lost_after_a_deletion_is_recognised(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    practice.icloud.faults.lost(method="DELETE", times=2)
    assert practice.push() == ["retrying"]
    practice.later()
    assert practice.push() == ["pushed"]
    assert practice.events() == []


def not_deleted(href: str, status: str) -> bytes:
    inner = f"<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 {status}</D:status></D:response>"
    return f'<D:multistatus xmlns:D="DAV:">{inner}</D:multistatus>'.encode()


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "423 Locked", "204 No Content"])
def test_a_multistatus_in_answer_to_a_deletion_is_no_deletion(practice: Practice, status: str) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    practice.icloud.faults.body(not_deleted(practice.href(booking), status), method="DELETE")
    practice.push()
    assert (practice.placement(booking).removed_at, practice.events()) == (None, [practice.href(booking)])
    practice.later(7 * HOUR)
    practice.sync()
    assert (practice.push(), practice.events()) == (["pushed"], [])


@pytest.mark.parametrize("refused", ["DELETE", "DELETE PROPFIND"])
def test_a_deletion_that_was_answered_as_not_found_is_verified(practice: Practice, refused: str) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    for method in refused.split():
        practice.icloud.faults.status(404, method=method, path=practice.href(booking), times=2)
    assert (practice.push(), practice.placement(booking).removed_at) == (["retrying"], None)
    practice.icloud.faults.clear()
    practice.later()
    assert (practice.push(), practice.events()) == (["pushed"], [])


def test_an_event_that_is_there_after_all_blocks_although_its_removal_was_answered_as_not_found(
    practice: Practice,
) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    practice.icloud.faults.status(404, path=practice.href(booking), times=None)
    assert practice.push() == ["pushed"]
    practice.icloud.faults.clear()
    practice.poll_later()
    with pytest.raises(actions.NotOpen, match="An event in “Home”"):
        practice.book()


@pytest.mark.parametrize("refused", ["PUT PROPFIND", "PUT PROPFIND GET"])
def test_an_update_that_was_answered_as_not_found_is_written_in_the_end(practice: Practice, refused: str) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    for method in refused.split():
        practice.icloud.faults.status(404, method=method, path=practice.href(booking), times=None)
    assert practice.push() == ["retrying" if "GET" not in refused else "changed_on_both_sides"]
    practice.icloud.faults.clear()
    practice.poll_later(3)
    practice.push()
    assert (practice.there(booking).start, practice.placement(booking).state) == (utc(1, 13), "pushed")
    assert (practice.proposals(), audit(practice.user, practice.now)) == ([], [])


def test_a_push_that_was_killed_comes_back_when_its_claim_runs_out(practice: Practice) -> None:
    booking = practice.book()
    LinkedEvent.objects.update(claimed_until=practice.now + outbox.LEASE)
    assert practice.push() == []
    practice.now += outbox.LEASE
    assert practice.push() == ["pushed"]
    assert practice.events() == [practice.href(booking)]


def test_pauses_grow_and_retry_after_is_a_minimum(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.status(503, retry_after="900", method="PUT")
    assert practice.push() == ["retrying"]
    placement = practice.placement(booking)
    assert placement.next_try_at == practice.now + timedelta(seconds=900)
    assert (placement.error_code, placement.attempts) == ("throttled", 1)
    assert practice.push() == []


@pytest.mark.time_machine(NOW, tick=False)
def test_try_now_leaves_a_server_alone_that_asked_to_wait(practice: Practice, client: Client) -> None:
    booking = practice.book()
    practice.icloud.faults.status(503, retry_after="900", method="PUT")
    practice.push()
    practice.icloud.log.clear()
    client.force_login(practice.user)
    page = client.post(f"/bookings/{booking.pk}/push/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["iCloud asks Kalends to wait. It tries again by itself."]
    assert methods(practice) == []
    Connection.objects.update(not_before=None)
    page = client.post(f"/bookings/{booking.pk}/push/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["Kalends is trying again now."]
    assert practice.events() == [practice.href(booking)]


def test_a_revoked_password_waits_for_a_person_and_goes_on_after_reconnecting(practice: Practice) -> None:
    booking = practice.book()
    practice.account.revoke_all()
    assert practice.push() == ["needs_reconnect"]
    connection = Connection.objects.get()
    assert (connection.needs_attention, connection.error_code) == (True, "unauthorized")
    practice.icloud.log.clear()
    assert practice.push() == []
    assert (methods(practice), outbox.push_state(booking)) == ([], "needs_reconnect")
    report = accounts.reconnect(connection, password=practice.account.new_app_password("again"), now=practice.now)
    assert (report.added, report.removed) == (1, 0)  # the booking that waited
    assert (outbox.push_state(booking), practice.events()) == ("pushed", [practice.href(booking)])


def test_a_single_401_alarms_nobody(practice: Practice) -> None:
    practice.book()
    practice.icloud.faults.unauthorized(method="PUT")
    assert practice.push() == ["pushed"]
    assert Connection.objects.get().needs_attention is False


def test_a_linked_calendar_that_became_read_only_is_said_and_not_asked_for_ever(practice: Practice) -> None:
    booking = practice.book()
    practice.account.calendar("Home").read_only = True
    assert practice.push() == ["no_linked_calendar"]
    assert practice.placement(booking).error_code == "read_only"
    practice.later()
    assert practice.push() == []


def test_what_was_refused_once_goes_out_when_the_calendar_is_read_as_writable(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.status(403, method="PUT")
    assert (practice.push(), push_of(booking).action) == (["no_linked_calendar"], "Choose a linked calendar")
    practice.poll_later()
    assert (practice.push(), practice.events()) == (["pushed"], [practice.href(booking)])


def test_a_calendar_that_refuses_though_it_says_writable_is_asked_ever_more_rarely(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.status(403, method="PUT", times=None)
    tried = 0
    for _ in range(24):  # two hours
        tried += len(practice.push())
        practice.poll_later()
    assert tried == 8
    assert outbox.push_due(practice.now) == []
    assert (outbox.push_state(booking), push_of(booking).action) == ("retrying", "Try now")


def test_a_missing_etag_is_read_back(practice: Practice) -> None:
    practice.icloud.switches.etag_on_put = False
    booking = practice.book()
    practice.icloud.log.clear()
    assert practice.push() == ["pushed"]
    assert practice.placement(booking).etag == practice.account.calendar("Home").resources[practice.href(booking)].etag
    assert practice.sync().changed == 0


def test_an_edit_between_two_polls_is_merged_not_overwritten(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.annotate(practice.href(booking), "a note")
    actions.cancel(practice.book(START + 2 * HOUR), now=practice.now)
    booking.client.name = "Carla Married"
    booking.client.save()
    actions.reschedule(booking, start=utc(1, 14), now=practice.now)
    practice.push()
    text = practice.text(booking)
    assert ("a note" in text, "SUMMARY:Carla Married" in text) == (True, True)


def test_a_phone_move_before_an_unsent_change_is_asked_about_and_kept(practice: Practice) -> None:
    booking = practice.booked()
    practice.icloud.down()
    practice.later(timedelta(minutes=1))
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.icloud.up()
    practice.phone.move(practice.href(booking), berlin(1, 12))
    assert practice.push() == ["changed_on_both_sides"]
    practice.poll_later()
    assert practice.proposals() == [("both_sides", "It was changed in Kalends too. That stands until you decide.")]
    booking.refresh_from_db()
    assert (booking.start, practice.there(booking).start) == (utc(1, 13), utc(1, 11))


def test_changing_the_linked_calendar_can_move_upcoming_bookings(practice: Practice) -> None:
    booking = practice.booked()
    old = practice.href(booking)
    home, work = (Calendar.objects.get(name=name) for name in ("Home", "Work"))
    accounts.configure(practice.user, linked=work, conflicts=[home], now=practice.now)
    assert placements.place_upcoming(practice.user, practice.now) == 1
    assert sorted(practice.push()) == ["pushed", "pushed"]
    new = practice.href(booking)
    assert practice.events() == [new]
    assert (new != old, new.startswith(work.path)) == (True, True)
    assert practice.poll_later() is None
    assert practice.proposals() == []


@pytest.mark.parametrize("apple_id", ["anna@example.com", "Anna@Example.com"])
def test_after_disconnecting_and_reconnecting_kalends_knows_its_own_events(practice: Practice, apple_id: str) -> None:
    booking = practice.booked()
    accounts.disconnect(practice.connection)
    assert (Event.objects.count(), outbox.push_state(booking)) == (0, "needs_reconnect")
    password = practice.account.new_app_password("new")
    practice.connection = accounts.connect(
        practice.user, username=apple_id, password=password, url=practice.icloud.entry_url, now=practice.now
    )
    home = Calendar.objects.get(name="Home")
    accounts.configure(practice.user, linked=home, conflicts=[], now=practice.now)
    practice.sync()
    assert (practice.placement(booking).calendar, outbox.push_state(booking)) == (home, "pushed")
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]
    assert (practice.events(), practice.there(booking).start) == ([practice.href(booking)], utc(1, 13))


def test_without_a_linked_calendar_a_booking_stays_in_kalends(practice: Practice) -> None:
    accounts.configure(
        practice.user, linked=None, conflicts=list(Calendar.objects.filter(name="Work")), now=practice.now
    )
    practice.sync()
    booking = practice.book()
    assert (practice.push(), outbox.push_state(booking)) == ([], "no_linked_calendar")


def test_the_title_follows_the_staff_members_template_and_the_alarm_their_choice(practice: Practice) -> None:
    CalendarConfiguration.objects.update(title_template="{service}: {client} ({nobody})", alarm_minutes=30)
    text = practice.text(practice.booked())
    assert "SUMMARY:Talk: Carla Client ({nobody})\r\n" in text
    assert "TRIGGER:-PT30M\r\n" in text


def test_a_linked_calendar_that_is_gone_is_said(practice: Practice) -> None:
    booking = practice.book()
    practice.account.detach(practice.account.calendar("Home"))
    assert practice.push() == ["no_linked_calendar"]
    assert practice.placement(booking).error_code == "linked_gone"


def test_what_cannot_be_written_is_said_at_its_row_and_keeps_nothing_else_back(practice: Practice) -> None:
    far, near = practice.book(START), practice.book(START + HOUR)
    away = START.replace(year=9999)
    Booking.objects.filter(pk=far.pk).update(start=away, end=away + HOUR)
    pushed = {one.booking: (one.state, one.problem and one.problem.sentence) for one in outbox.push_due(practice.now)}
    sentence = "This time is too far from today for a calendar. Choose another."
    assert pushed == {far.pk: ("retrying", sentence), near.pk: ("pushed", None)}
    assert practice.push() == []


def test_what_went_wrong_unforeseen_is_among_what_was_tried(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    booking = practice.book()
    CalendarConfiguration.objects.update(time_zone="Nowhere/Land")
    assert [(one.booking, one.state, one.problem.code) for one in outbox.push_due(practice.now) if one.problem] == [
        (booking.pk, "retrying", "bug")
    ]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def polled(practice: Practice) -> int:
    """How many connections a poll asks now."""
    practice.later()
    return len(poll.poll_due(practice.now))


def deactivate(practice: Practice, *, is_active: bool = False) -> None:
    User.objects.filter(pk=practice.user.pk).update(is_active=is_active)


def test_somebody_who_was_deactivated_is_polled_until_everything_is_pushed(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    deactivate(practice)
    waiting = [polled(practice), polled(practice)]
    assert (waiting, practice.push(), polled(practice)) == ([1, 1], ["pushed"], 0)
    assert practice.events() == []
    deactivate(practice, is_active=True)
    assert polled(practice) == 1


def test_what_waits_for_a_decision_does_not_keep_somebody_polled(practice: Practice) -> None:
    booking = practice.book()
    deactivate(practice)
    before = polled(practice)
    practice.placement(booking).row.await_decision()
    assert (before, polled(practice)) == (1, 0)


def test_what_a_colleague_has_to_push_keeps_nobody_else_polled(practice: Practice) -> None:
    practice.book()
    deactivate(practice)
    ConnectionFactory(user=UserFactory(is_active=False), next_sync_at=practice.now)
    assert list(Connection.objects.due(practice.now + HOUR).exclude(pk=practice.connection.pk)) == []
