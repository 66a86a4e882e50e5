"""What every page for staff starts with: somebody who is signed in and may use it, and the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from practice import roles
from practice.models import User
from practice.roles import Action
from practice.second_factor.required import lead_to_set_up
from practice.sign_in.expired_session import ask_to_sign_in

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and may do what the page is for; `now` is the time of the request."""

    user: User
    htmx: HtmxDetails
    now: datetime


Page = Callable[Concatenate[StaffRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def staff_page(action: Action = Action.WORK, *, before_set_up: bool = False) -> Callable[[Page[P]], View[P]]:
    """Decorate a view for people who are signed in and may do `action`; the clock is read here, once.

    Whoever must set up a second factor first is led there, unless the page is for that (`before_set_up`). Browsers do
    not store the answers: the next person at the computer could go back to them.
    """

    def decorate(view: Page[P]) -> View[P]:
        @never_cache
        @wraps(view)
        def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated or not request.user.is_active:
                return ask_to_sign_in(request)
            staff = cast(StaffRequest, request)
            roles.require(staff.user, action)
            if staff.user.must_set_up_second_factor and not before_set_up:
                return lead_to_set_up(request)
            staff.now = timezone.now()
            return view(staff, *args, **kwargs)

        return cast("View[P]", wrapped)

    return decorate
