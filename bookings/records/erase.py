"""Erase a client: their rows at once, their events as soon as the calendars can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from bookings import clients
from bookings.actions.checks.preconditions import Refused
from bookings.links import new_public_id
from bookings.models import (
    Booking,
    BookingChange,
    Client,
    ClientChange,
    Hold,
    LinkedEvent,
    LinkRequest,
    Mail,
    Proposal,
    Seat,
    booking_lock,
)
from bookings.notifications.mails.asked_links import recipient_key
from bookings.records import erased_log, traces
from practice.activity.journal import note
from practice.models import Activity, Practice, User


@dataclass(frozen=True, slots=True)
class Erased:
    """The number of the client, and how many of their events still have to be made nameless."""

    client: int
    events: int


def erase_client(client: Client, *, now: datetime, actor: User | None = None) -> Erased:
    """Rewrite everything that says who the client is, and queue their events, past ones too. Raises Refused.

    Bookings stay, without a name; an upcoming one still takes its time, and nobody is told any more about it.
    """
    # Anybody may be booking them at this moment, so the whole practice waits; erasing is rare.
    with booking_lock(User.objects.all(), now):
        client = Client.objects.select_for_update().get(pk=client.pk)
        if client.erased_at:
            raise Refused(_("This client has been erased already."))
        clients.lock_names([client.name])
        words, instead = traces.words_of(client), _instead(client)
        placements = LinkedEvent.objects.filter(booking__seats__client=client)
        traces.blank_events(placements.select_related("booking"), now)
        _blank_bookings(client)
        _blank_client(client, instead, now)
        traces.replace_in_sentences(words, instead)
        _forget_requests(words)
        traces.blank_holds(words)
        traces.delete_sessions(words)
        traces.delete_tasks(words)
        placements.update(agreed_text=b"", error_params={})
        events = placements.erase()
        note(Activity.Kind.ERASED, now, actor=actor, client=client.pk)
        _append_to_log(client.erasure_key, now)
        transaction.on_commit(partial(async_task, "bookings.tasks.settle_erasure"))
    return Erased(client.pk, events)


def _instead(client: Client) -> str:
    """What the client is called from then on, by all, so in the language of the practice."""
    with translation.override(Practice.current().language or settings.LANGUAGE_CODE):
        return _("Erased client %(number)s") % {"number": client.pk}


def _blank_bookings(client: Client) -> None:
    """Keep of what was booked only what was when, with whom, and what became of it."""
    bookings = Booking.objects.filter(seats__client=client)
    seats = Seat.objects.filter(client=client)
    Mail.objects.filter(seat__in=seats).delete()
    BookingChange.objects.filter(booking__in=bookings).update(reason="")
    Proposal.objects.filter(booking__in=bookings).update(reason="", untitled_reason="")
    Hold.objects.filter(booking__in=bookings).delete()
    for seat in seats:  # their links die
        seats.filter(pk=seat.pk).update(public_id=new_public_id())
    seats.update(note="", answers={}, email="", phone="", email_key="", language="", time_zone="", reminders=None)
    Booking.objects.filter(pk__in=list(bookings.values_list("pk", flat=True))).update(note="")


def _blank_client(client: Client, instead: str, now: datetime) -> None:
    ClientChange.objects.filter(client=client).delete()
    client.name, client.erased_at, client.scrub_due = instead, now, True
    for field in ("email", "phone", "language", "time_zone", "note"):
        setattr(client, field, "")
    client.save()


def _forget_requests(words: list[str]) -> None:
    """Delete the requests for links that were made for one of these addresses."""
    keys = [recipient_key(word) for word in words if "@" in word]
    LinkRequest.objects.filter(recipient_key__in=keys).delete()


def _append_to_log(erasure_key: str, now: datetime) -> None:
    """Last before the commit, so that whoever is in the list was erased, but for a crash at this very moment."""
    try:
        erased_log.append(erasure_key, now)
    except OSError as error:
        raise Refused(_("erased.log cannot be written: %(reason)s. Nobody was erased.") % {"reason": error}) from error
