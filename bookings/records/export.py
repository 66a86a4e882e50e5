"""Everything that is kept of a client, to be given to them: a ZIP with JSON for programs and a page for people."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.contacts.phones import display_phone
from bookings.models import BookingChange, Client, ClientChange, Mail, Seat
from practice import time_format
from practice.activity.journal import note
from practice.models import Activity, Practice, User
from practice.times import iso

JSON_NAME = "client.json"
PAGE_NAME = "client.html"


def export_client(client: Client, *, now: datetime, actor: User | None = None) -> bytes:
    """The ZIP, and a line in the activity that it was made. Raises Refused for an erased client."""
    if client.erased_at:
        raise Refused(_("This client has been erased."))
    data = client_data(client, now)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(JSON_NAME, json.dumps(data, indent=2, ensure_ascii=False))
        archive.writestr(PAGE_NAME, _page(client, now))
    note(Activity.Kind.EXPORTED, now, actor=actor, client=client.pk)
    return written.getvalue()


def client_data(client: Client, now: datetime) -> dict[str, Any]:
    """All that is kept of a client, as JSON represents it. Times are in UTC."""
    seats = _seats(client)
    return {
        "exported": iso(now),
        "client": {
            "number": client.pk,
            **{field: getattr(client, field) for field in ("name", "email", "phone", "language", "time_zone", "note")},
            "entered": iso(client.created_at),
        },
        "bookings": [_booking_data(seat) for seat in seats],
        "mails": [_mail_data(mail) for mail in _mails(client)],
        "changes": [_change_data(change) for change in client.changes.order_by("pk")],
    }


def _seats(client: Client) -> list[Seat]:
    seats = Seat.objects.filter(client=client).select_related("booking__service", "booking__staff")
    return list(seats.prefetch_related("booking__changes").order_by("booking__start", "pk"))


def _mails(client: Client) -> Iterator[Mail]:
    yield from Mail.objects.to_clients().filter(seat__client=client).with_details().order_by("pk")


def _booking_data(seat: Seat) -> dict[str, Any]:
    booking = seat.booking
    return {
        "number": booking.pk,
        "series": booking.series_id,
        "service": booking.service.name,
        "with": _name(booking.staff),
        "start": iso(booking.start),
        "end": iso(booking.end),
        "location": booking.location,
        "status": booking.status,
        "outcome": seat.outcome,
        "note": booking.note,
        "note_of_client": seat.note,
        "answers": seat.answers,
        "questions": seat.asked,
        "language": seat.language,
        "time_zone": seat.time_zone,
        "reminders": seat.reminders,
        "history": [_history_data(change) for change in sorted(booking.changes.all(), key=lambda one: one.pk)],
    }


def _history_data(change: BookingChange) -> dict[str, Any]:
    return {
        "at": iso(change.at),
        "what": change.kind,
        "by": change.source,
        "reason": change.reason,
        "start": iso(change.new_start),
        "end": iso(change.new_end),
    }


def _mail_data(mail: Mail) -> dict[str, Any]:
    return {
        "booking": mail.seat.booking_id,
        "kind": mail.kind,
        "to": mail.recipient,
        "state": mail.state,
        "due": iso(mail.due_at),
        "sent": iso(mail.sent_at),
    }


def _change_data(change: ClientChange) -> dict[str, Any]:
    return {"at": iso(change.at), "what": change.kind, "before": change.before, "after": change.after}


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()


def _page(client: Client, now: datetime) -> str:
    """The same for people, in the client's language and on the clock that they read."""
    practice = Practice.current()
    zone = client.time_zone or practice.time_zone
    with translation.override(client.language or practice.language or settings.LANGUAGE_CODE), timezone.override(zone):
        context = {
            "client": client,
            "phone": display_phone(client.phone, practice.country),
            "practice": practice,
            "zone": zone,
            "now": now,
            "seats": [(seat, _when(seat)) for seat in _seats(client)],
            "mails": list(_mails(client)),
            "changes": client.changes.order_by("pk"),
        }
        return render_to_string("public/records/export.html", context)


def _when(seat: Seat) -> str:
    return time_format.day_and_clocks((seat.booking.start, seat.booking.end))
