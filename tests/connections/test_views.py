"""The tab Connections: the accounts, the page of one, connecting and reconnecting, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from connections.accounts import ReconnectReport
from connections.models import Calendar, Connection
from connections.views import reconnected_sentence
from practice.models import User
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
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
live = pytest.mark.django_db(transaction=True)
"""For what asks iCloud, which never happens inside a transaction."""

URL = "/calendars/settings/connections/"
NEW = f"{URL}new/icloud/"
STATUS = "//*[@id='state']//*[@role='status']"
ERRORS = "//*[@class='field__error']/li"
SECOND = int(NOW.timestamp())


def cards(client: Client) -> list[str]:
    with time_machine.travel(NOW, tick=False):
        return texts(client.get(URL), "//article")


def test_an_account_shows_its_health_and_its_syncs_in_the_owners_zone(client: Client) -> None:
    connection = ConnectionFactory(username="anna@icloud.com")
    CalendarFactory(connection=connection)
    CalendarFactory(connection=connection, is_conflict_calendar=False)
    CalendarFactory(connection=connection, is_conflict_calendar=False, gone_at=NOW)
    client.force_login(connection.user)
    assert cards(client) == [
        "anna@icloud.com iCloud Connected All is well. Kalends looks for changes by itself. "
        "Last sync 1 minute ago Mon 30 Nov, 08:59 Next sync in 4 minutes Mon 30 Nov, 09:04 "
        "Calendars 2 found · 1 blocks"
    ]


def test_an_account_that_needs_a_person_says_why_and_offers_to_reconnect(client: Client) -> None:
    connection = ConnectionFactory(
        username="anna@icloud.com",
        needs_attention=True,
        error_code="unauthorized",
        error_params={"username": "anna@icloud.com"},
        next_sync_at=None,
    )
    client.force_login(connection.user)
    assert cards(client) == [
        "anna@icloud.com iCloud Action needed Apple no longer accepts the app-specific password of anna@icloud.com. "
        "Make a new one at account.apple.com and reconnect. Last sync 1 minute ago Mon 30 Nov, 08:59 "
        "Next sync after you reconnect Calendars 0 found · 0 block Reconnect anna@icloud.com"
    ]
    assert links(client.get(URL), "//article//a[contains(@class, 'button')]") == [
        ("Reconnect anna@icloud.com", f"{URL}{connection.pk}/reconnect/")
    ]


@pytest.mark.parametrize(
    ("given", "badge"),
    [
        ({"error_code": "throttled"}, "Trying again"),
        ({"lease_until": NOW + timedelta(seconds=10)}, "Reading now"),
        ({"lease_until": NOW - timedelta(seconds=10)}, "Connected"),
        ({"polled_at": None}, "Not read yet"),
        ({"polled_at": None, "error_code": "unavailable"}, "Trying again"),
    ],
)
def test_the_badge_says_how_the_account_is(client: Client, given: dict[str, object], badge: str) -> None:
    client.force_login(ConnectionFactory(**given).user)
    with time_machine.travel(NOW, tick=False):
        assert texts(client.get(URL), "//article//span[contains(@class, 'badge')]") == [badge]


def test_a_sync_whose_time_has_come_is_due_now(client: Client) -> None:
    client.force_login(ConnectionFactory(next_sync_at=NOW).user)
    with time_machine.travel(NOW, tick=False):
        assert texts(client.get(URL), "//article//dl/div[2]/dd") == ["due now"]


def test_without_an_account_there_is_a_way_to_add_one_and_a_way_to_do_without(client: Client) -> None:
    client.force_login(UserFactory())
    response = client.get(URL)
    assert texts(response, "//*[@class='empty']//p") == [
        "What is in your calendar then blocks your time here, and what is booked here appears there.",
        "No iCloud? Your hours decide, and you can block time by hand. Availability",
    ]
    assert links(response, "//*[@class='empty']//a") == [
        ("Add New", f"{URL}new/"),
        ("Availability", reverse("availability:page")),
    ]


def test_accounts_of_others_are_not_listed(client: Client) -> None:
    ConnectionFactory(username="berta@icloud.com")
    client.force_login(ConnectionFactory(username="anna@icloud.com").user)
    assert texts(client.get(URL), "//article//h2") == ["anna@icloud.com"]


def test_add_new_leads_to_icloud_calendar_and_connect(client: Client) -> None:
    client.force_login(ConnectionFactory().user)
    assert links(client.get(URL), "//*[@class='page-head']//a") == [("Add New", f"{URL}new/")]
    chooser = client.get(f"{URL}new/")
    assert texts(chooser, "//article//h2")[0] == "iCloud Calendar"
    assert links(chooser, "//article//a")[0] == ("Connect iCloud Calendar", f"{URL}new/icloud/")


@pytest.mark.parametrize("page", ["", "new/", "new/icloud/"])
def test_signing_in_comes_first(client: Client, page: str) -> None:
    assert client.get(URL + page).headers["Location"] == f"/accounts/login/?next={URL}{page}"


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_number_of_queries_for_any_number_of_accounts(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    user = UserFactory()
    for _ in range(count):
        CalendarFactory.create_batch(2, connection=ConnectionFactory(user=user))
    client.force_login(user)
    with django_assert_num_queries(10):
        response = client.get(URL)
    assert len(texts(response, "//article")) == count


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
        ["Team Shared", "Read-only", "Blocks", "not completely read yet"],
        ["Kids", "Writer’s access", "Does not block", "not read"],
        [
            "Trips iCloud suddenly listed far fewer events (40 of 41 gone). Nothing was removed; it is asked again "
            "shortly.",
            "Writer’s access",
            "Blocks",
            "1 minute ago Mon 30 Nov, 08:59",
        ],
    ]


@time_machine.travel(NOW, tick=False)
def test_a_calendar_that_is_read_for_the_first_time_shows_how_far_that_is(
    client: Client, connection: Connection
) -> None:
    work = CalendarFactory(connection=connection, name="Work", read_at=None, fresh_at=None, listed_events=10_000)
    EventFactory.create_batch(3, calendar=work)
    CalendarFactory(connection=connection, name="Home", listed_events=70)
    for page in (url(connection), url(connection, "state/")):
        response = client.get(page)
        assert [row[3] for row in table(response, "calendars")] == [
            "3 of 10,000 events",
            "1 minute ago Mon 30 Nov, 08:59",
        ]
        assert [state.get("hx-trigger") for state in find(response, "//*[@id='state']")] == ["every 2s"]
    Calendar.objects.update(read_at=NOW, fresh_at=NOW)
    response = client.get(url(connection, "state/"))
    assert [state.get("hx-trigger") for state in find(response, "//*[@id='state']")] == [None]


def test_a_first_reading_that_met_trouble_is_not_followed(client: Client, connection: Connection) -> None:
    CalendarFactory(connection=connection, read_at=None, fresh_at=None, listed_events=10_000)
    Connection.objects.update(error_code="unavailable")
    response = client.get(url(connection))
    assert [state.get("hx-trigger") for state in find(response, "//*[@id='state']")] == [None]


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
        "Events from iCloud that are marked Busy block your time: nobody can book you then. Events marked Free are "
        "shown and leave the time open.",
        "Guests of events from iCloud do not become clients.",
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


@pytest.mark.django_db(transaction=True)
def test_a_hundred_presses_are_one_sync_and_the_next_press_is_another(client: Client, connection: Connection) -> None:
    for page in ["resync/", *["sync/", "resync/"] * 50]:
        client.post(url(connection, page))
    assert [task.task["args"] for task in OrmQ.objects.all()] == [(connection.pk, True)]
    Connection.objects.filter(pk=connection.pk).forget_asked()  # a worker begins
    client.post(url(connection, "sync/"))
    client.post(url(connection, "resync/"))  # more thorough than what is queued
    assert [task.task["args"][1] for task in OrmQ.objects.order_by("pk")] == [True, False, True]


def test_a_sync_is_asked_for_by_post_only(client: Client, connection: Connection) -> None:
    assert [client.get(url(connection, page)).status_code for page in ("sync/", "resync/")] == [405, 405]
    assert OrmQ.objects.count() == 0


@time_machine.travel(NOW, tick=False)
def test_the_page_asks_again_until_the_sync_is_done(client: Client, connection: Connection) -> None:
    waiting = client.get(url(connection, f"?asked={SECOND}"))
    assert find(waiting, "//*[@id='state']")[0].get("hx-get") == url(connection, f"state/?asked={SECOND}")
    assert texts(waiting, STATUS) == [
        "Sync requested. The result appears here when it is done; without JavaScript, reload the page."
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
def test_the_page_of_a_connection_costs_the_same_number_of_queries_whatever_its_size(
    client: Client, connection: Connection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        EventFactory(calendar=CalendarFactory(connection=connection), problem="unreadable")
        SyncRunFactory(connection=connection)
    with django_assert_num_queries(13 + (count > 20)):
        response = client.get(url(connection))
    assert len(table(response, "calendars")) == count
    assert len(table(response, "history")) == min(count, 20)


@pytest.fixture
def anna(client: Client, icloud: Sandbox, settings: Settings) -> User:
    """She is signed in; her iCloud is the sandbox."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    anna = UserFactory(configuration__saved_at=None)
    client.force_login(anna)
    return anna


