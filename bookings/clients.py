"""Clients: the same person is one client, however often and with whichever staff member they book.

The same name and the same e-mail address or phone number, however written, are the same client.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet

from bookings.contacts import phones, written
from bookings.models import Client, ClientChange
from practice.activity.journal import note
from practice.models import Activity, Practice, User

CONTACT = ("name", "email", "phone")
"""The fields by which a client is known and reached."""


_ACTIVITY = {
    ClientChange.Kind.CHANGED: Activity.Kind.CONTACT_CHANGED,
    ClientChange.Kind.MERGED: Activity.Kind.MERGED,
}


def contact_of(client: Client) -> dict[str, str]:
    """Who a client is, as a change keeps it."""
    return {field: getattr(client, field) for field in CONTACT}


def tidy_contact(name: str, email: str, phone: str) -> tuple[str, str, str]:
    """What was typed as it is kept. Raises ValueError with a sentence for a phone number that cannot be read."""
    number = phones.parse_phone(phone, Practice.current().country)
    return written.tidy_name(name), written.tidy_email(email), number


def client_of(
    name: str, email: str, phone: str, *, now: datetime, actor: User | None = None, is_from_public: bool = False
) -> Client:
    """The client with these details (as `tidy_contact` gives them), made now if there is none.

    An address or a number that the client did not have is added, unless anybody may have typed it (`is_from_public`).
    What is not added and one that differs are noted but not taken over, because they would send another booking's mails
    elsewhere. Call it inside a transaction: until that ends nobody else makes a client of that name, whichever staff
    member they book.
    """
    lock_names([name])
    known = _known(name, email, phone)
    if known is None:
        return Client.objects.create(name=name, email=email, phone=phone)
    _take_over(known, differing(known, email, phone), now=now, actor=actor, may_add=not is_from_public)
    return known


def lock_names(names: Iterable[str]) -> None:
    """Until the transaction ends nobody else makes or merges a client of one of these names.

    On SQLite every transaction has the write lock anyway.
    """
    if connection.vendor == "postgresql":
        digests = {hashlib.sha256(written.name_key(name).encode()).digest()[:8] for name in names}
        with connection.cursor() as cursor:
            for digest in sorted(digests):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])


def _known(name: str, email: str, phone: str) -> Client | None:
    """The client of that name with the address or the number; the one with both first, then the one with the address.

    Who gave neither is the client of whom neither is known.
    """
    same_name = Client.objects.known().select_for_update().filter(name_key=written.name_key(name))
    key = written.email_key(email)
    if not key and not phone:
        return same_name.filter(email_key="", phone="").order_by("pk").first()
    same = same_name.filter(Q(email_key=key) & ~Q(email_key="") | Q(phone=phone) & ~Q(phone=""))
    return min(same, key=lambda one: (one.email_key != key, one.phone != phone, one.pk), default=None)


def differing(client: Client, email: str, phone: str) -> dict[str, str]:
    """What was typed and is not what the client has: the fields with the typed values."""
    typed = {"email": email, "phone": phone}
    return {field: value for field, value in typed.items() if value and not same_value(client, field, value)}


def _take_over(client: Client, typed: dict[str, str], *, now: datetime, actor: User | None, may_add: bool) -> None:
    """Add what the client did not have, and note what differs from what they have."""
    before = {field: getattr(client, field) for field in typed}
    added = {field: value for field, value in typed.items() if may_add and not before[field]}
    if added:
        complete(client, added)
        record(client, ClientChange.Kind.CHANGED, dict.fromkeys(added, ""), added, now=now, actor=actor)
    if other := {field: value for field, value in typed.items() if field not in added}:
        kept = {field: before[field] for field in other}
        record(client, ClientChange.Kind.NOT_TAKEN, kept, other, now=now, actor=actor)


def complete(client: Client, values: dict[str, str]) -> None:
    """Store values of fields that the client did not have."""
    for field, value in values.items():
        setattr(client, field, value)
    client.save(update_fields=values.keys())


def same_value(client: Client, field: str, value: str) -> bool:
    """Is it what the client has in that field, apart from how an address is written?"""
    return client.email_key == written.email_key(value) if field == "email" else bool(getattr(client, field) == value)


def record(
    client: Client,
    kind: ClientChange.Kind,
    before: dict[str, str],
    after: dict[str, str],
    *,
    now: datetime,
    actor: User | None,
) -> ClientChange:
    """Write down what was changed about a client, in the activity without the values."""
    if kind in _ACTIVITY:
        note(_ACTIVITY[kind], now, actor=actor, client=client.pk, detail=", ".join(after))
    return ClientChange.objects.create(client=client, kind=kind, before=before, after=after, at=now, actor=actor)


def possible_duplicates(client: Client) -> QuerySet[Client]:
    """Other clients with the same name, address or number, with how many bookings they have."""
    same = Q(name_key=client.name_key)
    if client.email_key:
        same |= Q(email_key=client.email_key)
    if client.phone:
        same |= Q(phone=client.phone)
    others = Client.objects.known().filter(same).exclude(pk=client.pk)
    return others.annotate(times=Count("seats", distinct=True)).order_by("name", "pk")
