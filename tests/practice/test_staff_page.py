"""What every page for staff starts with."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from practice.models import User
from tests.factories import NOW, ConnectionFactory, UserFactory
from tests.pages import texts

pytestmark = pytest.mark.django_db
CONNECTIONS = "/calendars/settings/connections/"
AVAILABILITY = "/calendars/settings/availability/"


def status(client: Client, url: str) -> int:
    return client.get(url).status_code


@pytest.mark.parametrize("role", [User.Role.OWNER, User.Role.STAFF])
def test_owners_and_staff_have_connections_and_hours(client: Client, role: User.Role) -> None:
    client.force_login(UserFactory(role=role))
    assert [status(client, url) for url in (CONNECTIONS, AVAILABILITY, "/bookings/")] == [200, 200, 200]


def test_the_front_desk_handles_bookings_and_has_neither_connections_nor_hours(client: Client) -> None:
    client.force_login(UserFactory(role=User.Role.FRONT_DESK))
    assert [status(client, url) for url in (CONNECTIONS, AVAILABILITY, "/bookings/")] == [403, 403, 200]
    assert texts(client.get(CONNECTIONS), "//h1") == ["You are not allowed to do this"]


def test_somebody_who_was_deactivated_is_signed_out(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(CONNECTIONS).headers["Location"] == f"/accounts/login/?next={CONNECTIONS}"


def test_the_clock_is_read_once_a_request(client: Client) -> None:
    connection = ConnectionFactory()
    client.force_login(connection.user)
    with time_machine.travel(NOW, tick=False):
        answer = client.post(f"{CONNECTIONS}{connection.pk}/sync/")
    assert answer.headers["Location"] == f"{CONNECTIONS}{connection.pk}/?asked={int(NOW.timestamp())}"


def test_browsers_do_not_store_pages_for_staff(client: Client) -> None:
    client.force_login(UserFactory())
    kept = [
        client.get(url).headers["Cache-Control"] for url in (CONNECTIONS, AVAILABILITY, "/bookings/", "/calendars/")
    ]
    assert kept == ["max-age=0, no-cache, no-store, must-revalidate, private"] * 4


def test_static_files_and_refused_hosts_have_the_policy_too(client: Client) -> None:
    answers = [client.get("/static/app.js"), client.get("/accounts/login/", headers={"Host": "elsewhere.example"})]
    assert [answer.status_code for answer in answers] == [200, 400]
    policies = {answer.headers["Content-Security-Policy"] for answer in answers}
    assert policies == {client.get("/accounts/login/").headers["Content-Security-Policy"]}
