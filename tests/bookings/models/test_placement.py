"""The push state machine: what is to be pushed, and what each step writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from bookings.models import Booking, LinkedEvent
from bookings.models.placement import MAX_SUPERSEDED_ETAGS
from connections.problems import Problem
from tests.factories import NOW, CalendarFactory, LinkedEventFactory, UserFactory

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
