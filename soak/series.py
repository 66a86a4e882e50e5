"""The part of the audit about series: each was booked as a whole, for one client."""

from __future__ import annotations

from bookings.models import Series
from soak.findings import Findings


def audit_series(found: Findings) -> None:
    """Every series has as many bookings as it was made with. They may have been moved or cancelled since."""
    for series in Series.objects.prefetch_related("bookings__seats"):
        found.looked_at["series"] += 1
        bookings = series.bookings.all()
        if len(bookings) != series.count:
            missing = found.lost if len(bookings) < series.count else found.doubled
            missing.append(f"series {series.pk} was made with {series.count} bookings and has {len(bookings)}")
        if len({booking.client.pk for booking in bookings}) != 1:
            found.wrong.append(f"series {series.pk} is of several clients")
