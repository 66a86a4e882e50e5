"""The people whose time somebody may work with, and what that reader may be told of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from bookings.models import Service
from bookings.openings.reasons import ToldTo
from practice.models import User
from practice.roles import Action, Reach, allowed, may, reach

BY_NAME = ("first_name", "last_name", "pk")


def bookable_roles() -> QuerySet[User]:
    """Those who can sign in and may be booked: owners and staff."""
    roles = Q(role__in=(User.Role.OWNER, User.Role.STAFF)) | Q(is_superuser=True)
    return User.objects.filter(roles, is_active=True)


def people_with_a_week(reader: User) -> QuerySet[User]:
    """Those whose week the reader may see: staff see their own, and that of colleagues who show it."""
    at_work = bookable_roles().filter(calendar_configuration__isnull=False)
    within = allowed(reader, Action.SEE_WEEK, at_work, owner="pk")
    if reach(reader, Action.SEE_WEEK) is Reach.OWN:
        within |= at_work.filter(calendar_configuration__shown_to_colleagues=True)
    return within.select_related("calendar_configuration").order_by(*BY_NAME)


def bookable_people(reader: User) -> QuerySet[User]:
    """Those with whom the reader may make bookings: they can sign in and offer a service that can be booked."""
    offering = User.objects.filter(is_active=True, services__in=Service.objects.bookable()).distinct()
    return allowed(reader, Action.HANDLE_BOOKINGS, offering, owner="pk").order_by(*BY_NAME)


def told_to(reader: User, person: User) -> ToldTo:
    """What the reader of a page may be told of the person's time."""
    return ToldTo.OWNER if reader == person else ToldTo.COLLEAGUE


def asked_person(reader: User, asked: str) -> User | None:
    """The person with that key, if the reader may make bookings with them.

    Without a key the reader, or the first of the people if the reader offers nothing. None if there is nobody.
    """
    people = list(bookable_people(reader))
    if asked:
        return next((person for person in people if str(person.pk) == asked), None)
    return next((person for person in people if person == reader), next(iter(people), None))


def week_person(reader: User, asked: str) -> User | None:
    """The person with that key, if the reader may see their week; without a key the reader, if they have a week.

    None if there is nobody, or the reader may not see the week.
    """
    if asked:
        return people_with_a_week(reader).filter(pk=int(asked)).first() if is_key(asked) else None
    return reader if may(reader, Action.MANAGE_OWN_CALENDAR) else None


def is_key(text: str) -> bool:
    """Can the text be the key of a row?"""
    return text.isdecimal() and len(text) < 19
