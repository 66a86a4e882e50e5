"""The page of the activity, for owners."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from practice.models import Activity
from practice.roles import Action
from practice.staff_page import StaffRequest, staff_page

PER_PAGE = 50


@staff_page(Action.SEE_ACTIVITY)
def activity(request: StaffRequest) -> HttpResponse:
    """What was done by whom, the latest first."""
    rows = Activity.objects.select_related("actor", "user")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "practice/activity.html", {"page": page})
