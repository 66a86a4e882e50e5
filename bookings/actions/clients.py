"""Change who a client is and how they are reached, and make one client of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from bookings import clients
from bookings.actions.checks.preconditions import Refused
from bookings.models import Booking, Client, ClientChange, Seat, booking_lock
from bookings.push import placements
from practice.models import User

Kind = ClientChange.Kind
COMPLETED = (*clients.CONTACT[1:], "language", "time_zone")
"""What a client who is kept takes over from the others where they have nothing."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The client who stays, who was merged into them, and how many bookings moved."""

    client: Client
    merged: list[int]
    bookings: int


def change_client(client: Client, *, now: datetime, actor: User | None = None) -> None:
    """Store `client` as it was edited. What changed of its contact data is recorded, and the former address is told."""
    booked = Booking.objects.filter(seats__client=client, end__gt=now).live()
    with booking_lock(booked.values("staff"), now):
        stored = Client.objects.select_for_update().get(pk=client.pk)
        client.save()
        before, after = clients.contact_of(stored), clients.contact_of(client)
        changed = [field for field in clients.CONTACT if before[field] != after[field]]
        if not changed:
            return
        values = [{field: one[field] for field in changed} for one in (before, after)]
        change = clients.record(client, Kind.CHANGED, *values, now=now, actor=actor)
        _reach_as_stored(client, changed)
        _tell_former_address(change, stored, client)
        placements.reword_client(client, now)


def _reach_as_stored(client: Client, changed: Sequence[str]) -> None:
    """Staff have said how the client is reached, so what was typed for single appointments counts no longer."""
    own = {field: "" for field in ("email", "phone") if field in changed}
    if "email" in own:
        own["email_key"] = ""
    if own:
        Seat.objects.filter(client=client).update(**own)


def merge_clients(keep: Client, others: Sequence[Client], *, now: datetime, actor: User | None = None) -> Merged:
    """Make one client of several: bookings and history move to `keep`, who takes over what they did not have.

    Who the others were stays in the history, and an address that gets no more mails is told. Raises Refused.
    """
    # Anybody may be booking one of them at this moment, so the whole practice waits; merging is rare.
    with booking_lock(User.objects.all(), now):
        clients.lock_names([keep.name, *(one.name for one in others)])
        keep, *merged = _locked([keep, *others])
        _complete_from(keep, merged)
        moved = sum(_move_to(keep, other, now=now, actor=actor) for other in merged)
        keys = [one.pk for one in merged]
        Client.objects.filter(pk__in=keys).delete()
        placements.reword_client(keep, now)
    return Merged(keep, keys, moved)


def _locked(asked: Sequence[Client]) -> list[Client]:
    """The clients as they are stored now, each once, in the same order."""
    keys = list(dict.fromkeys(one.pk for one in asked))
    rows = Client.objects.select_for_update().order_by("pk").in_bulk(keys)
    if len(keys) < 2:
        raise Refused(_("Choose another client to merge."))
    if len(rows) < len(keys):
        raise Refused(_("Somebody else has just merged one of these clients. Look again."))
    if any(client.erased_at for client in rows.values()):
        raise Refused(_("An erased client cannot be merged."))
    return [rows[key] for key in keys]


def _complete_from(keep: Client, others: Sequence[Client]) -> None:
    """Give `keep` what they do not have, from the first of the others who has it, and the notes of all."""
    missing = [field for field in COMPLETED if not getattr(keep, field)]
    found = {field: next(filter(None, (getattr(one, field) for one in others)), "") for field in missing}
    if notes := [one.note for one in others if one.note]:
        found["note"] = "\n".join(filter(None, [keep.note, *notes]))
    if any(found.values()):
        clients.complete(keep, found)


def _move_to(keep: Client, other: Client, *, now: datetime, actor: User | None) -> int:
    """Move the bookings and the history of one client to another, and record it; how many bookings."""
    ClientChange.objects.filter(client=other).update(client=keep)
    before, after = clients.contact_of(other), clients.contact_of(keep)
    change = clients.record(keep, Kind.MERGED, before, after, now=now, actor=actor)
    _tell_former_address(change, other, keep)
    return Seat.objects.filter(client=other).update(client=keep)


def _tell_former_address(change: ClientChange, before: Client, after: Client) -> None:
    """Let a worker mail the address that was replaced, if it is another one and not only written otherwise."""
    if not before.email or before.email_key == after.email_key:
        return
    change.mail_due_at = change.at
    change.save(update_fields=["mail_due_at"])
    transaction.on_commit(partial(async_task, "bookings.tasks.tell_former_addresses"))
