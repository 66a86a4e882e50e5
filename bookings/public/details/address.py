"""The way to the form: what was typed is kept with the hold, because no address may carry it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bookings.models import Hold
from bookings.public.page import PREFILL, PublicRequest, kept_query, private
from bookings.public.problem import QUERY, Problem


def to_details(
    request: PublicRequest, hold: Hold, *, typed: Mapping[str, str], problem: Problem | None = None
) -> HttpResponse:
    """Keep what was typed, and send the browser to the form."""
    hold.keep_typed(typed)
    address = reverse("public:details", args=[hold.service.slug, hold.public_id])
    query = kept_query(request, **{QUERY: problem, PREFILL: None})
    return private(HttpResponseRedirect(f"{address}{query}", status=303))
