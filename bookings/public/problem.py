"""Why a page is shown again: a form that changed nothing is answered with an address that says no more than this.

So pages are answers to a GET, and neither Back nor loading them again sends anything a second time.
"""

from __future__ import annotations

from enum import StrEnum

from django.http import HttpRequest

QUERY = "problem"


class Problem(StrEnum):
    """Why the page is shown again."""

    FIELDS = "fields"  # something typed is missing or wrong
    TIME = "time"  # the time has gone
    UNCHECKED = "unchecked"  # the form was too old, or filled in as no person fills it in
    UNPROVEN = "unproven"  # the browser proved nothing, and no e-mail address can be confirmed instead
    REFUSED = "refused"  # it cannot be done online


def problem_of(request: HttpRequest) -> Problem | None:
    """What the address says."""
    try:
        return Problem(request.GET.get(QUERY, ""))
    except ValueError:
        return None