def connect(client: Client, password: str) -> Any:
    return client.post(NEW, {"apple_id": "anna@example.com", "app_password": password})


def test_the_guide_has_its_five_steps_and_says_why(client: Client, anna: User) -> None:
    page = client.get(NEW)
    assert texts(page, "//*[@class='steps']/li//h3") == [
        "Sign in at Apple",
        "Turn on two-factor authentication",
        "App-Specific Passwords > Generate",
        "Enter a label",
        "Copy it and keep it",
    ]
    assert texts(page, "//*[@class='steps']/li[1]//p") == [
        "Open account.apple.com (formerly appleid.apple.com) in a new tab and sign in with your Apple ID and your "
        "normal password.",
        "Check that Apple’s page shows this Apple ID, the one you enter here; for a second one use a private window.",
    ]
    assert texts(page, "//section[@aria-labelledby='before']//li") == [
        "You can sign in to the account whose calendars you want.",
        "You have the app-specific password for that account, or make one first. I have one",
        "Only if bookings shall be added to a calendar: you have writer’s access to it. Your own calendars always "
        "have it; for one that somebody shares with you, read-only is enough to block your time.",
    ]
    assert texts(page, "//h2[text()='Why is this needed?']/following-sibling::p[1]") == [
        "Apple demands it of every application that is not its own. An app-specific password is not your normal "
        "password: it opens calendars, not your Apple Account, and you can revoke it at any time without changing "
        "anything else."
    ]


