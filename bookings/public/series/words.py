"""What clients read about times of a series that are not open any more, and about those that cannot be kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from bookings import actions
from bookings.actions.series.starts import check_starts
from bookings.models import Service
from bookings.openings.series.rows import Row


def gone_words(rows: Sequence[Row]) -> str:
    """What a client reads some of whose times were taken by somebody else."""
    if all(row.chosen for row in rows):
        return _("Some of these times have gone. The nearest are proposed instead.")
    return _("Some of these times have gone, and for some no other is free within a week.")


def refusal_of(service: Service, starts: Sequence[datetime], now: datetime) -> str:
    """Why these times cannot be kept: there are too few or too many, or one is there twice; otherwise in general."""
    try:
        check_starts(service, starts, now)
    except actions.Refused as refused:
        return str(refused)
    return _("These times could not be kept for you. Please try again in some minutes, or call us.")
