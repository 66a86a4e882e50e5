"""The part of the audit about mails: each arrived once, and the calendars of clients agree with Kalends and iCloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Booking, Mail, Seat
from bookings.notifications.mails.delivery import INTERRUPTED
from soak.claims import named
from soak.findings import Findings
from soak.ledger import Span
from soak.mails.arrival import Arrival
from soak.mails.calendars import Spans, client_calendars

State = Mail.State
MAX_ARRIVALS = 2  # of one mail: it is repeated once if its worker was killed between acceptance and note


@dataclass
class MailAudit:
    """Compares the mails that have arrived, and the calendars that they made, with Kalends and iCloud.

    `in_icloud` gives the time of a booking's event; None where staff are still asked about it.
    """

    arrived: Sequence[Arrival]
    in_icloud: Callable[[Booking], Span | None]
    now: datetime
    found: Findings

    def run(self) -> None:
        """Compare everything."""
        self._arrivals()
        calendars = client_calendars(self.arrived, self.found)
        for address, seats in _seats_by_address().items():
            for name, spans in calendars.pop(address, {"without mails": {}}).items():
                self._calendar(f"the calendar of {address} ({name})", seats, spans)
        for address in calendars:
            self.found.wrong.append(f"{address} got an appointment, but is no client")

    # --- mails ----------------------------------------------------------------------------------------------------

    def _arrivals(self) -> None:
        """Every mail that was sent has arrived, and none that nobody wrote."""
        by_id: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in self.arrived:
            if arrival.is_to_client:
                self.found.looked_at["mails to clients"] += 1
                by_id[arrival.message_id].append(arrival)
        rows: dict[str, list[Mail]] = defaultdict(list)
        for mail in Mail.objects.to_clients().exclude(recipient="").with_details():
            rows[mail.message_id].append(mail)
        for message_id, mails in rows.items():
            self._message(mails, by_id.pop(message_id, []))
        for message_id, arrivals in by_id.items():
            self.found.wrong.append(f"nobody wrote the mail {message_id} to {arrivals[0].recipient}")

    def _message(self, mails: list[Mail], arrivals: list[Arrival]) -> None:
        """The rows of one message, which tells of one appointment or of several."""
        for mail in mails:
            self._mail(mail, arrivals)
        if len(arrivals) > 1:
            self._repeated(mails, arrivals)

    def _mail(self, mail: Mail, arrivals: list[Arrival]) -> None:
        if mail.state == State.DUE or (mail.state == State.SENT and not arrivals):
            self.found.lost.append(f"{_what(mail)} has not arrived")
        elif mail.state == State.FAILED and mail.error_code != INTERRUPTED:
            self.found.wrong.append(f"{_what(mail)} has failed: {mail.error_code}")

    def _repeated(self, mails: list[Mail], arrivals: list[Arrival]) -> None:
        """A mail is repeated once at most, only if it was tried again, and with the same calendar parts.

        What was told together with others may be true no more when it is repeated, and is left out then.
        """
        self.found.looked_at["mails that arrived twice"] += 1
        attempts = max(mail.attempts for mail in mails)
        if len(arrivals) > min(MAX_ARRIVALS, attempts):
            times = f"{len(arrivals)} times in {attempts} attempts"
            self.found.doubled.append(f"{_what(mails[0])} arrived {times}")
        for mail in mails:
            parts = {arrival.parts_about(mail.uid) for arrival in arrivals}
            if len(parts if mail.state == State.SENT else parts - {()}) > 1:
                self.found.wrong.append(f"{_what(mail)} was repeated with another calendar part")

    # --- calendars ------------------------------------------------------------------------------------------------

    def _calendar(self, calendar: str, seats: Iterable[Seat], spans: Spans) -> None:
        """The calendar has exactly the confirmed bookings of its client, as far as the client was told by mail."""
        self.found.looked_at["calendars of clients"] += 1
        left = dict(spans)
        for seat in seats:
            span = left.pop(seat.uid, None)
            if self._is_to_be_called(seat):
                continue
            if seat.booking.status == Booking.Status.CONFIRMED:
                self._appointment(seat.booking, calendar, span)
            elif span:
                self.found.wrong.append(f"{named(seat.booking)} is {seat.booking.status}, but is in {calendar}")
        for uid, (start, _end) in left.items():
            self.found.wrong.append(f"{uid}, {start:%d.%m. %H:%M} UTC, is in {calendar}, but belongs to no booking")

    def _appointment(self, booking: Booking, calendar: str, span: Span | None) -> None:
        """The client's calendar, Kalends and iCloud have the same time."""
        self.found.looked_at["appointments of clients"] += 1
        in_icloud = self.in_icloud(booking)
        if span is None:
            self.found.lost.append(f"{named(booking)} is missing in {calendar}")
        elif span != (booking.start, booking.end):
            self.found.wrong.append(f"{named(booking)} is at {_words(span)} in {calendar}")
        elif in_icloud and in_icloud != span:
            self.found.wrong.append(f"{named(booking)} is at {_words(in_icloud)} in iCloud, unlike {calendar}")

    def _is_to_be_called(self, seat: Seat) -> bool:
        """Was the latest news given up because its workers were killed, so that staff must call the client?"""
        latest = seat.mails.news().exclude(state=State.DROPPED).last()
        if latest is None or latest.state != State.FAILED:
            return False
        self.found.looked_at["clients to call"] += 1
        if not Mail.objects.to_call(self.now).filter(pk=latest.pk).exists():
            self.found.lost.append(f"{named(seat.booking)} was not told, and nobody calls")
        return True


def _what(mail: Mail) -> str:
    return f"the mail {mail.pk} ({mail.kind}, {mail.state}) to {mail.recipient}"


def _seats_by_address() -> dict[str, list[Seat]]:
    """All seats whose clients have an e-mail address."""
    seats: dict[str, list[Seat]] = defaultdict(list)
    for seat in Seat.objects.exclude(client__email="").select_related("booking__staff"):
        seats[seat.client.email].append(seat)
    return seats


def _words(span: Span) -> str:
    return f"{span[0]:%d.%m. %H:%M} – {span[1]:%H:%M} UTC"
