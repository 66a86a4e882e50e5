"""The page Team: who works here, what they do, and how their calendars are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from practice.models import Invitation, User
from practice.team.invitations import invite
from practice.team.links import invitation_address
from tests.factories import (
    NOW,
    BookingFactory,
    CalendarFactory,
    ConnectionFactory,
    ServiceFactory,
    UserFactory,
)
from tests.pages import links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PAGE = "/team/"
HOUR = timedelta(hours=1)
FORMER = "//section[@aria-labelledby='former-title']//a"


def rows(client: Client) -> list[list[str]]:
    """The table of people, without what can be done with them."""
    page = client.get(PAGE)
    heads = texts(page, "//tbody/tr/th")
    return [[head, *texts(page, f"(//tbody/tr)[{number}]/td")[:4]] for number, head in enumerate(heads, start=1)]


def calendars_of(client: Client, user: User) -> list[str]:
    """What the page says of somebody's calendars."""
    row = f"//tbody/tr[.//a[@href='/team/{user.pk}/role/']]"
    return texts(client.get(PAGE), f"{row}/td[@data-label='Calendars']//p")


def test_whoever_works_alone_is_asked_one_thing(client: Client, olga: User) -> None:
    page = client.get(PAGE)
    assert texts(page, "//main//p") == ["Work with others? Invite them."]
    assert links(page, "//main//a") == [("Invite somebody", "/team/invite/")]


def test_an_open_invitation_shows_the_whole_page(client: Client, olga: User) -> None:
    invite("mara@example.com", "staff", by=olga, now=NOW)
    assert [row[0] for row in rows(client)] == ["Olga Winter you olga@example.com"]


def test_everybody_has_a_row(client: Client, olga: User) -> None:
    mara = UserFactory.create(username="mara", first_name="Mara", last_login=NOW - 3 * HOUR)
    UserFactory.create(username="fred", first_name="Fred", role="front_desk", configuration=None)
    UserFactory.create(username="sue", first_name="Sue", role="", is_staff=True, email="", configuration=None)
    UserFactory.create(username="zoe", first_name="Zoe", role="", configuration=None)
    ServiceFactory.create(name="Massage", staff=[mara])
    ServiceFactory.create(name="Yoga", staff=[mara])
    just_now = "just now Mon 30 Nov, 09:00"
    assert rows(client) == [
        ["Fred fred@example.com", "Front desk", "—", "—", "never"],
        [
            "Mara mara@example.com",
            "Staff",
            "Massage, Yoga",
            "No calendar is connected.",
            "3 hours ago Mon 30 Nov, 06:00",
        ],
        ["Olga Winter you olga@example.com", "Owner", "—", "No calendar is connected.", just_now],
        ["Sue", "Support", "—", "—", "never"],
        ["Zoe zoe@example.com", "No role", "—", "—", "never"],
    ]


def test_who_was_deactivated_stands_apart(client: Client, olga: User) -> None:
    UserFactory.create(first_name="Ida", is_active=False, last_login=NOW - 72 * HOUR)
    page = client.get(PAGE)
    assert [row[0] for row in rows(client)] == ["Olga Winter you olga@example.com"]
    assert texts(page, "//section[@aria-labelledby='former-title']//li/p") == [
        "Ida Staff · last sign-in: 3 days ago Fri 27 Nov, 09:00"
    ]
    ida = User.objects.get(first_name="Ida")
    assert [path for _words, path in links(page, FORMER)] == [f"/team/{ida.pk}/reactivate/"]


