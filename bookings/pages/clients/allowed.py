"""Which clients the person signed in may see, and what of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from bookings.contacts.phones import searched_digits
from bookings.models import Booking, BookingQuerySet, Client, ClientQuerySet, Mail
from bookings.pages import search
from practice.models import User
from practice.roles import Action, allowed


def visible_clients(user: User) -> ClientQuerySet:
    """Those whom the user may look at: all, or those who have booked with them."""
    clients = allowed(user, Action.SEE_CLIENTS, Client.objects.all(), owner="seats__booking__staff")
    return Client.objects.filter(pk__in=clients.values("pk"))


def visible_bookings(client: Client, user: User) -> BookingQuerySet:
    """What the client has booked, as far as the user may see it."""
    bookings = Booking.objects.filter(seats__client=client).with_details()
    return allowed(user, Action.SEE_BOOKINGS, bookings, owner="staff")


def next_bookings(clients: Collection[Client], user: User, now: datetime) -> dict[int, Booking]:
    """By key of the client: the first appointment to come that the user may see; none for who has none."""
    coming = Booking.objects.live().filter(seats__client__in=clients, end__gt=now).with_details()
    found: dict[int, Booking] = {}
    for booking in allowed(user, Action.SEE_BOOKINGS, coming, owner="staff").order_by("start", "pk"):
        found.setdefault(booking.client.pk, booking)
    return found


def visible_mails(client: Client, user: User) -> QuerySet[Mail]:
    """What the client was or will be mailed about those bookings, the latest first."""
    bookings = visible_bookings(client, user).values("pk")
    mails = Mail.objects.to_clients().filter(seat__client=client, seat__booking__in=bookings)
    return mails.exclude(state=Mail.State.DROPPED).with_details().select_related("told_by").order_by("-pk")


def matches(query: str) -> Q:
    """Clients by name, address or number; a number is found however it is written."""
    words = search.contains(query, "name", "email", "phone")
    digits = searched_digits(query)
    return words | Q(phone__contains=digits) if digits else words
