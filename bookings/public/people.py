"""The people who can be booked, as clients know them."""

from __future__ import annotations

from collections.abc import Iterable

from bookings.models import Service
from bookings.notifications.mails.appointment import public_name
from practice.models import FormerSlug, User

ANYBODY = "any"


def people_of(service: Service) -> list[User]:
    """Who offers the service, by name."""
    return sorted(service.staff.filter(is_active=True), key=lambda user: (public_name(user).casefold(), user.pk))


def person_among(people: Iterable[User], slug: str) -> User | None:
    """The one person whom the client asked for, also by a slug that they had formerly; None for anybody."""
    named = next((user for user in people if user.slug == slug), None)
    if named or slug == ANYBODY or not slug.isprintable():
        return named
    former = FormerSlug.objects.filter(slug=slug).values_list("user", flat=True).first() if slug else None
    return next((user for user in people if user.pk == former), None)
