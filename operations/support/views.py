"""The page Support, and the download of the bundle for owners and for the admin."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from operations.account_check.results import load_results
from operations.support.bundle import bundle
from practice.roles import Action
from practice.staff_page import StaffRequest, staff_page


@staff_page(Action.MANAGE_PRACTICE)
def support(request: StaffRequest) -> HttpResponse:
    """What the bundle has and what not, and the button."""
    return render(request, "operations/support.html", {"checks": len(load_results())})


@require_POST
@staff_page(Action.MANAGE_PRACTICE)
def download(request: StaffRequest) -> HttpResponse:
    """The ZIP, for an owner."""
    return _zip(request.now)


@require_POST
def download_as_support(request: HttpRequest) -> HttpResponse:
    """The ZIP, for somebody who may use the admin."""
    return _zip(timezone.now())


def _zip(now: datetime) -> HttpResponse:
    answer = HttpResponse(bundle(now), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="kalends-support-{now:%Y%m%d-%H%M}.zip"'
    return answer
