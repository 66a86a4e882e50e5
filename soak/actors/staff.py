"""Staff members, who sign in and use the pages of the real web server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils import timezone

from availability.models import BlockedSlot
from bookings.models import Booking, BookingChange, Proposal, Service
from connections.models import Connection
from practice.models import User
from soak.actors.actor import Action, Actor
from soak.people import BERLIN, PASSWORD
from soak.web import Browser, NoAnswer, Page

PAGES = ("/calendars/", "/bookings/", "/bookings/proposals/", "/calendars/settings/events/", "/clients/")
MAX_SLOTS = 4  # blocked slots of one staff member


@dataclass
class StaffMember(Actor):
    """One staff member with a browser."""

    address: str = ""
    username: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.browser = Browser(self.address)
        self.signed_in = False

    @property
    def name(self) -> str:
        return self.username

    @property
    def user(self) -> User:
        return User.objects.get(username=self.username)

    def actions(self) -> Sequence[tuple[int, Action]]:
        if not self.signed_in:
            return [(1, self.sign_in)]
        return [
            (8, self.book),
            (1, self.book_anyway),
            (4, self.reschedule),
            (3, self.cancel),
            (6, self.decide),
            (1, self.undo),
            (1, self.push_again),
            (1, self.sync),
            (3, self.look),
            (2, self.block_or_free),
            (2, self.reconnect),
        ]

    def sign_in(self) -> None:
        self.signed_in = self.browser.sign_in(self.username, PASSWORD)

    # --- bookings ---------------------------------------------------------------------------------------------

    def book(self) -> None:
        """Look at the openings of a day, choose one, and send the form."""
        if self.is_full(self.user):
            return self.cancel()
        service = self.choose.choice(list(Service.objects.filter(staff=self.user)))
        day = self.day().date().isoformat()
        openings = self._get(f"/bookings/new/?service={service.pk}&date={day}").values("opening")
        if not openings:
            return self.ledger.count("days without openings")
        return self._book(service, day, opening=self.choose.choice(openings))

    def book_anyway(self) -> None:
        """Book a time regardless of conflicts."""
        service = self.choose.choice(list(Service.objects.filter(staff=self.user)))
        clock = f"{self.choose.randrange(7, 21):02}:{self.choose.choice((0, 15, 30, 45)):02}"
        return self._book(service, self.day().date().isoformat(), time=clock, anyway="on")

    def _book(self, service: Service, day: str, **how: str) -> None:
        with self.ledger.trying(self.username, insisted="anyway" in how) as attempt:
            email = attempt.email if self.choose.random() < 0.7 else ""
            page = self._post(
                "/bookings/new/", service=str(service.pk), date=day, name=attempt.name, email=email, **how
            )
            number = page.path.strip("/").rpartition("/")[2]
            if page.status == 200 and number.isdecimal():
                attempt.outcome, attempt.booking = "booked", int(number)
                now = Booking.objects.filter(pk=attempt.booking).values_list("status", flat=True).first()
                attempt.pending = {"pending": True, "confirmed": False}.get(str(now))
            elif page.status == 200:
                attempt.outcome = "refused"

    def reschedule(self) -> None:
        """Move a booking to an opening on a random day; sometimes to any time, regardless of conflicts."""
        booking = self.booking(self.user)
        if booking is None:
            return
        day, path = self.day().date().isoformat(), f"/bookings/{booking.pk}/reschedule/"
        if self.choose.random() < 0.1:
            self.ledger.insisted.add(booking.pk)
            fields = {"date": day, "time": f"{self.choose.randrange(8, 20):02}:00", "anyway": "on"}
        else:
            openings = self._get(f"{path}?date={day}").values("opening")
            if not openings:
                return
            fields = {"date": day, "opening": self.choose.choice(openings)}
        page = self._post(path, **fields)
        self.ledger.count("reschedules refused" if page.path == path else "rescheduled")

    def cancel(self) -> None:
        booking = self.booking(self.user)
        if booking is not None:
            self.ledger.cancelled.setdefault(booking.pk, "unknown")
            page = self._post(f"/bookings/{booking.pk}/cancel/")
            if page.status == 200:
                self.ledger.cancelled[booking.pk] = "told"
                self.ledger.count("cancelled")

    def decide(self) -> None:
        """Decide an open proposal with a random choice of those offered."""
        asked = list(Proposal.objects.open().filter(booking__staff=self.user))
        if not asked:
            return
        proposal = self.choose.choice(asked)
        choice = self.choose.choice(proposal.choices)
        if choice in Proposal.ENDING:
            self.ledger.cancelled.setdefault(proposal.booking_id, "unknown")
        if choice == Proposal.Choice.ACCEPT:
            self.ledger.insisted.add(proposal.booking_id)
        self._post(f"/bookings/proposals/{proposal.pk}/", choice=str(choice))
        self.ledger.count(f"decided {choice}")

    def undo(self) -> None:
        changes = BookingChange.objects.filter(booking__staff=self.user, undo_until__gt=timezone.now())
        if change := changes.first():
            self._post(f"/bookings/changes/{change.pk}/undo/")
            self.ledger.count("undone")

    def push_again(self) -> None:
        if booking := self.booking(self.user):
            self._post(f"/bookings/{booking.pk}/push/")

    # --- other pages ------------------------------------------------------------------------------------------

    def look(self) -> None:
        self._get(self.choose.choice(PAGES))
        if booking := self.booking(self.user):
            self._get(f"/bookings/{booking.pk}/")

    def sync(self) -> None:
        connection = self.choose.choice(list(Connection.objects.filter(user=self.user)))
        verb = self.choose.choice(("sync", "sync", "resync"))
        self._post(f"/calendars/settings/connections/{connection.pk}/{verb}/")
        self.ledger.count("syncs asked for")

    def reconnect(self) -> None:
        """Enter the valid password for connections whose password iCloud has refused."""
        for connection in Connection.objects.filter(user=self.user, needs_attention=True):
            password = self.people.passwords[self.username, connection.username]
            self._post(f"/calendars/settings/connections/{connection.pk}/reconnect/", app_password=password)
            self.ledger.count("reconnects")

    def block_or_free(self) -> None:
        """Block a slot, or delete a blocked slot."""
        slots = list(BlockedSlot.objects.filter(user=self.user))
        if len(slots) >= MAX_SLOTS:
            BlockedSlot.objects.filter(pk=self.choose.choice(slots).pk).delete()
            return
        start = self.day().astimezone(BERLIN).replace(hour=self.choose.randrange(8, 20))
        _block(self.user, start)
        self.ledger.count("slots blocked")

    def _get(self, path: str) -> Page:
        return self._checked(self.browser.get(path), path)

    def _post(self, path: str, **fields: str) -> Page:
        return self._checked(self.browser.post(path, **fields), path)

    def _checked(self, page: Page, path: str) -> Page:
        self.ledger.count("pages")
        if "/login/" in page.path or page.status == HTTPStatus.UNAUTHORIZED:
            self.signed_in = False
            raise NoAnswer("signed out")
        if page.status not in (200, 404):
            self.ledger.complain(f"{self.username}: {path} answered {page.status}")
        return page


def _block(user: User, start: datetime) -> None:
    BlockedSlot.objects.get_or_create(user=user, start=start, end=start + timedelta(minutes=30))
