"""The push state machine: what is to be pushed, and what each step writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from bookings.models import Booking, LinkedEvent
from bookings.models.placement import MAX_SUPERSEDED_ETAGS
from bookings.push.outbox import push_state
from connections.models import Calendar, Connection
from connections.problems import Problem
from tests.factories import NOW, START, BookingFactory, CalendarFactory, LinkedEventFactory, UserFactory

pytestmark = pytest.mark.django_db
FAILED = {
    "state": "retrying",
    "attempts": 3,
    "next_try_at": NOW + timedelta(hours=1),
    "error_code": "throttled",
    "error_params": {"seconds": 60},
}


def steps(placement: LinkedEvent) -> tuple[str, str, int, object, str, dict[str, object]]:
    """What the outbox goes by, as it is in the table."""
    row = LinkedEvent.objects.get(pk=placement.pk)
    return row.wanted, row.state, row.attempts, row.next_try_at, row.error_code, row.error_params


def revise(placement: LinkedEvent) -> None:
    Booking.objects.filter(pk=placement.booking_id).update(revision=F("revision") + 1)


def test_unsettled_is_what_differs_from_what_is_wanted() -> None:
    queued, behind, withdrawn = LinkedEventFactory(), LinkedEventFactory(pushed=True), LinkedEventFactory(pushed=True)
    revise(behind)
    withdrawn.row.withdraw()
    removed = LinkedEventFactory(pushed=True, wanted="absent", removed_at=NOW)
    assert list(LinkedEvent.objects.exclude(pk=removed.pk).unsettled()) == [queued, behind, withdrawn]
    assert list(LinkedEvent.objects.filter(pk=removed.pk).unsettled()) == []


@pytest.mark.parametrize("state", ["waiting_for_decision", "changed_on_both_sides"])
def test_a_removal_waits_for_no_decision_and_neither_is_pushed_in_its_pause(state: str) -> None:
    asked = LinkedEventFactory(state=state)
    removal = LinkedEventFactory(state=state, wanted="absent")
    pausing = LinkedEventFactory(**FAILED)
    assert list(LinkedEvent.objects.pushable()) == [removal, pausing]
    assert (list(LinkedEvent.objects.due(NOW)), asked.row.due(NOW).count()) == ([removal], 0)


def test_an_event_is_placed_under_its_uid_and_waits_where_its_account_needs_a_person() -> None:
    working, broken = CalendarFactory(), CalendarFactory(connection__needs_attention=True)
    placed = [
        LinkedEvent.objects.place(calendar, booking=LinkedEventFactory(wanted="absent").booking)
        for calendar in (working, broken)
    ]
    assert [one.state for one in placed] == ["queued", "needs_reconnect"]
    assert placed[0].href == f"{working.path}{placed[0].uid}.ics"


def test_a_withdrawal_starts_anew_and_touches_no_earlier_one() -> None:
    placement = LinkedEventFactory(**FAILED)
    earlier = LinkedEventFactory(**FAILED, wanted="absent")
    assert LinkedEvent.objects.withdraw() == 1
    assert steps(placement) == ("absent", "queued", 0, None, "", {})
    assert steps(earlier)[1:3] == ("retrying", 3)


@pytest.mark.parametrize(("attempts", "outcome"), [(0, (1, "present", "pushed")), (1, (0, "absent", "queued"))])
def test_a_withdrawal_is_taken_back_only_while_its_removal_was_not_tried(
    attempts: int, outcome: tuple[int, str, str]
) -> None:
    placement = LinkedEventFactory(pushed=True)
    placement.row.withdraw()
    placement.row.update(attempts=attempts)
    assert (placement.row.want_again(), *steps(placement)[:2]) == outcome


def test_only_what_the_calendar_has_is_queued_again() -> None:
    pushed, failed = LinkedEventFactory(pushed=True), LinkedEventFactory(**FAILED)
    assert LinkedEvent.objects.requeue() == 1
    assert (steps(pushed)[1], steps(failed)[1]) == ("queued", "retrying")


def test_after_a_decision_what_is_behind_is_pushed_and_the_rest_is_settled() -> None:
    same, behind = LinkedEventFactory(pushed=True), LinkedEventFactory(pushed=True)
    revise(behind)
    LinkedEvent.objects.await_decision()
    LinkedEvent.objects.settle()
    assert (steps(same)[1], steps(behind)[1]) == ("pushed", "waiting_for_decision")
    LinkedEvent.objects.resume()
    assert (steps(same)[1], steps(behind)[1]) == ("pushed", "queued")


def test_a_failed_push_keeps_its_attempts_and_a_later_success_forgets_them() -> None:
    placement, later = LinkedEventFactory(claimed_until=NOW), NOW + timedelta(minutes=1)
    placement.row.record(LinkedEvent.State.RETRYING, Problem("throttled"), attempts=2, next_try_at=later)
    assert steps(placement) == ("present", "retrying", 2, later, "throttled", {})
    assert LinkedEvent.objects.get().claimed_until is None
    placement.row.record(LinkedEvent.State.PUSHED, attempts=3)
    assert steps(placement) == ("present", "pushed", 0, None, "", {})


def test_a_former_etag_is_an_echo_and_the_oldest_are_forgotten() -> None:
    placement = LinkedEventFactory()
    for number in range(MAX_SUPERSEDED_ETAGS + 2):
        placement.agree(f'"{number}"')
    row = LinkedEvent.objects.get()
    assert (row.etag, row.superseded_etags[0], len(row.superseded_etags)) == ('"21"', '"1"', MAX_SUPERSEDED_ETAGS)
    assert [row.has_seen(etag) for etag in ('"0"', '"1"', '"21"', '"22"')] == [False, True, True, False]


def test_an_etag_that_comes_back_is_current_and_not_superseded() -> None:
    placement = LinkedEventFactory(etag='"a"')
    for etag in ('"b"', '"a"', '"a"'):
        placement.remember_etag(etag)
    assert (placement.etag, placement.superseded_etags) == ('"a"', ['"b"'])


def test_an_event_whose_account_comes_back_finds_its_calendar_however_the_name_is_capitalised() -> None:
    user = UserFactory()
    calendar = CalendarFactory(connection__user=user, connection__username="Anna@example.com")
    placement = LinkedEventFactory(
        booking__staff=user, calendar=None, account="anna@EXAMPLE.com", calendar_path=calendar.path
    )
    other = LinkedEventFactory(calendar=None, account="anna@example.com", calendar_path=calendar.path)
    assert LinkedEvent.objects.reattach(user) == 1
    assert [LinkedEvent.objects.get(pk=one.pk).calendar for one in (placement, other)] == [calendar, None]


@pytest.fixture
def nextclouds() -> list[Calendar]:
    """The first calendars of somebody who has the same user name on two servers."""
    user = UserFactory.create()
    hosts = "cloud.example.org", "home.example.net"
    at = {"connection__user": user, "connection__provider": "nextcloud", "connection__username": "anna"}
    return [
        CalendarFactory.create(
            connection__url=f"https://{host}/", path="/remote.php/dav/calendars/anna/personal/", **at
        )
        for host in hosts
    ]


def test_an_event_does_not_go_to_another_server_that_knows_the_same_user_name(nextclouds: list[Calendar]) -> None:
    lost, other = nextclouds
    user = lost.connection.user
    booking = BookingFactory.create(staff=user)
    event = LinkedEvent.objects.place(lost, booking=booking)
    lost.connection.delete()
    assert (LinkedEvent.objects.reattach(user), LinkedEvent.objects.get(pk=event.pk).calendar) == (0, None)
    assert push_state(booking) == "needs_reconnect"
    again = CalendarFactory.create(
        connection__user=user,
        connection__provider="nextcloud",
        connection__username="anna",
        connection__url="https://cloud.example.org/remote.php/dav/",
        path=other.path,
    )
    assert (LinkedEvent.objects.reattach(user), LinkedEvent.objects.get(pk=event.pk).calendar) == (1, again)


def test_the_server_of_an_event_is_noted_where_it_moved_or_was_not_noted(nextclouds: list[Calendar]) -> None:
    [moved, other] = nextclouds
    user = moved.connection.user
    for calendar, hours in ((moved, 0), (other, 2)):
        booking = BookingFactory.create(staff=user, start=START + timedelta(hours=hours))
        LinkedEvent.objects.place(calendar, booking=booking)
    LinkedEvent.objects.filter(calendar=other).update(server="")
    Connection.objects.filter(pk=moved.connection_id).update(url="https://new.example.org/")
    LinkedEvent.objects.reattach(user)
    servers = LinkedEvent.objects.order_by("pk").values_list("server", flat=True)
    assert list(servers) == ["new.example.org", "home.example.net"]


def test_of_icloud_no_server_is_noted() -> None:
    calendar = CalendarFactory.create()
    event = LinkedEvent.objects.place(calendar, booking=BookingFactory.create(staff=calendar.connection.user))
    assert (event.account, event.server) == (calendar.connection.username, "")
