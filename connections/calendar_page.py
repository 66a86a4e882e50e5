"""A page for staff that shows times: in the zone of whoever looks at it, with what they decided about calendars."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone

from connections.models import CalendarConfiguration
from practice.roles import Action
from practice.staff_page import StaffRequest, View, staff_page

P = ParamSpec("P")


class CalendarRequest(StaffRequest):
    """A staff request with the person's configuration, unsaved defaults where there is none, and their zone."""

    zone: ZoneInfo
    configuration: CalendarConfiguration


Page = Callable[Concatenate[CalendarRequest, P], HttpResponse]


def calendar_page(action: Action = Action.WORK) -> Callable[[Page[P]], View[P]]:
    """Decorate a view like `staff_page`; it runs in the person's zone."""

    def decorate(view: Page[P]) -> View[P]:
        def prepared(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            calendar = cast(CalendarRequest, request)
            calendar.configuration = CalendarConfiguration.of(request.user)
            calendar.zone = calendar.configuration.zone
            with timezone.override(calendar.zone):
                return view(calendar, *args, **kwargs)

        update_wrapper(prepared, view)
        return staff_page(action)(prepared)

    return decorate
