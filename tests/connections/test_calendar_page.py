"""A page that shows times: in the zone of whoever looks at it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import CalendarConfiguration
from practice.models import Practice, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@calendar_page()
def show(request: CalendarRequest, name: str) -> HttpResponse:
    """What a page has to work with."""
    assert timezone.get_current_timezone() == request.zone
    return HttpResponse(f"{name} {request.zone.key} {request.configuration.pk}")


def shown(user: User) -> str:
    request = RequestFactory().get("/")
    request.user, request.htmx = user, HtmxDetails(request)  # type: ignore[attr-defined]
    return show(request, "Anna").content.decode()


def test_a_page_runs_in_the_zone_that_the_person_chose() -> None:
    user = UserFactory(configuration__time_zone="Asia/Tokyo")
    assert shown(user) == f"Anna Asia/Tokyo {CalendarConfiguration.objects.get().pk}"
    assert timezone.get_current_timezone() == ZoneInfo("UTC")


def test_for_somebody_without_configuration_it_runs_in_the_practices_zone_and_stores_nothing() -> None:
    Practice.objects.create(time_zone="Europe/Berlin")
    assert shown(UserFactory(configuration=None)) == "Anna Europe/Berlin None"
    assert CalendarConfiguration.objects.count() == 0
