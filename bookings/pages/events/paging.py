"""One page of the events page, at a cost that hardly depends on how many events there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, F, Min, OuterRef, QuerySet, Subquery, When, Window
from django.db.models.functions import RowNumber

from connections.models import Calendar, Occurrence
from practice.models import User

PER_PAGE: Final = 50
MAX_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class EventPage:
    """What one page shows, and whether there is a next one. How many there are would cost reading all events."""

    number: int
    occurrences: list[Occurrence]
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def event_page(user: User, found: QuerySet[Occurrence], asked: str) -> EventPage:
    """The page of `found`, occurrences of the user's calendars, with that number.

    It is the first one, if the number is none or there is nothing on its page.
    """
    number = min(int(asked), MAX_PAGES) if asked.isdecimal() and int(asked) else 1
    first = (number - 1) * PER_PAGE
    shown = _in_order(user, found, first, first + PER_PAGE + 1)
    if number > 1 and not shown:
        return event_page(user, found, "")
    return EventPage(number, shown[:PER_PAGE], len(shown) > PER_PAGE)


def _in_order(user: User, found: QuerySet[Occurrence], first: int, last: int) -> list[Occurrence]:
    """Those of `found` from place `first` to before `last`, one UID that is seen in several calendars once.

    All copies begin at the same time, so only those up to some start are compared with each other. If so many of them
    are copies that the page is not full, those up to a later start are.
    """
    count = last
    while True:
        until = _start_of(user, found, count)
        compared = found if until is None else found.filter(start__lte=until)
        shown = list(_once(compared)[first:last])
        if until is None or len(shown) == last - first:
            return shown
        count *= 2


def _start_of(user: User, found: QuerySet[Occurrence], count: int) -> datetime | None:
    """A time up to which at least `count` of `found` start; None where no calendar has so many.

    So many of one calendar have started when the last of them ends, and the index of each calendar goes by ends.
    """
    ends = found.filter(calendar=OuterRef("pk")).order_by("end").values("end")[count - 1 : count]
    first: datetime | None = Calendar.objects.of(user).aggregate(first=Min(Subquery(ends)))["first"]
    return first


def _once(found: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    once = found.annotate(place=_PLACE).filter(place=1)
    return once.select_related("calendar__connection", "event").defer("event__text").order_by("start", "end", "pk")


# As for what blocks: one UID that is seen in several calendars is shown once. What blocks comes first.
_PLACE: Final = Window(
    RowNumber(),
    partition_by=[
        F("event__uid"),
        Case(When(event__uid="", then=F("event_id")), default=0),  # events without one are all different
        F("recurrence_id"),
        F("start"),
        F("end"),
    ],
    order_by=[F("blocks").desc(), F("pk").asc()],
)
