from __future__ import annotations

from datetime import UTC, datetime

import pytest

from availability.models import BlockedSlot
from tests.availability.models.refusals import refused
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def moment(hour: int) -> datetime:
    return datetime(2026, 12, 1, hour, tzinfo=UTC)


def test_the_database_refuses_a_blocked_slot_backwards_or_twice() -> None:
    anna = UserFactory()
    assert refused(BlockedSlot(user=anna, start=moment(10), end=moment(10)))
    assert not refused(BlockedSlot(user=anna, start=moment(9), end=moment(10)))
    assert refused(BlockedSlot(user=anna, start=moment(9), end=moment(10)))
    assert not refused(BlockedSlot(user=anna, start=moment(9), end=moment(11)))


def test_blocked_slots_overlap_a_span_they_share_time_with() -> None:
    anna = UserFactory()
    for start, end in ((8, 9), (8, 10), (9, 12), (11, 12)):
        BlockedSlot.objects.create(user=anna, start=moment(start), end=moment(end))
    found = BlockedSlot.objects.overlapping(moment(9), moment(11))
    assert [(slot.start.hour, slot.end.hour) for slot in found] == [(8, 10), (9, 12)]
