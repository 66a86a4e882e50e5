"""Connecting, reconnecting, disconnecting and choosing: what is refused with which sentence, and what is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from connections import accounts
from connections.accounts import ConfigurationRefused, ConnectFailed
from connections.busy import busy
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from connections.sync.run import Sync, carry_out
from connections.sync.state import lease
from practice.models import User
from tests.connections.engine import World, at
from tests.factories import NOW, CalendarFactory, UserFactory
from tests.ics_text import event
from tests.servers import PASSWORD, USERNAME, CalendarServer

LETTERS = "abcdefghijklmnop"
PLAIN = "abcd-efgh-ijkl-mnop"


def refused(world: World, **given: Any) -> tuple[str, str]:
    """Sentence and field with which connecting is refused; nothing may be stored."""
    facts = {"username": world.account.apple_id, "password": world.password, "now": world.now, **given}
    before = list(Connection.objects.values_list("pk", "username", "origin", "needs_attention"))
    with pytest.raises(ConnectFailed) as caught:
        accounts.connect(world.user, **facts)
    assert list(Connection.objects.values_list("pk", "username", "origin", "needs_attention")) == before
    return str(caught.value), caught.value.field


# --- passwords ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        PLAIN,
        LETTERS,
        "abcd efgh ijkl mnop",
        f"  {PLAIN}\n",
        "ABCD-EFGH-IJKL-MNOP",
        "abcd–efgh–ijkl–mnop",
        "abcd-efgh ijklmnop",
    ],
)
def test_an_app_specific_password_is_taken_with_or_without_dashes_and_blanks(typed: str) -> None:
    assert (accounts.looks_like_app_password(typed), accounts.clean_password(typed)) == (True, PLAIN)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Summer2026!", "Summer2026!"),
        (" with blank ", "with blank"),
        ("", ""),
        (LETTERS[:15], LETTERS[:15]),
        ("äbcd-efgh-ijkl-mnop", "äbcd-efgh-ijkl-mnop"),
        ("1234-5678-9012-3456", "1234-5678-9012-3456"),
    ],
)
def test_anything_else_is_none_and_stays_as_it_was_typed(typed: str, kept: str) -> None:
    assert (accounts.looks_like_app_password(typed), accounts.clean_password(typed)) == (False, kept)


@pytest.mark.parametrize("typed", ["Summer2026!", "abcd-efgh-ijkl", "anna@example.com", "x" * 16 + "y"])
def test_what_is_shaped_like_a_normal_password_is_refused_before_anything_is_sent(
    stranger_to_icloud: World, typed: str
) -> None:
    assert refused(stranger_to_icloud, password=typed) == (
        "This does not look like an app-specific password, so it was not sent. It has four groups of four letters, "
        "like abcd-efgh-ijkl-mnop. Your normal Apple password does not work here.",
        "app_password",
    )
    assert stranger_to_icloud.asked() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://caldav.icloud.com",
        "https://caldav.icloud.com:443/",
        "https://p42-caldav.icloud.com/",
        "https://CALDAV.iCloud.com/x",
    ],
)
def test_every_spelling_of_icloud_keeps_a_normal_password_to_itself(stranger_to_icloud: World, url: str) -> None:
    assert refused(stranger_to_icloud, password="Summer2026!", url=url)[1] == "app_password"


@pytest.mark.parametrize(
    "url", ["http://caldav.icloud.com/", "http://p42-caldav.iCloud.com:443", "HTTP://icloud.com./"]
)
def test_icloud_is_never_asked_unencrypted(stranger_to_icloud: World, url: str) -> None:
    sentence = "iCloud is asked by https:// only, so nothing was sent. Correct the address, or leave it out."
    assert refused(stranger_to_icloud, url=url) == (sentence, "")


def test_what_crosses_a_network_unencrypted_is_known() -> None:
    urls = ("http://192.168.1.5/", "http://dav.example.com/", "http://127.0.0.1:8010/", "https://dav.example.com/")
    assert [accounts.goes_unencrypted(url) for url in urls] == [True, True, False, False]


@pytest.mark.parametrize("password", ["", " "])
def test_an_empty_password_is_not_sent_to_any_server(radicale: CalendarServer, anna: User, password: str) -> None:
    with pytest.raises(accounts.ConnectFailed) as caught:
        accounts.connect(anna, username=USERNAME, password=password, url=radicale.url, now=NOW)
    assert (str(caught.value), caught.value.field) == (
        "Enter the password: without one nothing was sent.",
        "app_password",
    )


def test_what_another_server_refuses_is_not_said_of_apple(radicale: CalendarServer, anna: User) -> None:
    with pytest.raises(accounts.ConnectFailed) as caught:
        accounts.connect(anna, username=USERNAME, password="wrong", url=radicale.url, now=NOW)
    assert (str(caught.value), caught.value.field) == (
        "Not accepted. Check the user name and the password.",
        "app_password",
    )


def test_a_password_pasted_with_blanks_lets_in_and_is_kept_as_apple_writes_it(stranger_to_icloud: World) -> None:
    world = stranger_to_icloud
    plain = world.password
    world.password = f" {plain.replace('-', ' ').upper()} "
    assert (world.connect().password, world.connection.username) == (plain, "anna@example.com")


def test_for_another_server_any_password_is_sent_as_typed(radicale: CalendarServer, anna: User) -> None:
    radicale.add_calendar("work", "Work")
    connection = accounts.connect(anna, username=USERNAME, password=f"{PASSWORD}\n", url=radicale.url, now=NOW)
    assert (connection.password, connection.url) == (PASSWORD, radicale.url)


def test_an_app_specific_password_with_blanks_is_mended_for_another_address_too(
    stranger_to_icloud: World, settings: Settings
) -> None:
    settings.ICLOUD_CALDAV_URL = "https://caldav.icloud.com/"
    world = stranger_to_icloud
    connection = accounts.connect(
        world.user,
        username="anna@example.com",
        password=world.password.replace("-", " "),
        url=world.icloud.entry_url,
        now=NOW,
    )
    assert connection.password == world.password
    assert [line.rpartition(" ")[2] for line in world.asked()][:2] == ["401", "207"]


# --- connecting -----------------------------------------------------------------------------------------------


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
        "There is no calendar server at this address. Check it, or leave it out for iCloud.",
        "",
    )


def test_an_address_without_a_calendar_server_is_refused(stranger_to_icloud: World, settings: Settings) -> None:
    stranger_to_icloud.icloud.faults.html(times=None)
    assert refused(stranger_to_icloud)[0] == (
        "The server does not answer just now, so nothing was changed. Try again in a few minutes."
    )
    settings.ICLOUD_CALDAV_URL = "https://caldav.icloud.com/"
    assert refused(stranger_to_icloud, url=stranger_to_icloud.icloud.entry_url)[0] == (
        "There is no calendar server at this address. Check it, or leave it out for iCloud."
    )


def test_an_address_that_does_not_answer_is_refused(stranger_to_icloud: World) -> None:
    assert refused(stranger_to_icloud, url="http://127.0.0.1:1/") == (
        "The server does not answer just now, so nothing was changed. Try again in a few minutes.",
        "",
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


def test_a_password_in_the_address_is_neither_kept_nor_sent(stranger_to_icloud: World) -> None:
    world = stranger_to_icloud
    url = world.icloud.entry_url.replace("http://", "http://anna:secret@")
    assert (
        accounts.connect(world.user, username="anna@example.com", password=world.password, url=url, now=NOW).url
        == world.icloud.entry_url
    )


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


# --- reconnecting ---------------------------------------------------------------------------------------------


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


def test_a_sync_with_the_old_password_cannot_undo_a_reconnection(world: World) -> None:
    world.now += timedelta(minutes=5)
    [held] = lease(Connection.objects.all(), world.now)
    world.account.revoke_all()
    accounts.reconnect(world.connection, password=world.account.new_app_password(), now=world.now)
    sync = Sync(held, now=world.now)
    assert carry_out(sync, sync.run, SyncRun.Trigger.SCHEDULE).busy is True
    assert (world.connection.needs_attention, world.connection.error_code) == (False, "")


# --- disconnecting --------------------------------------------------------------------------------------------


def test_disconnecting_forgets_password_calendars_events_and_occurrences(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    accounts.disconnect(world.connection)
    counts = [model.objects.count() for model in (Connection, Calendar, Event, Occurrence, SyncRun)]
    assert counts == [0] * 5
    configuration = CalendarConfiguration.objects.get(user=world.user)
    assert (configuration.linked_calendar, world.freshness().state) == (None, "none")


# --- choosing -------------------------------------------------------------------------------------------------


def choices(user: User) -> dict[str, bool]:
    return dict(Calendar.objects.of(user).values_list("name", "is_conflict_calendar"))


def test_the_linked_calendar_blocks_too_and_the_choice_replaces_the_one_before(connected: World) -> None:
    connected.choose("Team", linked="Work")
    assert choices(connected.user) == {"Home": False, "Work": True, "Team": True}
    configuration = CalendarConfiguration.objects.get(user=connected.user)
    assert (configuration.linked_calendar, configuration.saved_at) == (connected.calendar("Work"), connected.now)
    connected.choose("Home", linked="Work")
    assert choices(connected.user) == {"Home": True, "Work": True, "Team": False}


def test_a_formerly_linked_calendar_stays_a_conflict_calendar(world: World) -> None:
    world.choose(linked="Home")
    assert choices(world.user) == {"Home": True, "Work": True, "Team": False}
    world.choose(linked="Home")
    assert choices(world.user) == {"Home": True, "Work": False, "Team": False}


def test_without_a_linked_calendar_bookings_stay_in_kalends(world: World) -> None:
    world.choose("Team")
    assert CalendarConfiguration.objects.get(user=world.user).linked_calendar is None


def test_a_read_only_calendar_cannot_be_linked_and_the_sentence_says_why(connected: World) -> None:
    with pytest.raises(ConfigurationRefused) as caught:
        connected.choose(linked="Team")
    assert str(caught.value) == (
        "“Team” is read-only for you, so bookings cannot be added to it. Choose a calendar with writer’s access, or "
        "let it only block."
    )
    assert CalendarConfiguration.objects.get(user=connected.user).saved_at is None


def test_a_calendar_that_is_gone_can_stay_chosen_but_not_be_chosen_or_linked(world: World) -> None:
    Calendar.objects.filter(name__in=["Work", "Home"]).update(gone_at=world.now)
    world.choose("Work")
    assert choices(world.user) == {"Home": False, "Work": True, "Team": False}
    with pytest.raises(ConfigurationRefused, match="“Home” is no longer in the account, so it cannot be chosen"):
        world.choose("Work", "Home")
    with pytest.raises(ConfigurationRefused, match=r"“Work” is no longer in the account\. Choose another linked"):
        world.choose(linked="Work")


def test_a_calendar_that_is_gone_goes_altogether_when_it_is_unticked(world: World) -> None:
    Calendar.objects.filter(name="Work").update(gone_at=world.now, error_code="calendar_gone")
    world.choose("Home")
    assert choices(world.user) == {"Home": True, "Team": False}


def test_a_calendar_of_somebody_else_cannot_be_chosen(world: World) -> None:
    foreign = CalendarFactory()
    for how in ({"linked": foreign, "conflicts": []}, {"linked": None, "conflicts": [foreign]}):
        with pytest.raises(ConfigurationRefused, match="only be chosen by its owner"):
            accounts.configure(world.user, now=world.now, **how)


def test_what_is_unticked_is_forgotten_and_read_anew_when_it_is_ticked_again(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    world.choose("Home")
    assert (world.known(), busy(world.user, at(0), at(23))) == ({}, [])
    world.choose("Home", "Work")
    assert world.freshness().state == "never_read"
    world.sync()
    assert (world.seen(), world.freshness().state) == (["01.12. 10:00-11:00 Dentist BUSY"], "fresh")


def test_a_choice_is_read_at_the_next_poll(world: World) -> None:
    world.choose("Home")
    assert world.connection.next_sync_at == world.now


def test_after_the_choice_nothing_is_to_be_asked_about(world: World) -> None:
    world.account.add_calendar("Kids")
    world.sync()
    world.choose("Work", linked="Work")
    assert world.calendar("Kids").asked_about is True


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
