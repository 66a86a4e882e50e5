"""Whatever visitors and staff do, and in whatever order: no two claims that count overlap."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import actions
from bookings.models import Booking, Claim, Hold, Service
from practice.models import User
from tests.factories import NOW, START, ServiceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

VERBS = ("hold", "hold", "submit", "book", "insist", "reschedule", "cancel", "release", "extend", "later")
STEP = st.tuples(st.sampled_from(VERBS), st.integers(0, 5), st.integers(0, 3))


class Play:
    """One staff member's day, and a clock."""

    def __init__(self, service: Service) -> None:
        self.service, self.now = service, NOW

    def take(self, verb: str, quarter: int, number: int) -> None:
        start = START + quarter * timedelta(minutes=15)
        with suppress(actions.Refused):
            getattr(self, verb)(start, number)

    def hold(self, start: datetime, number: int) -> None:
        visitor = actions.Visitor(f"visitor {number}")
        actions.hold(service=self.service, staff=None, start=start, visitor=visitor, now=self.now)

    def submit(self, start: datetime, number: int) -> None:
        for held in Hold.objects.filter(visitor=f"visitor {number}").order_by("-pk")[:1]:
            self._book(held.start, number, hold=held)

    def book(self, start: datetime, number: int) -> None:
        self._book(start, number)

    def insist(self, start: datetime, number: int) -> None:
        self._book(start, number, anyway=True)

    def _book(self, start: datetime, number: int, *, hold: Hold | None = None, anyway: bool = False) -> None:
        client = actions.ClientDetails(f"Client {number}")
        given = {"service": self.service, "staff": None, "client": client, "now": self.now}
        actions.book(start=start, hold=hold, anyway=anyway, **given)  # type: ignore[arg-type]

    def reschedule(self, start: datetime, number: int) -> None:
        for booking in Booking.objects.live().order_by("pk")[number : number + 1]:
            actions.reschedule(booking, start=start, now=self.now)

    def cancel(self, start: datetime, number: int) -> None:
        for booking in Booking.objects.live().order_by("pk")[number : number + 1]:
            actions.cancel(booking, now=self.now)

    def release(self, start: datetime, number: int) -> None:
        for held in Hold.objects.filter(visitor=f"visitor {number}"):
            actions.release(held, self.now)

    def extend(self, start: datetime, number: int) -> None:
        for held in Hold.objects.filter(visitor=f"visitor {number}"):
            actions.extend(held, self.now)

    def later(self, start: datetime, number: int) -> None:
        self.now += timedelta(minutes=4 * number)

    def overlaps(self) -> list[tuple[Claim, Claim]]:
        """Claims that count and overlap although nobody insisted."""
        exact = Claim.objects.active(self.now).filter(overlap_allowed=False).order_by("start")
        return [(one, other) for one, other in pairwise(exact) if one.end > other.start]

    def ownerless(self) -> set[int]:
        """Claims that no live booking and no hold owns."""
        owned = {*Booking.objects.live().values_list("claim", flat=True), *Hold.objects.values_list("claim", flat=True)}
        return set(Claim.objects.values_list("pk", flat=True)) - owned


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_no_two_claims_that_count_overlap(anna: User, steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        service = ServiceFactory(staff=[anna], buffer_after_minutes=10, minutes=30)
        play = Play(service)
        for step in steps:
            play.take(*step)
            assert (play.overlaps(), play.ownerless()) == ([], set())
        transaction.set_rollback(True)
