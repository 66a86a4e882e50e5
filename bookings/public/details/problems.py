"""The form shown again: what was typed is kept with the hold, and the address says only what has to be put right.

So the form is always the answer to a GET, and neither Back nor loading the page again sends anything a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bookings.models import Hold
from bookings.public.page import PublicRequest, kept_query, private

QUERY = "problem"


class Problem(StrEnum):
    """Why the form is shown again."""

    FIELDS = "fields"  # something typed is missing or wrong
    TIME = "time"  # the time has gone
    UNCHECKED = "unchecked"  # the form was too old, or filled in as no person fills it in
    REFUSED = "refused"  # it cannot be booked online


def to_details(
    request: PublicRequest, hold: Hold, *, typed: Mapping[str, str], problem: Problem | None = None
) -> HttpResponse:
    """Keep what was typed, and send the browser to the form."""
    hold.keep_typed(typed)
    address = reverse("public:details", args=[hold.service.slug, hold.public_id])
    query = kept_query(request, **{QUERY: problem})
    return private(HttpResponseRedirect(f"{address}{query}", status=303))


def problem_of(request: PublicRequest) -> Problem | None:
    """What the address of the form says about it."""
    try:
        return Problem(request.GET.get(QUERY, ""))
    except ValueError:
        return None
