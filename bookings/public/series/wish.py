"""The wish for a series, which stays in the addresses of the pages until the series is booked.

A form that carries what was typed sends another wish itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from bookings.openings.series.forms import WishForm
from bookings.openings.series.pattern import Wish
from bookings.public.page import MAX_ASKED
from bookings.public.times.choice import Search

MAX_DAYS = 7


def is_sent(request: HttpRequest) -> bool:
    """Does a form send another wish than its address has?"""
    return "count" in request.POST


def is_wished(request: HttpRequest) -> bool:
    """Does the request say what is wished?"""
    return "count" in _said(request)


def _said(request: HttpRequest) -> QueryDict:
    return request.POST if is_sent(request) else request.GET


def wish_form(request: HttpRequest, search: Search) -> WishForm:
    """The form, filled in with what the request says."""
    return WishForm(
        _said(request) if is_wished(request) else None,
        initial={"frequency": "weekly", "first": search.today},
        most=search.service.max_in_series,
        today=search.today,
        last_day=search.last_day,
        zone=search.zone,
    )


def wish_of(request: HttpRequest, search: Search) -> Wish | None:
    """What is wished; None if the request says nothing that counts."""
    form = wish_form(request, search)
    return form.whole_wish if is_wished(request) and form.is_valid() else None


def with_wish(request: HttpRequest, query: str, starts: Sequence[str] = ()) -> str:
    """The query of a link with the wish of this request, and with the times that were chosen."""
    said, names = _said(request), WishForm.field_order
    pairs = [(name, value[:MAX_ASKED]) for name in names for value in said.getlist(name)[:MAX_DAYS]]
    pairs += [("start", start[:MAX_ASKED]) for start in starts]
    more = urlencode(pairs)
    return f"{query}{'&' if query else '?'}{more}" if more else query
