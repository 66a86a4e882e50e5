"""The people whose time somebody may work with, and what that reader may be told of it."""

from __future__ import annotations

from django.db.models import QuerySet

from bookings.models import Service
from bookings.openings.explain import ToldTo
from practice.models import User
from practice.roles import Action, allowed


def bookable_people(reader: User) -> QuerySet[User]:
    """Those with whom the reader may make bookings: they can sign in and offer a service that can be booked."""
    offering = User.objects.filter(is_active=True, services__in=Service.objects.bookable()).distinct()
    return allowed(reader, Action.HANDLE_BOOKINGS, offering, owner="pk").order_by("first_name", "last_name", "pk")


def told_to(reader: User, person: User) -> ToldTo:
    """What the reader of a page may be told of the person's time."""
    return ToldTo.OWNER if reader == person else ToldTo.COLLEAGUE


def asked_person(reader: User, asked: str) -> User | None:
    """The person asked for by key, if the reader may make bookings with them.

    Without a key, or with that of somebody else: the reader, or the first of the people if the reader offers nothing.
    """
    people = list(bookable_people(reader))
    named = next((person for person in people if str(person.pk) == asked), None)
    return named or next((person for person in people if person == reader), next(iter(people), None))
