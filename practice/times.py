"""Reading points in time that people and programs write, and writing ISO 8601. For people: practice.time_format."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

YEARS = range(1970, 2200)  # years that Kalends accepts: everything computed from them can still be represented
_TOO_FAR = gettext_lazy("Choose a date nearer to today.")
DAYS = (
    MinValueValidator(date(YEARS[0], 1, 1), _TOO_FAR),
    MaxValueValidator(date(YEARS[-1], 12, 31), _TOO_FAR),
)
"""Validators of a field for a day: the same rule as for points in time."""


def parse_instant(text: str) -> datetime:
    """The moment that ISO 8601 `text` names, in UTC.

    Raises ValueError with a sentence if it is no time, has no offset, or is too far from today.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            _("“%(text)s” is not a time. Write it like 2026-12-01T10:00:00+01:00.") % {"text": text}
        ) from None
    if moment.tzinfo is None:
        raise ValueError(
            _("“%(text)s” has no time zone. Add one, like 2026-12-01T10:00:00+01:00 or …Z.") % {"text": text}
        )
    if moment.year not in YEARS:
        raise ValueError(_("“%(text)s” is too far from today.") % {"text": text})
    return moment.astimezone(UTC)


def is_whole_minute(moment: datetime) -> bool:
    """Can people read the moment on a clock without seconds?"""
    return moment.second == moment.microsecond == 0


def iso(moment: datetime | None) -> str | None:
    """The moment as ISO 8601 UTC with Z, as all JSON of Kalends gives it."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
