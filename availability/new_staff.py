"""What everybody who can be booked has from the start: a calendar configuration and office hours."""

from __future__ import annotations

from datetime import time

from django.db import transaction

from availability.models import write_week
from connections.models import CalendarConfiguration
from practice.models import User

NINE_TO_FIVE = time(9), time(17)
MONDAY_TO_FRIDAY = range(5)


@transaction.atomic
def create_staff(user: User, configuration: CalendarConfiguration) -> None:
    """Save a new user who can be booked."""
    user.save()
    _give(user, configuration)


@transaction.atomic
def make_bookable(user: User) -> None:
    """Give a user who is saved what they need to be booked, in the practice's zone, unless they have it."""
    if not CalendarConfiguration.objects.filter(user=user).exists():
        _give(user, CalendarConfiguration())


def _give(user: User, configuration: CalendarConfiguration) -> None:
    configuration.user = user
    configuration.save()
    write_week(user, [(weekday, NINE_TO_FIVE) for weekday in MONDAY_TO_FRIDAY])
