"""Openings of many people in one search: what each of them has, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, time, timedelta
from itertools import product
from random import Random

import pytest
from pytest_django import DjangoAssertNumQueries

from availability.intervals import Span
from availability.models import Closure
from availability.slots import Shape
from bookings.models import (
    Booking,
    Hold,
    LinkedEvent,
    MirroredSlot,
    Service,
    ServiceShape,
    write_service_hours,
)
from bookings.openings import search
from bookings.openings.own_time import booked_spans, booked_spans_by_user, own_spans, own_spans_by_user
from connections.busy import blocking, blocking_by_user
from connections.freshness import freshness, freshness_by_user
from connections.models import Calendar, CalendarConfiguration, Occurrence
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    DateOverrideFactory,
    HoldFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    WorkingHoursFactory,
    office_hours,
)

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = START.replace(hour=0)
WINDOW = MIDNIGHT, MIDNIGHT + 2 * DAY
SHAPE = Shape(45 * MINUTE, 15 * MINUTE, buffer_before=15 * MINUTE, buffer_after=30 * MINUTE, notice=26 * HOUR)
LIMITS = None, None, 2, 3, 4
ZONES = "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"


class Scene:
    """Four people with everything that bears on openings, drawn at random; some have the same events."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.service = ServiceFactory.create(**self._limits())
        self.services: list[Service] = [self.service, ServiceFactory.create()]
        self.shape = ServiceShape(service=self.service, **asdict(SHAPE))
        self.people: list[User] = [self._person() for _ in range(4)]
        self.calendars: list[Calendar] = list(Calendar.objects.filter(is_conflict_calendar=True))
        self.bookings = [self._booking(self.random.choice(self.people)) for _ in range(12)]
        for user in self.people:
            self._hold(user)
        self._mirror()
        self._close()
        self._narrow()
        for _ in range(12 if self.calendars else 0):
            OccurrenceFactory.create(calendar=self.random.choice(self.calendars), **self._times(), **self._blocks())

    def moment(self) -> datetime:
        return MIDNIGHT + self.random.randrange(-8, 4 * 56) * 15 * MINUTE

    def _times(self) -> dict[str, datetime]:
        start = self.moment()
        return {"start": start, "end": start + self.random.choice((0, 1, 3, 6)) * 30 * MINUTE}

    def _blocks(self) -> dict[str, bool]:
        return {"blocks": self.random.random() < 0.8}

    def _limits(self) -> dict[str, int | None]:
        return {name: self.random.choice(LIMITS) for name in ("max_per_day", "max_per_week")}

    def _hold(self, user: User) -> None:
        start = self.moment()
        expires_at = self.random.choice((NOW, NOW + MINUTE))
        HoldFactory.create(
            staff=user,
            service=self.random.choice(self.services),
            start=start,
            end=start + HOUR,
            expires_at=expires_at,
        )

    def _person(self) -> User:
        policy = self.random.choice(CalendarConfiguration.StalePolicy.values)
        user = UserFactory.create(
            configuration__time_zone=self.random.choice(ZONES),
            configuration__stale_policy=policy,
            **{f"configuration__{name}": most for name, most in self._limits().items()},
        )
        for weekday in range(7):
            WorkingHoursFactory.create(user=user, weekday=weekday, start=time(self.random.randrange(6, 12)))
        if self.random.random() < 0.5:
            DateOverrideFactory.create(user=user, start=time(18), end=time(0))
        start = self.moment()
        BlockedSlotFactory.create(user=user, start=start, end=start + HOUR)
        for number in range(self.random.choice((0, 1, 2, 2))):
            age = self.random.choice((1, 1, 1, 90)) * MINUTE
            chosen = number == 0 or self.random.random() < 0.7
            CalendarFactory.create(connection__user=user, fresh_at=NOW - age, is_conflict_calendar=chosen)
        return user

    def _booking(self, staff: User) -> Booking:
        times = self._times()
        start, end = times["start"], max(times["end"], times["start"] + HOUR)
        booking = BookingFactory.create(
            service=self.random.choice(self.services),
            staff=staff,
            start=start,
            end=end,
            blocked_from=start - 15 * MINUTE,
            blocked_until=end,
            status=self.random.choice(("confirmed", "pending", "cancelled")),
            overlap_allowed=True,
        )
        if self.calendars:
            self._push(booking)
        return booking

    def _push(self, booking: Booking) -> None:
        agreed = self.random.choice((booking.start, booking.start, self.moment()))
        placement = LinkedEventFactory.create(
            booking=booking,
            calendar=self.random.choice(self.calendars),
            pushed=True,
            pushed_revision=self.random.choice((0, 1)),
            agreed_start=agreed,
            agreed_end=agreed + HOUR,
            wanted=self.random.choice(("present", "present", "absent")),
            removed_at=self.random.choice((None, None, None, NOW)),
        )
        for calendar in self.random.sample(self.calendars, min(2, len(self.calendars))):  # a calendar may be shared
            start = self.random.choice((agreed, agreed, self.moment()))
            OccurrenceFactory.create(calendar=calendar, uid=placement.uid, start=start, end=start + 2 * HOUR)

    def _close(self) -> None:
        for user in self.random.sample([*self.people, None], 2):
            first = (MIDNIGHT + self.random.randrange(-1, 4) * DAY).date()
            kind = self.random.choice((Closure.Kind.CLOSED, Closure.Kind.HOLIDAY))
            Closure.objects.get_or_create(first=first, kind=kind, defaults={"user": user, "last": first})

    def _narrow(self) -> None:
        """Some give the services in hours of their own, on some weekdays, in one period or two that touch."""
        for user, service in product(self.people, self.services):
            if self.random.random() < 0.5:
                noon = time(self.random.randrange(10, 15), self.random.choice((0, 30)))
                end = time(self.random.choice((0, 17, 20)))
                days = [day for day in range(7) if self.random.random() < 0.7]
                periods = [(time(8), noon), (noon, end)][: self.random.choice((1, 2))]
                write_service_hours(service, user, list(product(days, periods)))

    def _mirror(self) -> None:
        for user in self.people if self.calendars else []:
            slot = self.random.choice((user.blocked_slots.get(), None))
            start = slot.start if slot else self.moment()
            uid = MirroredSlot.objects.create(staff=user, slot=slot, calendar_path="/", href=f"/{user.pk}.ics").uid
            OccurrenceFactory.create(
                calendar=self.random.choice(self.calendars), uid=uid, start=start, end=start + 2 * HOUR
            )