def test_fields_are_tied_to_their_words_and_offer_no_stored_password(client: Client, anna: User) -> None:
    fields = find(client.get(NEW), "//form[@id='connect']//input[@type!='hidden']")
    assert [
        (field.get("name"), field.get("type"), field.get("autocomplete"), field.get("aria-describedby"))
        for field in fields
    ] == [
        ("apple_id", "email", "email", "id_apple_id_helptext"),
        ("app_password", "password", "off", "id_app_password_helptext"),
    ]


@live
def test_the_right_password_connects_and_leads_to_the_configuration(
    client: Client, anna: User, account: Account, app_password: str
) -> None:
    response = connect(client, app_password.replace("-", " "))
    assert response.headers["Location"] == "/calendars/settings/configuration/"
    connection = Connection.objects.get()
    assert (connection.user, connection.username, connection.password) == (anna, "anna@example.com", app_password)
    assert sorted(connection.calendars.values_list("name", "writable")) == [
        ("Home", True),
        ("Team", False),
        ("Work", True),
    ]


@live
def test_a_wrong_password_is_refused_at_its_field_and_nothing_is_kept(
    client: Client, anna: User, account: Account
) -> None:
    response = connect(client, "zzzz-yyyy-xxxx-wwww")
    assert texts(response, ERRORS) == ["Not accepted. Mistyped, revoked, or made under another Apple Account."]
    assert [field.get("value") for field in find(response, "//form[@id='connect']//input[@type!='hidden']")] == [
        "anna@example.com",
        None,
    ]
    assert find(response, "//*[@id='id_app_password']")[0].get("aria-describedby") == (
        "id_app_password_helptext id_app_password_error"
    )
    assert "zzzz-yyyy-xxxx-wwww" not in response.content.decode()
    assert Connection.objects.count() == 0


