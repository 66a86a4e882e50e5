"""What every page of a staff member starts with: who, when, and in which zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from connections.models import CalendarConfiguration
from practice.models import User

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and can be booked."""

    user: User
    htmx: HtmxDetails
    now: datetime
    zone: ZoneInfo
    configuration: CalendarConfiguration


Page = Callable[Concatenate[StaffRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def staff_page(view: Page[P]) -> View[P]:
    """A page for people who are signed in, in the zone they chose; the clock is read here, once."""
    guarded = login_required(_prepared(view))

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_htmx(request) and not request.user.is_authenticated:
            # A part of a page that outlived its session: the whole page must ask to sign in, not the part.
            return HttpResponseClientRefresh()
        return guarded(request, *args, **kwargs)

    return cast("View[P]", wrapped)


def _prepared(view: Page[P]) -> View[P]:
    def prepared(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        staff = cast(StaffRequest, request)
        staff.now = timezone.now()
        staff.configuration = _configuration(staff.user)
        staff.zone = staff.configuration.zone
        with timezone.override(staff.zone):
            return view(staff, *args, **kwargs)

    return cast("View[P]", prepared)


def is_htmx(request: HttpRequest) -> bool:
    return bool(cast(StaffRequest, request).htmx)


def _configuration(user: User) -> CalendarConfiguration:
    """The user's configuration; somebody made with Django's own tools gets one at the first page."""
    if not hasattr(user, "calendar_configuration"):
        CalendarConfiguration.objects.get_or_create(user=user)
    return user.calendar_configuration
