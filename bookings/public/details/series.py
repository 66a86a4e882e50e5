"""The form about a series: all its dates, others for those that have gone, and booking all or none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from bookings import actions
from bookings.models import Booking, Hold
from bookings.notifications.mails.appointment import clock_zone
from bookings.openings.series.rows import Row, Times, chosen_rows
from bookings.public.page import PREFILL, PublicRequest, kept_query
from bookings.public.people import people_of
from bookings.public.problem import Problem
from bookings.public.series.starts import SHOWN_AGAIN, chosen_starts
from bookings.public.series.wish import wish_of, with_wish
from bookings.public.series.words import gone_words
from bookings.public.times.choice import Search
from practice import time_format


def held_together(hold: Hold) -> list[Hold]:
    """What is kept together with the hold; nothing for one that is not part of a series."""
    group = list(Hold.objects.group_of(hold))
    return group if len(group) > 1 else []


def book_held(
    request: PublicRequest, holds: list[Hold], client: actions.ClientDetails, seat: actions.SeatDetails
) -> Booking:
    """Book the series; its first appointment. Raises NotOpen, Refused."""
    first = holds[0]
    series = actions.book_series(
        service=first.chosen_service,
        staff=first.staff,
        starts=_starts(holds),
        client=client,
        now=request.now,
        seat=seat,
        wish=wish_of(request, _search(request, first)),
        hold=first,
    )
    return series.bookings.with_details().order_by("start").first() or series.bookings.get()


def series_context(request: PublicRequest, holds: list[Hold], problem: Problem | None) -> dict[str, Any]:
    """What the form shows of the series; in the active zone."""
    first = holds[0]
    address = reverse("public:series", args=[first.service.slug])
    query = with_wish(request, kept_query(request, **{PREFILL: None}))
    rows = _rows(request, first, holds) if problem is Problem.TIME else []
    return {
        "dates": [time_format.full_day_and_clocks((one.start, one.end)) for one in holds],
        "rows": rows,
        "alert": gone_words(rows) if rows else "",
        "person": first.staff,
        "hold_id": first.public_id,
        "series_url": address,
        "wish_query": query,
        "change_url": f"{address}{query}{'&' if query else '?'}{SHOWN_AGAIN}=yes",
    }


def _rows(request: PublicRequest, first: Hold, holds: list[Hold]) -> list[Row]:
    """The times that were chosen last with others for those that have gone; nothing if all are open again."""
    starts = chosen_starts(request) or _starts(holds)
    zone = clock_zone(first.service, request.practice, first.time_zone)
    rows = chosen_rows(Times(first.chosen_service, first.staff, zone, request.now, first), starts)
    return rows if any(row.gone for row in rows) or starts != _starts(holds) else []


def _starts(holds: list[Hold]) -> list[datetime]:
    return [one.start for one in holds]


def _search(request: PublicRequest, hold: Hold) -> Search:
    zone = clock_zone(hold.service, request.practice, hold.time_zone)
    return Search(hold.chosen_service, people_of(hold.service), zone, request.now)
