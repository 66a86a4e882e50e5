"""Connecting, reconnecting and disconnecting: what is refused with which sentence, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from connections import accounts
from connections.accounts import ConnectFailed
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from connections.sync.run import Sync, carry_out
from connections.sync.state import lease
from practice.models import User
from tests.connections.accounts.refusing import refused
from tests.connections.engine import World, at
from tests.factories import NOW, UserFactory
from tests.ics_text import event
from tests.servers import PASSWORD, USERNAME, CalendarServer, serve

PLAIN = "abcd-efgh-ijkl-mnop"


def test_connecting_checks_live_and_stores_the_account_with_its_calendars(stranger_to_icloud: World) -> None:
    world = stranger_to_icloud
    connection = accounts.connect(world.user, username=" anna@example.com ", password=world.password, now=world.now)
    assert world.asked() == [
        "PROPFIND / 0 207",
        "PROPFIND /principal/ 0 207",
        "PROPFIND /calendars/ 1 207",
    ]
    assert (connection.username, connection.principal_path, connection.home_path) == (
        "anna@example.com",
        "/10000001/principal/",
        "/10000001/calendars/",
    )
    assert (connection.origin, connection.next_sync_at) == (world.icloud.pod_url.rstrip("/"), world.now)
    assert {"mailto:anna@example.com", "/10000001/principal/"} <= set(connection.addresses)
    rows = connection.calendars.values_list(
        "name", "color", "writable", "shared", "is_conflict_calendar", "asked_about"
    )
    assert list(rows) == [
        ("Home", "#1BADF8", True, False, True, True),
        ("Work", "#63DA38", True, False, True, True),
        ("Team", "#FF2968", False, True, False, True),
    ]
    configuration = CalendarConfiguration.objects.get(user=world.user)
    assert (configuration.saved_at, configuration.linked_calendar) == (None, None)


def test_a_wrong_password_is_refused_at_its_field(stranger_to_icloud: World) -> None:
    sentence = "Not accepted. Mistyped, revoked, or made under another Apple Account."
    assert refused(stranger_to_icloud, password=PLAIN) == (sentence, "app_password")
    assert len(stranger_to_icloud.asked()) == 1


def test_a_password_made_under_another_account_is_refused_at_its_field(stranger_to_icloud: World) -> None:
    other = stranger_to_icloud.icloud.add_account("otto@example.com").new_app_password()
    assert refused(stranger_to_icloud, password=other)[1] == "app_password"


def test_an_apple_id_must_be_given(stranger_to_icloud: World) -> None:
    assert refused(stranger_to_icloud, username="  ") == ("Enter the e-mail address of the Apple Account.", "apple_id")
    assert stranger_to_icloud.asked() == []


@pytest.mark.parametrize(
    "username", ["анна@example.com", "anna:x@example.com", "a\x00b", "anna\n@example.com", "a" * 300]
)
def test_an_odd_apple_id_is_refused_with_a_sentence(stranger_to_icloud: World, username: str) -> None:
    assert refused(stranger_to_icloud, username=username)[0] != ""


def test_an_odd_password_for_another_server_is_refused_with_a_sentence(radicale: CalendarServer, anna: User) -> None:
    for password in ("пароль", "🔑", "a\x00b", "x" * 5000):
        with pytest.raises(ConnectFailed):
            accounts.connect(anna, username=USERNAME, password=password, url=radicale.url, now=NOW)


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://example.com/", "http://", "http://[::1", "http://host:99999/", "//x/"]
)
def test_what_is_no_address_is_refused_with_a_sentence(stranger_to_icloud: World, url: str) -> None:
    assert refused(stranger_to_icloud, url=url) == (
        "There is no calendar server at this address. Check the address.",
        "url",
    )


def test_an_address_without_a_calendar_server_is_refused(stranger_to_icloud: World, settings: Settings) -> None:
    stranger_to_icloud.icloud.faults.html(times=None)
    assert refused(stranger_to_icloud)[0] == (
        "The server does not answer just now, so nothing was changed. Try again in a few minutes."
    )
    settings.ICLOUD_CALDAV_URL = "https://caldav.icloud.com/"
    assert refused(stranger_to_icloud, url=stranger_to_icloud.icloud.entry_url)[0] == (
        "There is no calendar server at this address. Check the address."
    )


def test_an_address_that_does_not_answer_is_refused(stranger_to_icloud: World) -> None:
    assert refused(stranger_to_icloud, url="http://127.0.0.1:1/") == (
        "No answer came from this address, so nothing was changed. Check the address. If it is right, try again in a "
        "few minutes.",
        "url",
    )


def test_a_home_on_a_strangers_host_is_refused_and_the_stranger_hears_nothing(stranger_to_icloud: World) -> None:
    stranger_to_icloud.icloud.faults.redirect("stranger", times=None)
    assert refused(stranger_to_icloud)[0].startswith("The server led to 127.0.0.2,")
    assert list(stranger_to_icloud.icloud.stranger_log) == []


def test_an_account_without_calendars_of_events_is_refused(stranger_to_icloud: World) -> None:
    for calendar in stranger_to_icloud.account.events():
        calendar.remove()
    assert refused(stranger_to_icloud) == (
        "The account has no calendars for events. Turn on Calendars under iCloud on the iPhone, then connect again.",
        "",
    )


@pytest.mark.parametrize("user", ["anna:secret@", "anna@", "@", "%40@"])
def test_an_address_with_a_user_name_in_it_is_neither_kept_nor_asked(stranger_to_icloud: World, user: str) -> None:
    world = stranger_to_icloud
    assert refused(world, url=world.icloud.entry_url.replace("http://", f"http://{user}"))[0] == (
        "The address has a user name before its @, so nothing was sent. Leave that out of the address; the user name "
        "and the password have fields of their own."
    )
    assert world.asked() == []


@pytest.mark.parametrize("username", ["anna@example.com", "Anna@Example.COM"])
def test_the_same_account_again_is_updated_and_not_doubled(world: World, username: str) -> None:
    world.add("Dentist", at(10))
    world.sync()
    Connection.objects.update(needs_attention=True, error_code="unauthorized", failures=3, next_sync_at=None)
    new = world.account.new_app_password("Second")
    connection = accounts.connect(world.user, username=username, password=new, now=world.now)
    assert (connection.pk, Connection.objects.count(), connection.password) == (world.pk, 1, new)
    assert (connection.needs_attention, connection.error_code, connection.failures) == (False, "", 0)
    assert (world.calendar().is_conflict_calendar, world.seen()) == (True, ["01.12. 10:00-11:00 Dentist BUSY"])
    assert world.sync().requests == 1


def test_a_wrong_password_for_a_connected_account_leaves_the_good_one(world: World) -> None:
    refused(world, password=PLAIN)
    assert (world.connection.password, world.sync().error) == (world.password, None)


def test_the_same_apple_id_may_belong_to_two_staff_members(world: World) -> None:
    other = UserFactory(configuration__saved_at=None)
    connection = accounts.connect(other, username="anna@example.com", password=world.password, now=world.now)
    assert (connection.pk == world.pk, connection.user) == (False, other)


def test_a_second_connection_leaves_the_linked_calendar_and_asks_about_its_own(world: World) -> None:
    otto = world.icloud.add_account("otto@example.com")
    otto.add_calendar("Otto")
    second = accounts.connect(world.user, username="otto@example.com", password=otto.new_app_password(), now=world.now)
    configuration = CalendarConfiguration.objects.get(user=world.user)
    assert configuration.linked_calendar == world.calendar("Work")
    assert list(second.calendars.values_list("name", "is_conflict_calendar", "asked_about")) == [("Otto", False, False)]


def test_a_calendar_that_appears_after_the_choice_is_asked_about_and_not_read(world: World) -> None:
    kids = world.account.add_calendar("Kids")
    world.phone.add(kids, "School", at(8))
    world.sync()
    row = world.calendar("Kids")
    assert (row.is_conflict_calendar, row.asked_about, row.events.count()) == (False, False, 0)


def test_a_calendar_that_appears_before_the_choice_is_ticked_like_the_others(connected: World) -> None:
    connected.account.add_calendar("Kids")
    connected.sync()
    assert (connected.calendar("Kids").is_conflict_calendar, connected.calendar("Kids").asked_about) == (True, True)


def test_reconnecting_says_what_changed_meanwhile_and_keeps_all_choices(world: World) -> None:
    gone, _ = world.add("Gone", at(8)), world.add("Stays", at(9))
    world.sync()
    world.account.revoke_all()
    world.sync()
    assert world.connection.needs_attention is True
    world.phone.delete(gone)
    for hour in (10, 11, 12):
        world.add(f"New {hour}", at(hour))
    password = world.account.new_app_password("Again")
    report = accounts.reconnect(world.connection, password=password.replace("-", " "), now=world.now)
    assert (report.added, report.removed, report.confirmed) == (3, 1, 1)
    connection = world.connection
    assert (connection.password, connection.needs_attention, connection.error_code) == (password, False, "")
    configuration = CalendarConfiguration.objects.get(user=world.user)
    assert (world.calendar().is_conflict_calendar, configuration.linked_calendar) == (True, world.calendar())
    assert SyncRun.objects.filter(trigger="person", changed=3, removed=1).count() == 1


def test_a_refused_reconnection_leaves_everything_as_it_was(world: World) -> None:
    world.account.revoke_all()
    world.sync()
    before = Connection.objects.values().get()
    for password, code in ((PLAIN, "not_accepted"), ("Summer2026!", "not_app_password")):
        with pytest.raises(ConnectFailed) as caught:
            accounts.reconnect(world.connection, password=password, now=world.now)
        assert (caught.value.problem.code, caught.value.field) == (code, "app_password")
    assert Connection.objects.values().get() == before


def test_another_apple_account_is_refused_on_reconnecting(world: World) -> None:
    Connection.objects.update(principal_path="/999/principal/")
    with pytest.raises(ConnectFailed) as caught:
        accounts.reconnect(world.connection, password=world.account.new_app_password("Again"), now=world.now)
    assert str(caught.value) == (
        "This password belongs to another Apple Account. Make it while signed in as the account that is connected here."
    )
    assert (caught.value.field, world.connection.password) == ("app_password", world.password)


@pytest.fixture
def moved(radicale: CalendarServer, anna: User) -> Iterator[tuple[Connection, str]]:
    """An account of a Radicale, and another address that leads to the same Radicale."""
    radicale.add_calendar("work", "Work")
    account = {"username": USERNAME, "password": PASSWORD, "url": radicale.url, "provider": "radicale"}
    connection = accounts.connect(anna, **account, now=NOW)
    for served in serve(radicale.app):
        yield connection, served.url


def test_an_account_moves_to_another_address_with_its_calendars_and_choices(moved: tuple[Connection, str]) -> None:
    connection, address = moved
    [before] = connection.calendars.values("pk", "path", "is_conflict_calendar")
    report = accounts.reconnect(connection, password=PASSWORD, url=address, now=NOW)
    assert (report.matches, connection.url, connection.origin) == (True, address, address.rstrip("/"))
    assert list(connection.calendars.values("pk", "path", "is_conflict_calendar")) == [before]


def test_an_account_whose_calendars_have_other_paths_there_is_refused(
    moved: tuple[Connection, str], cloud: CalendarServer
) -> None:
    connection, _address = moved
    with pytest.raises(ConnectFailed) as caught:
        accounts.reconnect(connection, password=PASSWORD, url=f"{cloud.url}nextcloud/remote.php/dav/", now=NOW)
    connection.refresh_from_db()
    assert (caught.value.problem.code, caught.value.field) == ("other_paths", "url")
    assert connection.calendars.present().count() == 1


def test_an_address_at_which_the_account_is_connected_already_is_refused(moved: tuple[Connection, str]) -> None:
    connection, address = moved
    account = {"username": USERNAME, "password": PASSWORD, "url": address, "provider": "radicale"}
    accounts.connect(connection.user, **account, now=NOW)
    with pytest.raises(ConnectFailed) as caught:
        accounts.reconnect(connection, password=PASSWORD, url=address, now=NOW)
    assert (caught.value.problem.code, caught.value.field) == ("already_connected", "url")


def test_a_sync_with_the_old_password_cannot_undo_a_reconnection(world: World) -> None:
    world.now += timedelta(minutes=5)
    [held] = lease(Connection.objects.all(), world.now)
    world.account.revoke_all()
    accounts.reconnect(world.connection, password=world.account.new_app_password(), now=world.now)
    sync = Sync(held, now=world.now)
    assert carry_out(sync, sync.run, SyncRun.Trigger.SCHEDULE).busy is True
    assert (world.connection.needs_attention, world.connection.error_code) == (False, "")


def test_disconnecting_forgets_password_calendars_events_and_occurrences(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    accounts.disconnect(world.connection)
    counts = [model.objects.count() for model in (Connection, Calendar, Event, Occurrence, SyncRun)]
    assert counts == [0] * 5
    configuration = CalendarConfiguration.objects.get(user=world.user)
    assert (configuration.linked_calendar, world.freshness().state) == (None, "none")


@pytest.mark.parametrize("how", ["reconnected", "moved"])
def test_an_answer_given_under_an_address_learnt_later_counts(world: World, how: str) -> None:
    declined = event("A").replace(b"END:VEVENT", b"ATTENDEE;PARTSTAT=DECLINED:mailto:anna@alias.example\r\nEND:VEVENT")
    world.theirs("Work").put("1.ics", declined)
    world.sync()
    before = world.seen()
    world.account.addresses.append("anna@alias.example")
    if how == "reconnected":
        accounts.reconnect(world.connection, password=world.password, now=world.now)
    else:
        Connection.objects.update(home_path="/moved/calendars/")
        world.sync()
    assert (before, world.seen()) == (["01.12. 11:00-12:00 Dentist BUSY"], ["01.12. 11:00-12:00 Dentist declined"])
    assert world.known() == world.there()
