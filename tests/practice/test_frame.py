"""What every page has around its content, and the pages for what goes wrong."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import PASSWORD, CalendarFactory, ConnectionFactory, FeedFactory, UserFactory
from tests.pages import find, links, texts

PAGE = "/calendars/settings/connections/new/"
NOTICES = "//*[contains(@class, 'notice')]"


@pytest.mark.django_db
def test_the_settings_have_their_tabs(client: Client) -> None:
    client.force_login(UserFactory())
    assert links(client.get("/calendars/settings/connections/"), "//nav[@aria-label='Calendar Settings']//a") == [
        ("Calendar Configuration", "/calendars/settings/configuration/"),
        ("Connections", "/calendars/settings/connections/"),
        ("Events", "/calendars/settings/events/"),
        ("Availability", "/calendars/settings/availability/"),
        ("Time off", "/calendars/settings/closures/"),
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
def test_a_calendar_by_web_address_that_is_refused_is_called_by_its_name(client: Client) -> None:
    feed = FeedFactory(name="Club", connection__needs_attention=True, connection__error_code="unauthorized")
    client.force_login(feed.connection.user)
    [text] = texts(client.get(PAGE), NOTICES)
    assert text.startswith("Club can no longer be read, so new events there are not seen. Reconnect")


@pytest.mark.django_db
def test_no_page_carries_an_inline_style_or_script(client: Client) -> None:
    client.force_login(ConnectionFactory().user)
    for path in (PAGE, "/calendars/settings/connections/", f"{PAGE}icloud/"):
        page = client.get(path)
        assert find(page, "//@style | //style | //script[not(@src)] | //@onclick") == []


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
