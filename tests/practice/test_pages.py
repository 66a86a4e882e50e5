"""What the templates of all pages use."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from connections.models import CalendarConfiguration
from practice.models import Practice, User
from practice.templatetags.pages import dot, moment, own_zone
from tests.factories import NOW, UserFactory
from tests.pages import links, texts

PAGE = "/calendars/settings/connections/new/"


def test_a_moment_has_both_halves_in_the_active_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Kathmandu")):
        assert moment(NOW - timedelta(hours=2), NOW) == (
            '<time datetime="2026-11-30T11:45:00+05:45">2 hours ago '
            '<span class="moment">Mon 30 Nov, 11:45</span></time>'
        )
    assert moment(None, NOW) == "—"


@pytest.mark.parametrize("color", ["", "red", "#fff", "#FF9500FF", '"><script>', "#FF9500\n"])
def test_what_is_no_colour_is_grey(color: str) -> None:
    assert 'fill="#8A8F9C"' in dot(color)


@pytest.mark.django_db
def test_the_zone_of_a_page_is_its_readers_or_that_of_the_practice() -> None:
    Practice.objects.create(time_zone="Asia/Tokyo")
    without = User.objects.create_user("no-configuration")
    assert own_zone(UserFactory()) == ZoneInfo("Europe/Berlin")
    assert own_zone(without) == ZoneInfo("Asia/Tokyo")
    assert own_zone(AnonymousUser()) == ZoneInfo("UTC")
    assert own_zone("") == ZoneInfo("UTC")
    assert CalendarConfiguration.objects.filter(user=without).count() == 0


@pytest.mark.django_db
def test_the_navigation_says_where_one_is(client: Client) -> None:
    client.force_login(UserFactory())
    page = client.get(PAGE)
    assert links(page, "//nav[@aria-label='Main']//a") == [
        ("Calendars", "/calendars/"),
        ("Bookings", "/bookings/"),
        ("Proposals", "/bookings/proposals/"),
        ("Clients", "/clients/"),
        ("Calendar Settings", "/calendars/settings/configuration/"),
    ]
    assert texts(page, "//nav[@aria-label='Main']//a[@aria-current='page']") == ["Calendar Settings"]
    assert links(page, "//a[@class='skip']") == [("Skip to the content", "#main")]
