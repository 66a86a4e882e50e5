"""The events in somebody's accounts that say who comes."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from bookings.models import LinkedEvent, LinkedEventQuerySet, Seat
from practice.models import User


def named_events(user: User) -> LinkedEventQuerySet:
    """Events in the user's accounts, past ones too, that Kalends wrote for clients who were not erased."""
    known = Seat.objects.filter(booking=OuterRef("booking"), client__erased_at=None)
    return LinkedEvent.objects.filter(Exists(known), calendar__connection__user=user, removed_at=None)