def test_what_waits_for_somebody_deactivated_is_said_and_leads_to_their_page(client: Client, olga: User) -> None:
    ida = UserFactory.create(first_name="Ida", last_name="Berg", is_active=False)
    BookingFactory.create(staff=ida)
    page = client.get(PAGE)
    assert texts(page, "//section[@aria-labelledby='former-title']//li//li") == [
        "1 upcoming booking with Ida Berg is still to be decided."
    ]
    assert [path for _words, path in links(page, FORMER)] == [
        f"/team/{ida.pk}/deactivate/",
        f"/team/{ida.pk}/reactivate/",
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "iCloud is connected."),
        ({"polled_at": None}, "iCloud: Not read yet"),
        ({"error_code": "unauthorized", "needs_attention": True}, "iCloud refuses Mara’s password since 08:05."),
        (
            {"error_code": "password_unreadable", "needs_attention": True},
            "The password that is stored for Mara cannot be read since 08:05.",
        ),
        ({"error_code": "unavailable"}, "iCloud has not answered since 08:05."),
        ({"error_code": "throttled"}, "iCloud has not answered since 08:05."),
        ({"needs_attention": True}, "iCloud refuses Mara’s password since 08:59."),
        ({"error_code": "calendar_withdrawn"}, "A calendar of iCloud has been missing since 08:05."),
        ({"error_code": "bug"}, "The calendars could not be read completely since 08:05."),
        (
            {"error_code": "unavailable", "failing_since": NOW - 48 * HOUR},
            "iCloud has not answered since Sat 28 Nov 2026, 09:00.",
        ),
        (
            {
                "error_code": "unauthorized",
                "needs_attention": True,
                "provider": "caldav",
                "url": "https://dav.example.org/",
            },
            "dav.example.org refuses Mara’s password since 08:05.",
        ),
        ({"provider": "ics"}, "Calendar by web address is connected."),
        (
            {"error_code": "unavailable", "provider": "ics"},
            "A calendar by web address of Mara has not answered since 08:05.",
        ),
        (
            {"error_code": "unauthorized", "needs_attention": True, "provider": "ics"},
            "A calendar by web address of Mara cannot be read since 08:05.",
        ),
    ],
)
def test_the_calendars_of_a_colleague_are_one_sentence(
    client: Client, olga: User, values: dict[str, Any], sentence: str
) -> None:
    mara = UserFactory.create(username="mara", first_name="Mara")
    since = {"failing_since": NOW - timedelta(minutes=55)} if "error_code" in values else {}
    ConnectionFactory.create(user=mara, username="secret-apple-id@icloud.com", **since | values)
    assert calendars_of(client, mara) == [sentence]
    assert "secret-apple-id" not in client.get(PAGE).content.decode()


def test_a_calendar_that_has_gone_is_said(client: Client, olga: User) -> None:
    mara = UserFactory.create(first_name="Mara")
    CalendarFactory.create(connection__user=mara, error_code="calendar_gone", gone_at=NOW - HOUR)
    assert calendars_of(client, mara) == ["A calendar of iCloud has been missing since 08:00."]


def test_whoever_has_not_chosen_calendars_yet_is_named(client: Client, olga: User) -> None:
    mara = UserFactory.create(first_name="Mara", configuration__saved_at=None)
    ConnectionFactory.create(user=mara)
    assert calendars_of(client, mara) == [
        "iCloud is connected.",
        "No calendars are chosen yet, so no times can be booked.",
    ]


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(PAGE).status_code == 200
    return len(counted)


def work_with(count: int, olga: User) -> None:
    """So many colleagues, each with two services and an account in trouble, and an invitation for each."""
    services = [ServiceFactory.create(), ServiceFactory.create()]
    for number in range(count):
        person = UserFactory.create()
        for service in services:
            service.staff.add(person)
        CalendarFactory.create(connection__user=person, connection__error_code="unavailable")
        UserFactory.create(is_active=False)
        invite(f"{person.username}-{number}@example.net", "staff", by=olga, now=NOW)


def test_a_hundred_people_cost_no_more_queries_than_ten(client: Client, olga: User) -> None:
    work_with(10, olga)
    few = queries(client)
    work_with(90, olga)
    assert (queries(client), len(rows(client))) == (few, 101)


def test_owners_find_the_page_in_the_menu(client: Client, olga: User) -> None:
    menu = "//details[@class='menu']//a[@href='/team/']"
    assert links(client.get("/account/"), menu) == [("Team", "/team/")]
    client.force_login(UserFactory.create())
    assert links(client.get("/account/"), menu) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "The e-mail is on its way. Staff · the link works until Mon 7 Dec 2026, 09:00 · invited by Olga Winter"),
        ({"mail_state": "sent"}, "Staff · the link works until Mon 7 Dec 2026, 09:00 · invited by Olga Winter"),
        (
            {"expires_at": NOW, "mail_state": "sent"},
            "expired Staff · the link worked until Mon 30 Nov 2026, 09:00 · invited by Olga Winter",
        ),
        ({"mail_state": "sent", "invited_by": None}, "Staff · the link works until Mon 7 Dec 2026, 09:00"),
    ],
)
def test_who_is_invited_is_listed(client: Client, olga: User, values: dict[str, Any], words: str) -> None:
    invite("mara@example.com", "staff", by=olga, now=NOW)
    Invitation.objects.update(**values)
    assert texts(client.get(PAGE), "//section[@aria-labelledby='invited-title']//li/p") == [f"mara@example.com {words}"]


@pytest.mark.parametrize("state", ["by_hand", "failed"])
def test_where_no_e_mail_brings_the_link_the_page_has_it(client: Client, olga: User, state: str) -> None:
    invitation = invite("mara@example.com", "staff", by=olga, now=NOW)
    shown = "//section[@aria-labelledby='invited-title']//*[@class='code']"
    assert texts(client.get(PAGE), shown) == []
    Invitation.objects.update(mail_state=state)
    assert texts(client.get(PAGE), shown) == [invitation_address(invitation)]
