"""The audit compares the time that counts as taken with bookings and holds."""

from __future__ import annotations

from bookings import actions
from bookings.models import Claim
from soak.claims import audit_claims
from soak.findings import Findings
from soak.ledger import HeldTime
from tests.bookings.practice import HOUR
from tests.factories import START
from tests.soak.stage import Stage


def audit_time(stage: Stage) -> Findings:
    found = Findings()
    audit_claims(stage.ledger, stage.practice.now, found)
    return found


def hold(stage: Stage) -> None:
    """A visitor keeps a time, and the ledger says so."""
    at, now = START + 3 * HOUR, stage.practice.now
    visitor = actions.Visitor("visitor")
    held = actions.hold(service=stage.practice.service, staff=None, start=at, visitor=visitor, now=now)
    assert held.expires_at is not None
    span = stage.practice.service.shape.widened(at)
    stage.ledger.holds["visitor"] = HeldTime(stage.practice.user.pk, span, held.expires_at)


def test_the_time_of_a_visitor_counts_until_it_expires(stage: Stage) -> None:
    hold(stage)
    assert audit_time(stage).clean
    stage.practice.later(HOUR)
    assert audit_time(stage).clean


def test_a_hold_that_counts_longer_than_its_visitor_was_told_is_found(stage: Stage) -> None:
    hold(stage)
    stage.ledger.holds.clear()
    assert ["counts as taken, but is free" in sentence for sentence in audit_time(stage).wrong] == [True]


def test_a_claim_of_nobody_is_found(stage: Stage) -> None:
    Claim.objects.create(staff=stage.practice.user, start=START + 3 * HOUR, end=START + 4 * HOUR)
    found = audit_time(stage).wrong
    assert ["belongs to no booking" in sentence for sentence in found] == [True, False]
    assert ["counts as taken, but is free" in sentence for sentence in found] == [False, True]


def test_a_claim_at_another_time_than_its_booking_is_found(stage: Stage) -> None:
    Claim.objects.update(end=stage.booking.end + HOUR)
    found = audit_time(stage)
    assert ["has the claim" in sentence for sentence in found.wrong] == [True, False]
    assert ["counts as free, but is taken" in sentence for sentence in found.lost] == [True]


def test_a_booking_without_a_seat_is_found(stage: Stage) -> None:
    stage.booking.seats.all().delete()
    assert audit_time(stage).lost == [f"booking {stage.booking.pk} has 0 seats"]


def test_words_of_a_visitor_that_are_not_kept_are_found(stage: Stage) -> None:
    stage.ledger.tries["Carla Client"].said = ("de", "", "two steps at the door")
    assert ["has the words ('', '', '')" in sentence for sentence in audit_time(stage).wrong] == [True]
