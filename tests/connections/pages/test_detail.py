"""One connection: its calendars, its problems, its history, and what can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from connections.models import Connection
from tests.factories import (
    APP_PASSWORD,
    NOW,
    CalendarFactory,
    ConnectionFactory,
    EventFactory,
    SyncRunFactory,
    UserFactory,
)
from tests.pages import find, links, table, texts

pytestmark = pytest.mark.django_db
STATUS = "//*[@id='state']//*[@role='status']"
SECOND = int(NOW.timestamp())


@pytest.fixture
def connection(client: Client) -> Connection:
    connection = ConnectionFactory(username="anna@icloud.com")
    client.force_login(connection.user)
    return connection


def url(connection: Connection, page: str = "") -> str:
    return f"/calendars/settings/connections/{connection.pk}/{page}"


@time_machine.travel(NOW, tick=False)
def test_calendars_show_access_blocking_and_how_far_they_are_known(client: Client, connection: Connection) -> None:
    work = CalendarFactory(connection=connection, name="Work")
    CalendarFactory(connection=connection, name="Team", writable=False, shared=True, fresh_at=None)
    CalendarFactory(connection=connection, name="Kids", is_conflict_calendar=False)
    CalendarFactory(
        connection=connection,
        name="Trips",
        error_code="mass_deletion_suspected",
        error_params={"removed": 40, "known": 41},
    )
    configuration = connection.user.calendar_configuration
    configuration.linked_calendar = work
    configuration.save()
    assert table(client.get(url(connection)), "calendars") == [
        ["Work Linked", "Writer’s access", "Blocks", "1 minute ago Mon 30 Nov, 08:59"],
        ["Team Shared", "Read-only", "Blocks", "not read completely yet"],
        ["Kids", "Writer’s access", "Does not block", "not read"],
        [
            "Trips iCloud suddenly listed far fewer events (40 of 41 gone). Nothing was removed; it is asked again "
            "shortly.",
            "Writer’s access",
            "Blocks",
            "1 minute ago Mon 30 Nov, 08:59",
        ],
    ]


def test_a_calendars_colour_is_an_attribute_and_nothing_else_is(client: Client, connection: Connection) -> None:
    CalendarFactory(connection=connection, color="#FF9500")
    CalendarFactory(connection=connection, color='"/><svg>')
    dots = "//section[@aria-labelledby='calendars']//*[local-name()='circle']"
    assert [dot.get("fill") for dot in find(client.get(url(connection)), dots)] == ["#FF9500", "#8A8F9C"]


@time_machine.travel(NOW, tick=False)
def test_events_with_a_problem_are_named(client: Client, connection: Connection) -> None:
    calendar = CalendarFactory(connection=connection, name="Work")
    EventFactory(calendar=calendar, summary="Dentist", pending_etag='"2"', pending_since=NOW - timedelta(hours=26))
    EventFactory(calendar=calendar, summary="Old series", problem="too_many_occurrences")
    EventFactory(calendar=calendar, summary="Fine")
    EventFactory(calendar=CalendarFactory(connection=connection, is_conflict_calendar=False), problem="unreadable")
    response = client.get(url(connection))
    assert texts(response, "//section[@aria-labelledby='problems']//li") == [
        "Dentist Work Listed by iCloud, but it cannot be read. Kalends keeps trying since 1 day ago Sun 29 Nov, 07:00.",
        "Old series Work This event repeats so often that the whole span blocks.",
    ]
    assert texts(response, "//section[@aria-labelledby='problems']//*[contains(@class, 'badge')]") == ["2"]


@time_machine.travel(NOW, tick=False)
def test_history_says_what_came_of_each_sync(client: Client, connection: Connection) -> None:
    SyncRunFactory(connection=connection, trigger="person", requests=5, changed=3, removed=1, seconds=0.84)
    SyncRunFactory(connection=connection, started_at=NOW - timedelta(hours=3), requests=1, problems=2)
    SyncRunFactory(
        connection=connection, trigger="booking", started_at=NOW - timedelta(days=2), error_code="unavailable"
    )
    assert table(client.get(url(connection)), "history") == [
        ["1 minute ago Mon 30 Nov, 08:59", "Asked for", "3 events read, 1 removed.", "5", "0.8"],
        [
            "3 hours ago Mon 30 Nov, 06:00",
            "Schedule",
            "Nothing had changed. 2 events have a problem.",
            "1",
            "0.0",
        ],
        [
            "2 days ago Sat 28 Nov, 09:00",
            "Before a booking",
            "Failed iCloud does not answer just now. Kalends tries again by itself.",
            "0",
            "0.0",
        ],
    ]


def test_the_sync_preference_is_explained(client: Client, connection: Connection) -> None:
    response = client.get(url(connection))
    assert texts(response, "//section[@aria-labelledby='preference']/h2") == ["Sync preference: Default Sync"]
    assert texts(response, "//section[@aria-labelledby='preference']//li") == [
        "What comes from iCloud and is marked Busy is a Blocked Slot: nobody can book you then. Events marked Free "
        "are shown and leave the time open.",
        "Guests of your iCloud events stay yours: no contact is created from them.",
        "Every new booking is added to your linked calendar; changes and cancellations follow.",
    ]


def test_everything_that_can_be_done_has_its_button(client: Client, connection: Connection) -> None:
    response = client.get(url(connection))
    assert [form.get("action") for form in find(response, "//main//form")] == [
        url(connection, "sync/"),
        url(connection, "resync/"),
    ]
    assert links(response, "//section[@aria-labelledby='manage']//a") == [
        ("Reconnect", url(connection, "reconnect/")),
        ("Disconnect", url(connection, "disconnect/")),
    ]


def test_the_password_stands_on_no_page(client: Client, connection: Connection) -> None:
    assert connection.password == APP_PASSWORD
    pages = [client.get(url(connection, page)).content.decode() for page in ("", "state/", "reconnect/")]
    # The pages explain the shape with this very example; nothing else in them may be it.
    example = f'<span class="code">{APP_PASSWORD}</span>'
    hint = f"like {APP_PASSWORD}. With"
    assert [APP_PASSWORD in page.replace(example, "").replace(hint, "") for page in pages] == [False, False, False]


@pytest.mark.parametrize(("page", "full"), [("sync/", False), ("resync/", True)])
def test_a_sync_that_was_asked_for_is_queued_and_its_end_awaited(
    client: Client,
    connection: Connection,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    page: str,
    full: bool,
) -> None:
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks(execute=True):
        response = client.post(url(connection, page))
    assert response.headers["Location"] == url(connection, f"?asked={SECOND}")
    assert [(task.task["func"], task.task["args"]) for task in OrmQ.objects.all()] == [
        ("connections.tasks.sync_connection", (connection.pk, full))
    ]


def test_a_sync_is_asked_for_by_post_only(client: Client, connection: Connection) -> None:
    assert [client.get(url(connection, page)).status_code for page in ("sync/", "resync/")] == [405, 405]
    assert OrmQ.objects.count() == 0


@time_machine.travel(NOW, tick=False)
def test_the_page_asks_again_until_the_sync_is_done(client: Client, connection: Connection) -> None:
    waiting = client.get(url(connection, f"?asked={SECOND}"))
    assert find(waiting, "//*[@id='state']")[0].get("hx-get") == url(connection, f"state/?asked={SECOND}")
    assert texts(waiting, STATUS) == [
        "Sync asked for. The result appears here when it is done; without JavaScript, reload the page."
    ]
    SyncRunFactory(connection=connection, trigger="person", started_at=NOW, changed=1)
    done = client.get(url(connection, f"state/?asked={SECOND}"))
    assert find(done, "//*[@id='state']")[0].get("hx-get") is None
    assert texts(done, STATUS) == ["Synced. 1 event read, 0 removed."]


@time_machine.travel(NOW, tick=False)
def test_while_the_account_is_being_read_the_page_waits_on(client: Client, connection: Connection) -> None:
    SyncRunFactory(connection=connection, trigger="person", started_at=NOW)
    Connection.objects.update(lease_until=NOW + timedelta(minutes=1))
    page = client.get(url(connection, f"state/?asked={SECOND}"))
    assert find(page, "//*[@id='state']")[0].get("aria-busy") == "true"


@time_machine.travel(NOW, tick=False)
def test_a_sync_that_failed_says_why(client: Client, connection: Connection) -> None:
    SyncRunFactory(connection=connection, trigger="person", started_at=NOW, error_code="unavailable")
    assert texts(client.get(url(connection, f"state/?asked={SECOND}")), STATUS) == [
        "The sync did not succeed. iCloud does not answer just now. Kalends tries again by itself."
    ]


@pytest.mark.parametrize("asked", ["", "0", "abc", "-5", "²", str(SECOND - 3600), "9" * 40])
@time_machine.travel(NOW, tick=False)
def test_a_page_opened_later_or_wrongly_waits_for_nothing(client: Client, connection: Connection, asked: str) -> None:
    response = client.get(url(connection), {"asked": asked})
    assert find(response, "//*[@id='state']")[0].get("hx-get") is None


@pytest.mark.parametrize(
    ("method", "page"),
    [
        ("get", ""),
        ("get", "state/"),
        ("post", "sync/"),
        ("post", "resync/"),
        ("get", "reconnect/"),
        ("post", "reconnect/"),
    ],
)
def test_the_connection_of_somebody_else_does_not_exist(
    client: Client, connection: Connection, method: str, page: str
) -> None:
    client.force_login(UserFactory())
    assert getattr(client, method)(url(connection, page)).status_code == 404
    assert OrmQ.objects.count() == 0


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow(
    client: Client, connection: Connection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        EventFactory(calendar=CalendarFactory(connection=connection), problem="unreadable")
        SyncRunFactory(connection=connection)
    with django_assert_num_queries(11 + (count > 20)):
        response = client.get(url(connection))
    assert len(table(response, "calendars")) == count
    assert len(table(response, "history")) == min(count, 20)
