"""What forms of all pages share."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The data for a form: what was posted, even if it is empty; None for a GET."""
    return request.POST if request.method == "POST" else None
