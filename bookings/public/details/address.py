"""The way to the form: what was typed is kept with the hold, because no address may carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bookings.models import Hold
from bookings.public.page import PREFILL, PublicRequest, kept_query, private
from bookings.public.problem import QUERY, Problem
from bookings.public.series.wish import with_wish


def to_details(
    request: PublicRequest,
    hold: Hold,
    *,
    typed: Mapping[str, str],
    problem: Problem | None = None,
    starts: Sequence[str] = (),
) -> HttpResponse:
    """Keep what was typed, and send the browser to the form; for a series with what is wished.

    `starts` are the times that were chosen for a series and could not be kept.
    """
    hold.keep_typed(typed)
    address = reverse("public:details", args=[hold.service.slug, hold.public_id])
    query = with_wish(request, kept_query(request, **{QUERY: problem, PREFILL: None}), starts)
    return private(HttpResponseRedirect(f"{address}{query}", status=303))
