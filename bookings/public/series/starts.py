"""The times that a client chose for a series, as forms and addresses carry them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest

from bookings.openings.series.forms import MOST_DATES
from bookings.public.page import MAX_ASKED, asked
from practice.times import parse_instant

FIELD = "start"
PERSON = "person"
"""With whom the times are, while the wish may be for anybody."""
SHOWN_AGAIN = "again"
"""In a form that is only to be shown again, with everything that was typed."""


def is_shown_again(request: HttpRequest) -> bool:
    return bool(asked(request, SHOWN_AGAIN))


def texts_of_starts(request: HttpRequest) -> list[str]:
    """The times as they were sent; those that are left out are empty, and not among them."""
    source = request.POST if FIELD in request.POST else request.GET
    return [text[:MAX_ASKED] for text in source.getlist(FIELD) if text][:MOST_DATES]


def chosen_starts(request: HttpRequest) -> list[datetime]:
    """The times; what is no time is left out."""
    starts = []
    for text in texts_of_starts(request):
        with suppress(ValueError):
            starts.append(parse_instant(text))
    return starts
