"""The state that the demo's page shows: who is signed in, their iPhones, the next booking, and the client's phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from bookings.models import Booking, LinkedEvent
from bookings.openings import search
from connections.models import Connection
from practice.models import User
from sandbox.demo import icloud, people, visits
from sandbox.demo.icloud import Apple, Phone
from sandbox.demo.people import Person
from sandbox.demo.visits import Visit

HOUR = timedelta(hours=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the page needs. `person` is whose iPhone is shown, `signed_in` whether Kalends is theirs as well.

    `monday` is the one on which both open at the weekend; None otherwise, when they open on today.
    """

    person: Person
    signed_in: bool
    apple: Apple
    phones: list[Phone]
    next_event: LinkedEvent | None
    booking_page: str
    last_visit: Visit | None
    connected: bool
    broken: Connection | None
    problem: str = ""
    monday: date | None = None

    @property
    def week_page(self) -> str:
        """Where Kalends opens: on this week, at the weekend on the next one, in which something is left to see."""
        page = reverse("week:page")
        return f"{page}?week={self.monday:%G-W%V}" if self.monday else page

    @property
    def iphone_page(self) -> str:
        """Where the iPhone opens: on the same day as Kalends."""
        return self._on_the_day(self.phone.week_url) if self.phone else ""

    @property
    def feed_address(self) -> str:
        """The address of a calendar that the sandbox publishes."""
        return f"{settings.DEMO_APPLE_URL}published/fixtures.ics"

    @property
    def new_event_page(self) -> str:
        """The form for a new event, on a day that both sides show."""
        return self._on_the_day(self.phone.new_url) if self.phone else ""

    def _on_the_day(self, page: str) -> str:
        return f"{page}?day={self.monday.isoformat()}" if self.monday else page

    @property
    def phone(self) -> Phone | None:
        """The iPhone on which bookings appear."""
        return self.phones[0] if self.phones else None

    @property
    def one_more(self) -> Phone | None:
        """The iPhone with the second Apple ID."""
        return self.phones[1] if len(self.phones) > 1 else None


def scene(user: User | AnonymousUser, *, now: datetime) -> Scene:
    """The scene for the signed-in user; for an anonymous user, with the iPhone of the first staff member."""
    person = people.person(user.get_username())
    shown = person or people.PEOPLE[0]
    try:
        apple, problem = icloud.look(), ""
    except icloud.Refused as error:
        apple, problem = Apple(), str(error)
    connections = list(Connection.objects.filter(user__username=shown.username))
    return Scene(
        person=shown,
        signed_in=person is not None,
        apple=apple,
        phones=[apple.phones[apple_id] for apple_id in shown.apple_ids if apple_id in apple.phones],
        next_event=next_event(shown, now=now),
        booking_page=visits.booking_page(shown),
        last_visit=visits.last_visit(shown, apple.phones),
        connected=bool(connections),
        broken=next((connection for connection in connections if connection.needs_attention), None),
        problem=problem,
        monday=coming_monday(now.astimezone(ZoneInfo(shown.zone)).date()),
    )


def coming_monday(today: date) -> date | None:
    """At the weekend the Monday after it; None on other days."""
    return today + timedelta(days=7 - today.weekday()) if today.weekday() >= SATURDAY else None


def next_event(person: Person, *, now: datetime) -> LinkedEvent | None:
    """The next booking that stands on the person's iPhone."""
    standing = LinkedEvent.objects.filter(
        booking__staff__username=person.username,
        booking__start__gt=now,
        wanted=LinkedEvent.Wanted.PRESENT,
        state=LinkedEvent.State.PUSHED,
    )
    return (
        standing.select_related("booking__service")
        .prefetch_related("booking__seats")
        .order_by("booking__start")
        .first()
    )


def later_start(booking: Booking, *, now: datetime) -> datetime | None:
    """The first open start for `booking` at least an hour after its own, within two weeks; None if there is none."""
    shape = replace(booking.service.shape, duration=booking.end - booking.start)
    first = booking.start + HOUR
    found = search.openings_of(booking.staff, shape, first, first + search.LOOK_AHEAD, now=now, moving=booking)
    return next((start for start, _end in found.spans), None)
