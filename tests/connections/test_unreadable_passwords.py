"""FERNET_KEYS that decrypt no stored password: the connections need a person, and nothing else breaks."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.urls import reverse

from connections import accounts
from connections.models import Connection
from connections.problems import Problem
from connections.sync import poll
from connections.sync.run import sync_connection
from tests.connections.engine import World
from tests.connections.keys import Use
from tests.factories import APP_PASSWORD, ConnectionFactory
from tests.feed_server import FeedServer
from tests.shell import ask

SENTENCE = (
    "The stored password cannot be read with the FERNET_KEYS of this server. Put the old key back and sync, or "
    "reconnect with a new app-specific password."
)


@pytest.fixture
def lost(world: World, keys: Use) -> World:
    """The key that encrypted the password of Anna's account is not among FERNET_KEYS any more."""
    keys("another")
    return world


def stored() -> bytes:
    with database.cursor() as cursor:
        cursor.execute("SELECT password FROM connections_connection")
        return bytes(cursor.fetchone()[0])


def test_the_connection_needs_a_person_and_nothing_is_sent(lost: World) -> None:
    report = lost.sync()
    assert (lost.asked(), report.error and report.error.sentence) == ([], SENTENCE)
    row = lost.connection
    assert (row.needs_attention, row.error_code, row.next_sync_at) == (True, "password_unreadable", None)


@pytest.mark.parametrize("way", ["poll", "refresh"])
def test_it_is_noticed_by_a_poll_and_before_a_booking_too(lost: World, way: str) -> None:
    if way == "poll":
        lost.poll()
    else:
        poll.refresh(lost.user.pk, lost.now + timedelta(minutes=5), seconds=4)
    assert (lost.asked(), lost.connection.error_code) == ([], "password_unreadable")


@pytest.mark.parametrize("way", ["sync", "refresh"])
def test_a_web_address_that_cannot_be_read_is_noticed_and_keeps_nothing_else_back(
    world: World, feed_server: FeedServer, keys: Use, way: str
) -> None:
    feed = accounts.connect_feed(world.user, address=feed_server.address, now=world.now)
    feed_server.statuses.clear()
    keys("another")
    later = world.now + timedelta(hours=2)
    if way == "sync":
        sync_connection(feed.pk, now=later)
    else:
        poll.refresh(world.user.pk, later, seconds=4)
    feed.refresh_from_db()
    assert (feed.error_code, feed.needs_attention, feed.lease_until) == ("password_unreadable", True, None)
    assert (feed.about(Problem(feed.error_code)).sentence, feed_server.statuses) == (
        "The stored web address cannot be read with the FERNET_KEYS of this server. Put the old key back and sync, or "
        "enter the address again under Reconnect.",
        {},
    )
    assert world.connection.lease_until is None


def test_commands_say_it(lost: World) -> None:
    now = lost.now + timedelta(hours=1)
    synced = ask("sync_calendars", now=now)
    assert (synced.code, synced.error, [row["error"] for row in synced.json]) == (1, SENTENCE, [SENTENCE])
    assert ask("check_connections", now=now).json[0]["error"] == SENTENCE
    assert ask("reencrypt_passwords", now=now).code == 1


def test_what_is_saved_keeps_the_password_as_it_is_and_the_old_key_reads_it_again(lost: World, keys: Use) -> None:
    before = stored()
    lost.connection.save()
    assert stored() == before
    lost.sync()
    keys("another", "development-only: never deploy with this")
    assert lost.person_syncs().error is None
    assert (lost.connection.needs_attention, lost.connection.password) == (False, lost.password)


def test_pages_still_come_and_reconnecting_mends_it(lost: World, client: Client) -> None:
    lost.sync()
    client.force_login(lost.user)
    page = reverse("connections:detail", args=[lost.connection.pk])
    for url in (reverse("connections:list"), page, reverse("configuration:page")):
        answer = client.get(url)
        assert (url, answer.status_code) == (url, 200)
    assert SENTENCE in client.get(page).content.decode()
    with time_machine.travel(lost.now + timedelta(minutes=1), tick=False):
        answer = client.post(f"{page}reconnect/", {"app_password": lost.password})
    assert (answer.status_code, lost.connection.needs_attention, lost.connection.password) == (
        302,
        False,
        lost.password,
    )


def test_the_sentence_is_one_of_those_that_are_stored() -> None:
    assert Connection(error_code="password_unreadable").sentence == SENTENCE


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "xml"])
def test_dumped_data_has_no_password(form: str) -> None:
    ConnectionFactory()
    printed = StringIO()
    call_command("dumpdata", "connections.connection", format=form, stdout=printed)
    assert [secret for secret in (APP_PASSWORD, APP_PASSWORD.replace("-", "")) if secret in printed.getvalue()] == []
    assert "password" in printed.getvalue()
