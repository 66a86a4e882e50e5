"""Parts of pages that follow what happens elsewhere, without a reload and without disturbing the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from connections.calendar_page import CalendarRequest

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')  # differs each time it is written


def live(
    request: CalendarRequest, page: str, part: str, context: dict[str, Any], query: Mapping[str, str] | None = None
) -> HttpResponse:
    """The page with its live part or, for the part's own polling, the part alone.

    The polling asks for the same address, with `query` added: what the page was by a choice that may change meanwhile.

    The part tells which version it is. While that is still the current one the answer is 204, so that the browser
    leaves everything in place: focus, selection, scrolling.
    """
    polled = request.htmx and request.htmx.target == "live"
    body = render_to_string(part, context, request)
    version = blake2b(_CSRF.sub("", body).encode(), digest_size=8).hexdigest()
    if polled and request.GET.get("seen") == version:
        return HttpResponse(status=204)
    context = context | {"live_part": SafeString(body), "live_url": _address(request, version, query or {})}
    return render(request, "bookings/_live.html" if polled else page, context)


def _address(request: CalendarRequest, version: str, added: Mapping[str, str]) -> str:
    query = request.GET.copy()
    for name, value in (dict(added) | {"seen": version}).items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"
