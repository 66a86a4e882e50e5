"""What every page has: navigation, notices, moments in the reader's zone; and pages for what goes wrong."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from practice.models import User
from practice.templatetags.pages import dot, moment, own_zone, relative
from tests.factories import NOW, PASSWORD, CalendarFactory, ConnectionFactory, UserFactory
from tests.pages import find, links, texts

PAGE = "/calendars/settings/connections/new/"
NOTICES = "//*[contains(@class, 'notice')]"


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=59), "in a moment"),
        (timedelta(seconds=-60), "1 minute ago"),
        (timedelta(minutes=-59, seconds=-59), "59 minutes ago"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(hours=-23, minutes=-59), "23 hours ago"),
        (timedelta(days=2, hours=5), "in 2 days"),
    ],
)
def test_a_moment_is_said_in_one_unit(offset: timedelta, said: str) -> None:
    assert relative(NOW + offset, NOW) == said


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
def test_the_zone_of_a_page_is_its_readers() -> None:
    assert own_zone(UserFactory()) == ZoneInfo("Europe/Berlin")
    assert own_zone(User.objects.create_user("no-configuration")) == ZoneInfo("UTC")
    assert own_zone(AnonymousUser()) == ZoneInfo("UTC")
    assert own_zone("") == ZoneInfo("UTC")


@pytest.mark.django_db
def test_the_navigation_says_where_one_is(client: Client) -> None:
    client.force_login(UserFactory())
    page = client.get(PAGE)
    assert links(page, "//nav[@aria-label='Main']//a") == [
        ("Calendar", "/calendars/"),
        ("Bookings", "/bookings/"),
        ("Proposals", "/bookings/proposals/"),
        ("Clients", "/clients/"),
        ("Settings", "/calendars/settings/configuration/"),
    ]
    assert texts(page, "//nav[@aria-label='Main']//a[@aria-current='page']") == ["Settings"]
    assert links(page, "//a[@class='skip']") == [("Skip to the content", "#main")]


@pytest.mark.django_db
def test_the_settings_have_their_tabs(client: Client) -> None:
    client.force_login(UserFactory())
    assert links(client.get("/calendars/settings/connections/"), "//nav[@aria-label='Calendar Settings']//a") == [
        ("Calendar Configuration", "/calendars/settings/configuration/"),
        ("Connections", "/calendars/settings/connections/"),
        ("Events", "/calendars/settings/events/"),
        ("Availability", "/calendars/settings/availability/"),
        ("Services", "/calendars/settings/services/"),
    ]


@pytest.mark.django_db
def test_until_calendars_are_chosen_every_page_says_so(client: Client) -> None:
    connection = ConnectionFactory(user=UserFactory(configuration__saved_at=None))
    CalendarFactory(connection=connection, asked_about=False)
    client.force_login(connection.user)
    assert texts(client.get(PAGE), NOTICES) == [
        "Choose which calendars block your time. Until then nobody can book you. Choose calendars"
    ]


@pytest.mark.django_db
def test_a_new_calendar_and_a_broken_connection_stand_on_every_page(client: Client) -> None:
    connection = ConnectionFactory(username="anna@icloud.com", needs_attention=True)
    new = CalendarFactory(connection=connection, name="Kids <3", asked_about=False)
    CalendarFactory(name="Somebody else’s", asked_about=False)
    ConnectionFactory(needs_attention=True)
    client.force_login(connection.user)
    page = client.get(PAGE)
    assert [text.split(":")[0] for text in texts(page, NOTICES)] == [
        "iCloud · anna@icloud.com can no longer be read. Bookings cannot be added to it, and new events there are "
        "not seen. Reconnect iCloud · anna@icloud.com",
        "New calendar Kids <3",
    ]
    assert texts(page, f"{NOTICES}//em") == ["Kids <3"]
    question = f"{NOTICES}//form[@action='/calendars/settings/configuration/new/{new.pk}/']//button"
    assert [(button.get("name"), button.get("value")) for button in find(page, question)] == [
        ("blocks", "yes"),
        ("blocks", "no"),
    ]


@pytest.mark.django_db
def test_no_page_carries_an_inline_style_or_script(client: Client) -> None:
    client.force_login(ConnectionFactory().user)
    for path in (PAGE, "/calendars/settings/connections/", f"{PAGE}icloud/"):
        page = client.get(path)
        assert find(page, "//@style | //style | //script[not(@src)] | //@onclick") == []


@pytest.mark.django_db
def test_signing_in_and_out(client: Client) -> None:
    user = UserFactory(username="anna")
    page = client.get("/accounts/login/")
    assert texts(page, "//label") == ["Username", "Password"]
    refused = client.post("/accounts/login/", {"username": "anna", "password": "wrong"})
    assert texts(refused, "//*[@role='alert']") == [
        "Please enter a correct username and password. Note that both fields may be case-sensitive."
    ]
    signed_in = client.post("/accounts/login/", {"username": "anna", "password": PASSWORD})
    assert signed_in.headers["Location"] == "/calendars/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert texts(client.get(PAGE), "//*[contains(@class, 'menu')]/summary") == ["Anna"]
    assert client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_ten_wrong_passwords_close_the_door_for_a_while(client: Client) -> None:
    UserFactory(username="anna")
    wrong = {"username": "anna", "password": "wrong"}
    for _ in range(9):
        client.post("/accounts/login/", wrong)
    locked = client.post("/accounts/login/", wrong)
    assert (locked.status_code, texts(locked, "//h1")) == (429, ["Too many attempts"])
    assert client.post("/accounts/login/", {**wrong, "password": PASSWORD}).status_code == 429


@pytest.mark.django_db
def test_what_is_not_there_has_a_page_with_a_way_back(client: Client) -> None:
    client.force_login(UserFactory())
    page = client.get("/nowhere/")
    assert (page.status_code, texts(page, "//h1")) == (404, ["There is nothing here"])
    assert links(page, "//main//a") == [("To your calendar", "/")]


@pytest.mark.django_db
def test_a_form_without_its_token_changes_nothing_and_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post("/accounts/login/", {"username": "anna", "password": PASSWORD})
    assert (page.status_code, texts(page, "//h1")) == (403, ["Nothing was changed: please try again"])
