"""Which clients the person signed in may see, and what they may do with them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from bookings.contacts.phones import searched_digits
from bookings.models import Booking, Client, ClientQuerySet, Mail
from bookings.pages import search
from practice.models import User
from practice.roles import Action, may


def may_keep_records(user: User) -> bool:
    """May the user merge, export and erase any client?"""
    return may(user, Action.MANAGE_PRACTICE)


def clients_of(user: User) -> ClientQuerySet:
    """Clients who have booked with the user."""
    return Client.objects.filter(pk__in=Client.objects.filter(seats__booking__staff=user).values("pk"))


def visible_clients(user: User) -> ClientQuerySet:
    """Those whom the user may look at: all, or those who have booked with them."""
    return Client.objects.all() if may_keep_records(user) else clients_of(user)


def visible_bookings(client: Client, user: User) -> QuerySet[Booking]:
    """What the client has booked, as far as the user may see it."""
    bookings = Booking.objects.filter(seats__client=client).with_details()
    return bookings if may_keep_records(user) else bookings.filter(staff=user)


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