SEEDS = range(4)


def quarters(spans: Iterable[Span]) -> set[datetime]:
    """The quarters of an hour in these spans; all times of a scene are full quarters."""
    return {at for start, end in spans for at in quarters_from(start, end)}


def quarters_from(start: datetime, end: datetime) -> Iterable[datetime]:
    first, last = max(start, WINDOW[0] - DAY), min(end, WINDOW[1] + DAY)
    return (first + number * 15 * MINUTE for number in range((last - first) // (15 * MINUTE)))


def blocked_quarters(user: User) -> set[datetime]:
    """What blocks somebody, row by row and quarter by quarter, straight from the tables."""
    rows = Occurrence.objects.filter(calendar__connection__user=user, calendar__is_conflict_calendar=True, blocks=True)
    events = (quarters([(row.start, row.end)]) - own_quarters(user, row.event.uid) for row in rows)
    held = quarters((hold.start, hold.end) for hold in Hold.objects.active(NOW).filter(staff=user))
    slots = quarters((slot.start, slot.end) for slot in user.blocked_slots.all())
    return slots.union(*events) | quarters(live_booking.blocked_span for live_booking in live_bookings(user)) | held


def live_bookings(user: User) -> list[Booking]:
    return [booking for booking in Booking.objects.filter(staff=user) if booking.live]


def is_full(user: User, service: Service, at: datetime) -> bool:
    """Is a limit of the service or of the person reached on that day or in that week, counted row by row?"""
    zone = user.calendar_configuration.zone
    rows = [*live_bookings(user), *Hold.objects.active(NOW).filter(staff=user)]
    of_day = [row for row in rows if row.start.astimezone(zone).date() == at.astimezone(zone).date()]
    week = at.astimezone(zone).isocalendar()[:2]
    of_week = [row for row in rows if row.start.astimezone(zone).isocalendar()[:2] == week]
    return any(
        most is not None and len([row for row in counted if who is user or row.service == service]) >= most
        for who, limits in ((user, user.calendar_configuration), (service, service))
        for most, counted in ((limits.max_per_day, of_day), (limits.max_per_week, of_week))
    )


def own_quarters(user: User, uid: str) -> set[datetime]:
    """The time of the event with this UID that does not block `user`, because it is one of Kalends' own."""
    everything = quarters([(WINDOW[0] - DAY, WINDOW[1] + DAY)])
    own: set[datetime] = set()
    for slot in MirroredSlot.objects.filter(uid=uid, removed_at=None):
        own |= quarters([slot.span]) if slot.slot and slot.staff == user else everything
    for one in LinkedEvent.objects.filter(uid=uid, removed_at=None):
        if one.booking.staff != user or one.wanted == "absent" or not one.booking.live:
            own |= everything
        own |= quarters([one.span])
        if one.pushed_revision != one.booking.revision and one.agreed_start and one.agreed_end:
            own |= quarters([(one.agreed_start, one.agreed_end)])
    return own


def expected_starts(user: User, service: Service) -> list[datetime]:
    """Every quarter of an hour tried, in the user's own clock time."""
    zone, blocked = user.calendar_configuration.zone, blocked_quarters(user)
    tried = quarters([(WINDOW[0] - DAY, WINDOW[1] + DAY)])
    hours = {at for at in tried if works(user, at.astimezone(zone)) and gives(user, service, at.astimezone(zone))}
    return [
        at
        for at in quarters_from(max(WINDOW[0], NOW + SHAPE.notice), WINDOW[1])
        if quarters([(at, at + SHAPE.duration)]) <= hours and not quarters([SHAPE.widened(at)]) & blocked
        if not is_full(user, service, at)
    ]


def works(user: User, at: datetime) -> bool:
    overrides = user.date_overrides.filter(date=at.date())
    closures = Closure.objects.of([user.pk]).within(at.date(), at.date())
    if closures.filter(kind=Closure.Kind.CLOSED).exists() or (closures.exists() and not overrides):
        return False
    rules = overrides or user.working_hours.filter(weekday=at.weekday())
    return any(rule.start <= at.time() and (at.time() < rule.end or rule.end == time(0)) for rule in rules)


def gives(user: User, service: Service, at: datetime) -> bool:
    """Is the moment in the person's own hours for the service, if they have any?"""
    own = service.own_hours.filter(user=user)
    of_day = own.filter(weekday=at.weekday())
    return not own or any(one.start <= at.time() and (at.time() < one.end or one.end == time(0)) for one in of_day)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_openings_of_each_are_those_found_by_trying_every_quarter_of_an_hour(seed: int) -> None:
    scene = Scene(seed)
    found = search.openings_of_each([user.pk for user in scene.people], scene.shape, *WINDOW, now=NOW)
    expected = {
        user.pk: expected_starts(user, scene.service) if freshness(user, now=NOW).bookable else []
        for user in scene.people
    }
    assert {user: [start for start, _ in one.spans] for user, one in found.items()} == expected


@pytest.mark.parametrize("count", [1, 10, 100])
def test_the_openings_of_30_days_take_eleven_queries_whatever_the_number_of_people(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    service, people = ServiceFactory.create(), [UserFactory.create() for _ in range(count)]
    for user in people:
        office_hours(user)
        DateOverrideFactory.create(user=user)
        BlockedSlotFactory.create(user=user)
        placement = LinkedEventFactory.create(booking__staff=user, calendar__connection__user=user, pushed=True)
        OccurrenceFactory.create(calendar=placement.calendar, uid=placement.uid)
    without_calendars = UserFactory.create()
    office_hours(without_calendars)
    everybody = [*people, without_calendars]
    with django_assert_num_queries(11):
        found = search.find(service, everybody, NOW, NOW + 30 * DAY, now=NOW).openings
    assert {one.staff for one in found} == set(everybody)
    CalendarConfiguration.objects.filter(user__in=everybody).update(max_per_week=1)
    service.max_per_day = 1
    with django_assert_num_queries(12):
        limited = search.find(service, everybody, NOW, NOW + 30 * DAY, now=NOW).openings
    booked = set(people)
    full_week = {one for one in found if one.staff in booked and one.start.date().isocalendar()[1] == 49}
    assert (len(full_week) > 0, set(found) - set(limited)) == (True, full_week)


def test_nobody_has_no_openings_and_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert search.find(ServiceFactory.build(), [], NOW, NOW + DAY, now=NOW) == search.Found([], None)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_person_is_told_the_same_alone_and_among_many(seed: int) -> None:
    scene = Scene(seed)
    keys = [user.pk for user in scene.people]
    own, booked = own_spans_by_user(keys, *WINDOW), booked_spans_by_user(keys, *WINDOW, now=NOW)
    among_many = [
        (search.openings_of_each(keys, scene.shape, *WINDOW, now=NOW)[key], freshness_by_user(keys, now=NOW)[key])
        for key in keys
    ]
    blocked = blocking_by_user(keys, *WINDOW, own_spans=own)
    assert among_many == [
        (search.openings_of(user, scene.shape, *WINDOW, now=NOW), freshness(user, now=NOW)) for user in scene.people
    ]
    for user in scene.people:
        alone = own_spans(user, *WINDOW)
        assert alone == {uid: own[user.pk][uid] for uid in alone}
        assert sorted(booked[user.pk]) == sorted(booked_spans(user, *WINDOW, now=NOW))
        assert sorted(blocked[user.pk]) == sorted(blocking(user, *WINDOW, own_spans=alone))
