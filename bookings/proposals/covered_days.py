"""Days of which one event covers several bookings: they are asked about in one mail and decided together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from bookings.models import Booking, CoveredDay, Proposal, ProposalQuerySet
from connections.busy import AWAY, Busy
from practice.models import User

Key = tuple[date, datetime, datetime]
KEPT_FOR = timedelta(days=30)
"""For how long a covered day stays when it is over: its title may say why somebody was away."""


class DayChoice(StrEnum):
    """What staff may decide about all bookings of a covered day at once."""

    ASK_ALL = "ask_all"
    HAND_OVER_ALL = "hand_over_all"
    KEEP_ALL = "keep_all"
    STAND_ALL = "stand_all"
    KEEP_ASKING_ALL = "keep_asking_all"

    @property
    def of_each(self) -> Proposal.Choice:
        """What is decided about each booking."""
        return Proposal.Choice(self.removesuffix("_all"))


def days_by_booking(
    user: User, covered: Mapping[Booking, Busy], asked: Mapping[Booking, Busy]
) -> dict[int, CoveredDay | None]:
    """By key of the booking: the day that its event covers, if that covers or once covered other bookings of that day.

    Being away makes such a day for a single booking too. `covered` says which event overlaps which booking of the
    user, `asked` the same of bookings whose clients are asked to choose another time already. Two queries, and one for
    each new day.
    """
    zone = user.calendar_configuration.zone
    keys: dict[Key, list[Booking]] = {}
    for booking, event in covered.items():
        keys.setdefault((booking.start.astimezone(zone).date(), event.start, event.end), []).append(booking)
    for booking, event in asked.items():
        keys.get((booking.start.astimezone(zone).date(), event.start, event.end), []).append(booking)
    events = {(event.start, event.end): event for event in covered.values()}
    known = _known(user, keys)
    found: dict[int, CoveredDay | None] = {}
    for key, bookings in keys.items():
        day = known.get(key)
        event = events[key[1:]]
        if len(bookings) > 1 or event.reason == AWAY:
            day = _written(user, key, event, day)
        found |= {booking.pk: day for booking in bookings}
    return found


def _known(user: User, keys: Iterable[Key]) -> dict[Key, CoveredDay]:
    days = CoveredDay.objects.filter(person=user, date__in={key[0] for key in keys})
    return {(day.date, day.start, day.end): day for day in days}


def _written(user: User, key: Key, event: Busy, day: CoveredDay | None) -> CoveredDay:
    """The day as it is now: the title of the event may have changed."""
    facts = {"title": event.summary, "is_away": event.reason == AWAY}
    if day and facts == {"title": day.title, "is_away": day.is_away}:
        return day
    day_of, start, end = key
    written, _created = CoveredDay.objects.update_or_create(
        person=user, date=day_of, start=start, end=end, defaults=facts
    )
    return written


CHOICES = {
    Proposal.Kind.COLLISION: (DayChoice.ASK_ALL, DayChoice.HAND_OVER_ALL, DayChoice.KEEP_ALL),
    Proposal.Kind.UNCOVERED: (DayChoice.STAND_ALL, DayChoice.KEEP_ASKING_ALL),
}
"""By what is asked about the bookings of a day: what may be decided about all of them at once."""


def still_open(day: CoveredDay) -> ProposalQuerySet:
    """What is still to be decided about the day, in order of time."""
    return Proposal.objects.open().filter(covered_day=day).with_details().order_by("booking__start", "pk")


def questions_to_clients(day: CoveredDay, choice: Proposal.Choice = Proposal.Choice.ASK) -> ProposalQuerySet:
    """What was decided about clients of the day, who are asked for another time or, by `choice`, not any more.

    Without bookings that were moved since and about which the same was decided because of another day.
    """
    return Proposal.objects.filter(covered_day=day, kind=Proposal.Kind.COLLISION, choice=choice).latest_decided_so()


def waiting_bookings(day: CoveredDay, now: datetime) -> list[Booking]:
    """The bookings of the day whose clients were asked to choose another time and have not yet."""
    asked = questions_to_clients(day)
    bookings = Booking.objects.live().filter(pk__in=asked.values("booking"), new_time_asked_at__lte=now)
    return list(bookings.with_details().order_by("start", "pk"))


def group_of(proposal: Proposal) -> list[Proposal]:
    """The open collisions that are decided with this one, itself among them if it is open; none where it is alone."""
    if proposal.covered_day is None:
        return []
    group = list(still_open(proposal.covered_day).filter(kind=proposal.kind))
    return group if len(group) > 1 else []


def forget_old_days(now: datetime) -> int:
    """Delete covered days that are long over; what was decided about each booking stays. How many."""
    deleted, _by_model = CoveredDay.objects.filter(end__lte=now - KEPT_FOR).delete()
    return deleted
