"""What the workers run for the activity. Names are stored in the database: they change only with the schedules."""

from __future__ import annotations

from django.utils import timezone

from practice.models import Activity


def prune_activity() -> None:
    """Daily: delete what is a year old, and forget addresses after two weeks."""
    Activity.objects.prune(timezone.now())