@live
def test_the_normal_password_is_refused_before_anything_is_sent(
    client: Client, anna: User, account: Account, icloud: Sandbox
) -> None:
    response = connect(client, account.main_password)
    assert len(texts(response, ERRORS)) == 1
    assert account.main_password not in response.content.decode()
    assert list(icloud.log) == []


def test_a_further_account_leaves_the_linked_calendar_as_it_is_and_says_so(client: Client, anna: User) -> None:
    hint = "//form[@id='connect']/p[contains(@class, 'hint')][not(@role)]"
    assert texts(client.get(NEW), hint) == []
    ConnectionFactory(user=anna)
    assert texts(client.get(NEW), hint) == ["A further connection leaves your linked calendar as it is."]


@pytest.fixture
def icloud_connection(client: Client, anna: User, account: Account, app_password: str) -> Connection:
    connect(client, app_password)
    return Connection.objects.get()


@live
def test_reconnecting_keeps_the_account_and_says_what_changed(
    client: Client, icloud_connection: Connection, account: Account, app_password: str
) -> None:
    account.revoke(app_password)
    url = f"/calendars/settings/connections/{icloud_connection.pk}/reconnect/"
    assert texts(client.get(url), "//form[@id='connect']//dd") == ["anna@example.com"]
    response = client.post(url, {"app_password": account.new_app_password("Kalends again")}, follow=True)
    assert response.redirect_chain == [(f"/calendars/settings/connections/{icloud_connection.pk}/", 302)]
    assert "Reconnected. Everything matches." in texts(response, "//*[@id='messages']//p")


@live
def test_reconnecting_with_a_revoked_password_changes_nothing(
    client: Client, icloud_connection: Connection, account: Account, app_password: str
) -> None:
    account.revoke(app_password)
    url = f"/calendars/settings/connections/{icloud_connection.pk}/reconnect/"
    response = client.post(url, {"app_password": app_password})
    assert texts(response, ERRORS) == ["Not accepted. Mistyped, revoked, or made under another Apple Account."]
    assert f'value="{app_password}"' not in response.content.decode()


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (ReconnectReport(added=0, removed=0, confirmed=19), "Reconnected. Everything matches."),
        (ReconnectReport(added=1, removed=0, confirmed=0), "Reconnected. 1 event was added."),
        (
            ReconnectReport(added=3, removed=1, confirmed=0, changed=2),
            "Reconnected. 3 events were added. 1 event was removed. 2 events were changed.",
        ),
        (
            ReconnectReport(added=0, removed=0, confirmed=9, differing=2),
            "Reconnected. 2 bookings are not the same in your calendar yet.",
        ),
        (
            ReconnectReport(added=0, removed=0, confirmed=0, complete=False),
            "Reconnected. Not everything could be read yet; Kalends goes on by itself.",
        ),
    ],
)
def test_reconnecting_says_what_was_found(report: ReconnectReport, sentence: str) -> None:
    assert reconnected_sentence(report) == sentence


def test_pages_of_another_server_than_icloud_speak_of_no_apple(client: Client) -> None:
    connection = ConnectionFactory(provider="caldav", url="https://cloud.example.org/dav/", username="anna")
    client.force_login(connection.user)
    pages = [f"/calendars/settings/connections/{connection.pk}/{page}" for page in ("", "reconnect/", "disconnect/")]
    words = [" ".join(texts(client.get(page), "//main")) for page in pages]
    assert [[word for word in ("Apple", "app-specific", "App-specific") if word in text] for text in words] == [[]] * 3
