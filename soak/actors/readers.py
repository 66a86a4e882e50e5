"""Clients who open the link in a mail, and choose another time or cancel on their page of the real web server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from bookings import links
from bookings.models import Seat
from bookings.public.people import ANYBODY
from soak.actors.actor import Action, Actor
from soak.web import Browser, Page

CANCELLED = "Your appointment is cancelled"  # the heading of the page; the practice writes English


@dataclass
class MailReader(Actor):
    """Reads the mails of all clients. `address` is that of Kalends."""

    address: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.browser = Browser(self.address)

    def actions(self) -> Sequence[tuple[int, Action]]:
        return [(3, self.look), (3, self.reschedule), (2, self.cancel)]

    def look(self) -> None:
        """Open the page and what it leads to."""
        if path := self._page():
            self._checked(self.browser.get(path))
            self._checked(self.browser.get("/book/"))
            self.ledger.count("pages of clients opened")

    def reschedule(self) -> None:
        """Choose another time of a random day, with the same person or with whoever is free, and confirm it."""
        path, day, staff = self._page(), self.day().date().isoformat(), self.choose.choice(("", "", ANYBODY))
        if not path:
            return
        if staff:
            self.ledger.with_anybody.add(_booking_of(path))
        times = self._checked(self.browser.get(f"{path}reschedule/?day={day}&staff={staff}"))
        starts = [start for start in times.values("start") if start.startswith(day)]
        if not starts:
            self.ledger.count("pages of clients without another time")
            return
        page = self._checked(self.browser.post(f"{path}reschedule/", start=self.choose.choice(starts), staff=staff))
        self.ledger.count("rescheduled on pages of clients" if page.path == path else "reschedules refused")

    def cancel(self) -> None:
        """Cancel, unless it is too late."""
        path = self._page()
        if not path:
            return
        booking = _booking_of(path)
        self.ledger.cancelled.setdefault(booking, "unknown")
        page = self._checked(self.browser.post(f"{path}cancel/", reason="Something came up"))
        if CANCELLED in page.text:
            self.ledger.cancelled[booking] = "told"
            self.ledger.count("cancelled on pages of clients")

    def _page(self) -> str:
        """The path of the client's page in a random mail; empty if there is none."""
        tokens = [arrival.link_token for arrival in list(self.people.mail_server.arrived) if arrival.is_to_client]
        token = self.choose.choice(tokens) if tokens else ""
        return f"/booking/{token}/" if token else ""

    def _checked(self, page: Page) -> Page:
        self.ledger.count("pages")
        if page.status != HTTPStatus.OK:
            self.ledger.complain(f"{self.name}: {page.path} answered {page.status}")
        return page


def _booking_of(path: str) -> int:
    """The key of the booking whose page has this path."""
    return Seat.objects.get(public_id=links.public_id_of(path.split("/")[2])).booking_id
