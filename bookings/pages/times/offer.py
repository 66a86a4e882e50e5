"""The times of a day, to choose from: the part that making and moving a booking share."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from bookings.actions import Refused
from bookings.pages.times.day import DayOpenings
from bookings.pages.times.forms import TimeForm
from connections.calendar_page import CalendarRequest
from connections.freshness import freshness


def offer(
    request: CalendarRequest, page: str, form: TimeForm, found: DayOpenings, refusal: Refused | None, **more: Any
) -> HttpResponse:
    """The page or, for htmx, the day's times alone; after a refusal with its sentence and what could be done.

    `asked`, a form, says why the day that was asked for is not shown.
    """
    asked: Form = more["asked"]
    context = more | {"form": form, "found": found, "refusal": refusal, "chosen": form.data.get("opening", "")}
    context["asked"] = asked["date"] if "date" in asked.data else None
    context["freshness"] = freshness(request.user, now=request.now)
    partial = request.htmx and request.htmx.target == "times"
    return render(request, "bookings/times/_times.html" if partial else page, context)
