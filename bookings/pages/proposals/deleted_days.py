"""Days of which several bookings were deleted on the iPhone: they are decided together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bookings.models import Proposal


@dataclass(frozen=True, slots=True)
class DeletedDay:
    """Several deletions of one person's day; `first` stands for all of them."""

    date: date
    all: list[Proposal]

    @property
    def count(self) -> int:
        return len(self.all)

    @property
    def first(self) -> Proposal:
        return self.all[0]


def deleted_days(asked: Iterable[Proposal], zone: ZoneInfo) -> list[DeletedDay]:
    """The days of which several open deletions of one staff member are asked about, in `zone`."""
    deleted: dict[tuple[date, int], list[Proposal]] = {}
    for proposal in asked:
        if proposal.kind == Proposal.Kind.DELETED:
            day = proposal.booking.start.astimezone(zone).date()
            deleted.setdefault((day, proposal.booking.staff_id), []).append(proposal)
    return [DeletedDay(day, several) for (day, _staff), several in sorted(deleted.items()) if len(several) > 1]
