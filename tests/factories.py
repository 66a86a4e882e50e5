"""Rows for tests. Each factory makes something complete and ordinary; a test names only what it is about.

Times are fixed, so nothing depends on the clock: the first booking is on Tuesday 1 December 2026, 10:00 in
Berlin.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from availability.models import BlockedSlot, DateOverride, WorkingHours
from bookings.models import (
    Booking,
    BookingChange,
    Claim,
    Client,
    CoveredDay,
    Hold,
    LinkedEvent,
    Mail,
    Proposal,
    Question,
    Seat,
    Service,
)
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from practice.models import User

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday, 9:00 in Berlin
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "a-sign-in-password"
APP_PASSWORD = "abcd-efgh-ijkl-mnop"
FEED_ADDRESS = "https://club.example/private-0a1b2c/fixtures.ics"


class CalendarConfigurationFactory(DjangoModelFactory[CalendarConfiguration]):
    """Choices made: without `saved_at=None` the staff member has saved the configuration."""

    class Meta:
        model = CalendarConfiguration
        django_get_or_create = ("user",)

    user = factory.SubFactory("tests.factories.UserFactory", configuration=None)
    time_zone = "Europe/Berlin"
    when_moved = CalendarConfiguration.WhenMoved.FOLLOW
    saved_at = NOW - timedelta(days=10)


class UserFactory(DjangoModelFactory[User]):
    """A staff member in Berlin with a calendar configuration; `configuration__time_zone=…` changes it."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"anna{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    first_name = "Anna"
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    configuration = factory.RelatedFactory(CalendarConfigurationFactory, factory_related_name="user")


class ConnectionFactory(DjangoModelFactory[Connection]):
    """A healthy iCloud account, polled a minute before NOW."""

    class Meta:
        model = Connection

    user = factory.SubFactory(UserFactory)
    url = "https://caldav.icloud.com/"
    username = factory.Sequence(lambda n: f"anna{n}@icloud.com")
    password = APP_PASSWORD
    principal_path = "/123/principal/"
    home_path = "/123/calendars/"
    origin = "https://p42-caldav.icloud.com:443"
    polled_at = NOW - timedelta(minutes=1)
    next_sync_at = NOW + timedelta(minutes=4)


class CalendarFactory(DjangoModelFactory[Calendar]):
    """A writable calendar that blocks and was read a minute before NOW."""

    class Meta:
        model = Calendar

    connection = factory.SubFactory(ConnectionFactory)
    path = factory.Sequence(lambda n: f"/123/calendars/{n}/")
    name = factory.Sequence(lambda n: f"Calendar {n}")
    color = "#1BADF8"
    writable = True
    is_conflict_calendar = True
    asked_about = True
    position = factory.Sequence(int)
    fresh_at = NOW - timedelta(minutes=1)
    read_at = NOW - timedelta(minutes=1)


class FeedConnectionFactory(ConnectionFactory):
    """A file at a web address, which is a secret: only the host and a digest of it are told."""

    provider = "ics"
    url = "https://club.example/"
    username = factory.Sequence(lambda n: f"club.example…{n:08x}")
    password = FEED_ADDRESS
    principal_path = ""
    home_path = ""
    origin = "https://club.example:443"


class FeedFactory(CalendarFactory):
    """The calendar of such a file: it blocks, can only be read, and was read a minute before NOW."""

    connection = factory.SubFactory(FeedConnectionFactory)
    path = factory.Sequence(lambda n: "/")
    name = factory.Sequence(lambda n: "Club fixtures")
    writable = False


def dead_feed(user: User, **values: Any) -> Calendar:
    """A file at a web address that has not answered for a month, and is not asked again in the next ten years."""
    trouble = {"error_code": "unavailable", "failures": 9, "failing_since": NOW - timedelta(days=30)}
    later = {"not_before": NOW + timedelta(days=3650), "next_sync_at": NOW + timedelta(days=3650)}
    about = {name[12:]: values.pop(name) for name in list(values) if name.startswith("connection__")}
    long_ago = {"polled_at": NOW - timedelta(days=30), **trouble, **later, **about}
    connection = FeedConnectionFactory.create(user=user, **long_ago)
    known = {"fresh_at": NOW - timedelta(days=30), "read_at": NOW - timedelta(days=30)}
    return FeedFactory.create(connection=connection, **{"error_code": "unavailable", **known, **values})


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    calendar = factory.SubFactory(CalendarFactory)
    uid = factory.Sequence(lambda n: f"EVENT-{n}")
    href = factory.LazyAttribute(lambda event: f"{event.calendar.path}{event.uid}.ics")
    etag = factory.Sequence(lambda n: f'"etag-{n}"')
    summary = "Dentist"


class OccurrenceFactory(DjangoModelFactory[Occurrence]):
    """An hour that blocks; `calendar=…` and `uid=…` may be given instead of an event."""

    class Meta:
        model = Occurrence

    class Params:
        uid: str | None = None

    calendar = factory.SubFactory(CalendarFactory)
    summary = "Dentist"
    start = START
    end = factory.LazyAttribute(lambda occurrence: occurrence.start + timedelta(hours=1))
    blocks = True
    reason = factory.LazyAttribute(lambda occurrence: "busy" if occurrence.blocks else "free")
    free_marked = factory.LazyAttribute(lambda occurrence: occurrence.reason == "free")

    event = factory.LazyAttribute(lambda occurrence: event_of(occurrence))


def event_of(occurrence: Any) -> Event:
    """The event of an occurrence that is being made."""
    given = {"uid": occurrence.uid} if occurrence.uid else {}
    return EventFactory.create(calendar=occurrence.calendar, summary=occurrence.summary, **given)


class SyncRunFactory(DjangoModelFactory[SyncRun]):
    class Meta:
        model = SyncRun

    connection = factory.SubFactory(ConnectionFactory)
    trigger = SyncRun.Trigger.SCHEDULE
    started_at = NOW - timedelta(minutes=1)


class WorkingHoursFactory(DjangoModelFactory[WorkingHours]):
    class Meta:
        model = WorkingHours

    user = factory.SubFactory(UserFactory)
    weekday = WorkingHours.Weekday.MONDAY
    start = time(9)
    end = time(17)


def office_hours(user: User) -> None:
    """Monday to Friday, nine to five."""
    for weekday in range(5):
        WorkingHoursFactory.create(user=user, weekday=weekday)


class DateOverrideFactory(DjangoModelFactory[DateOverride]):
    """A closed date."""

    class Meta:
        model = DateOverride

    user = factory.SubFactory(UserFactory)
    date = START.date()


class BlockedSlotFactory(DjangoModelFactory[BlockedSlot]):
    class Meta:
        model = BlockedSlot

    user = factory.SubFactory(UserFactory)
    start = START
    end = factory.LazyAttribute(lambda slot: slot.start + timedelta(hours=1))


class ClientFactory(DjangoModelFactory[Client]):
    class Meta:
        model = Client

    name = factory.Sequence(lambda n: f"Clara Client {n}")
    email = factory.Sequence(lambda n: f"clara{n}@example.org")
    phone = "+49301234567"


class ServiceFactory(DjangoModelFactory[Service]):
    """An hour, to be booked 60 days ahead; `staff=[user]` says with whom."""

    class Meta:
        model = Service
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Massage {n}")
    slug = factory.Sequence(lambda n: f"massage-{n}")
    minutes = 60
    horizon_days = 60

    staff = factory.PostGeneration(
        lambda service, create, people, **more: set_staff(service, people if create else None)
    )


def set_staff(service: Service, people: list[User] | None) -> None:
    """Say with whom a service that was just made can be booked, and has been since long before NOW."""
    if people:
        service.staff.set(people, through_defaults={"since": LONG_AGO})


class QuestionFactory(DjangoModelFactory[Question]):
    """A question to which clients may write a text."""

    service = factory.SubFactory(ServiceFactory)
    key = "since"
    words = "Since when?"

    class Meta:
        model = Question


class BookingFactory(DjangoModelFactory[Booking]):
    """A confirmed booking without buffers, with its claim and its seat; a pending one waits for its calendars."""

    class Meta:
        model = Booking

    status = Booking.Status.CONFIRMED
    overlap_allowed = False
    staff = factory.SubFactory(UserFactory)
    client = factory.SubFactory(ClientFactory)
    service = factory.SubFactory(ServiceFactory)
    start = START
    end = factory.LazyAttribute(lambda booking: booking.start + timedelta(minutes=booking.service.minutes))
    blocked_from = factory.SelfAttribute("start")
    blocked_until = factory.SelfAttribute("end")
    approval_due_at = None
    address_due_at = None
    calendar_unread_since = factory.LazyAttribute(lambda made: NOW if made.status == "pending" else None)

    @classmethod
    def _create(cls, model_class: type[Booking], *_args: Any, **values: Any) -> Booking:
        client = values.pop("client")
        taken = {"start": values.pop("blocked_from"), "end": values.pop("blocked_until")}
        insisted = values.pop("overlap_allowed")
        if values["status"] != Booking.Status.CANCELLED:
            values["claim"] = Claim.objects.create(staff=values["staff"], overlap_allowed=insisted, **taken)
        booking = model_class.objects.create(**values)
        Seat.objects.create(booking=booking, client=client)
        return booking


class HoldFactory(DjangoModelFactory[Hold]):
    """A time without buffers that a visitor keeps until `expires_at`, with its claim."""

    class Meta:
        model = Hold

    visitor = factory.Sequence(lambda n: f"visitor-{n}")
    staff = factory.SubFactory(UserFactory)
    service = factory.SubFactory(ServiceFactory)
    start = START
    end = factory.LazyAttribute(lambda made: made.start + timedelta(minutes=made.service.minutes))
    created_at = NOW
    extended_at = NOW
    expires_at = NOW + timedelta(minutes=10)

    @classmethod
    def _create(cls, model_class: type[Hold], *_args: Any, **values: Any) -> Hold:
        kind, expires_at = Claim.Kind.HOLD, values.pop("expires_at")
        span = {"staff": values["staff"], "start": values["start"], "end": values["end"]}
        claim = Claim.objects.create(kind=kind, expires_at=expires_at, **span)
        return model_class.objects.create(claim=claim, **values)


def cancelled(booking: Booking) -> Booking:
    """The booking as a cancelled one, whose time is free again."""
    claim, booking.claim, booking.status = booking.claim, None, Booking.Status.CANCELLED
    booking.save()
    if claim:
        claim.delete()
    return booking


class BookingChangeFactory(DjangoModelFactory[BookingChange]):
    class Meta:
        model = BookingChange

    booking = factory.SubFactory(BookingFactory)
    at = NOW
    kind = BookingChange.Kind.MADE
    source = BookingChange.Source.STAFF
    new_start = factory.SelfAttribute("booking.start")
    new_end = factory.SelfAttribute("booking.end")


class MailFactory(DjangoModelFactory[Mail]):
    """A confirmation that is due, of a booking made for it; `seat=…` gives another."""

    class Meta:
        model = Mail

    seat = factory.LazyFunction(lambda: BookingFactory.create().seat)
    kind = Mail.Kind.CONFIRMATION
    recipient = factory.LazyAttribute(lambda made: made.seat.client.email)
    message_id = factory.Sequence(lambda n: f"<{n}@kalends.example>")
    uid = factory.SelfAttribute("seat.uid")
    sequence = factory.SelfAttribute("seat.sequence")
    created_at = NOW
    due_at = NOW
    start = factory.SelfAttribute("seat.booking.start")
    end = factory.SelfAttribute("seat.booking.end")


class LinkedEventFactory(DjangoModelFactory[LinkedEvent]):
    """A placement that waits to be sent; `pushed=True` makes it one that stands on the calendar."""

    class Meta:
        model = LinkedEvent

    class Params:
        pushed = factory.Trait(
            state=LinkedEvent.State.PUSHED,
            pushed_revision=factory.SelfAttribute("booking.revision"),
            etag='"pushed-1"',
            agreed_start=factory.SelfAttribute("booking.start"),
            agreed_end=factory.SelfAttribute("booking.end"),
        )

    booking = factory.SubFactory(BookingFactory)
    calendar = factory.SubFactory(CalendarFactory)
    uid = factory.Sequence(lambda n: f"00000000-0000-4000-8000-{n:012X}")
    account = factory.SelfAttribute("calendar.connection.username")
    server = factory.LazyAttribute(lambda linked: linked.calendar.connection.server if linked.calendar else "")
    calendar_path = factory.SelfAttribute("calendar.path")
    href = factory.LazyAttribute(lambda linked: f"{linked.calendar_path}{linked.uid}.ics")


class CoveredDayFactory(DjangoModelFactory[CoveredDay]):
    """The day of START, in Berlin, covered by an all-day event."""

    class Meta:
        model = CoveredDay

    person = factory.SubFactory(UserFactory)
    date = START.date()
    start = START - timedelta(hours=10)
    end = START + timedelta(hours=14)
    title = "Ill"


class ProposalFactory(DjangoModelFactory[Proposal]):
    """An event deleted on the phone, undecided."""

    class Meta:
        model = Proposal

    booking = factory.SubFactory(BookingFactory)
    kind = Proposal.Kind.DELETED
    created_at = NOW
