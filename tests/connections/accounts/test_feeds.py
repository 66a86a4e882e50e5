"""Adding a calendar by its web address, and giving it a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from connections import accounts
from connections.accounts import ConnectFailed, feeds
from connections.freshness import freshness
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from practice.models import User
from tests.factories import NOW
from tests.feed_server import MATCH, SECRET, TRAINING, Fault, FeedServer, event_text, feed_text

pytestmark = pytest.mark.django_db


def refused(user: User, address: str) -> str:
    """The code with which an address is refused; nothing is stored."""
    with pytest.raises(ConnectFailed) as failure:
        accounts.connect_feed(user, address=address, now=NOW)
    assert (failure.value.field, Connection.objects.count()) == ("address", 0)
    assert SECRET not in str(failure.value)
    return failure.value.problem.code


def test_a_feed_is_a_connection_with_one_calendar_that_blocks(user: User, feed_server: FeedServer) -> None:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    calendar = connection.calendars.get()
    assert (connection.provider, connection.url, connection.is_feed) == ("ics", feed_server.url, True)
    assert (calendar.name, calendar.path, calendar.writable) == ("Club", "/", False)
    assert (calendar.is_conflict_calendar, calendar.asked_about, calendar.read_at) == (True, True, NOW)
    assert sorted(Occurrence.objects.values_list("summary", flat=True)) == ["Match", "Training"]
    assert connection.title == "Club"


def test_the_address_is_stored_encrypted_and_nowhere_else(user: User, feed_server: FeedServer) -> None:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    assert connection.password == feed_server.address
    plain = {name: value for name, value in vars(connection).items() if name not in ("password", "_state")}
    assert SECRET not in repr(plain)
    assert SECRET not in repr(connection.account)
    assert SECRET not in f"{connection} {connection.title}"


def test_before_the_first_choice_it_is_ticked_and_only_times_are_read(anna: User, feed_server: FeedServer) -> None:
    connection = accounts.connect_feed(anna, address=feed_server.address, now=NOW)
    calendar = connection.calendars.get()
    assert (calendar.is_conflict_calendar, calendar.read_at, Event.objects.count()) == (True, None, 0)


def test_the_linked_calendar_stays_as_it_is(user: User, feed_server: FeedServer) -> None:
    accounts.connect_feed(user, address=feed_server.address, now=NOW)
    assert CalendarConfiguration.objects.get(user=user).linked_calendar is None
    assert Calendar.objects.two_way().count() == 0


def test_the_file_that_answered_is_read_so_nothing_depends_on_a_second_answer(
    user: User, feed_server: FeedServer
) -> None:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    assert (dict(feed_server.statuses), connection.feed_validators["etag"][:1]) == ({200: 1}, '"')
    assert freshness(user, now=NOW).state == "fresh"
    report = accounts.reconnect_feed(connection, address=f"{feed_server.address}&new", now=NOW)
    assert (dict(feed_server.statuses), report.confirmed, report.complete) == ({200: 2}, 2, True)


def test_a_calendar_without_a_name_is_called_by_its_host(user: User, feed_server: FeedServer) -> None:
    feed_server.data = feed_text(TRAINING, head=[])
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    assert (str(connection.calendars.get()), connection.title) == ("127.0.0.1", "127.0.0.1")


def test_a_file_that_comes_too_slowly_is_not_waited_for(
    user: User, feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.1)
    feed_server.fault = Fault.SLOW
    assert refused(user, feed_server.address) == "not_reached"


def test_the_same_address_twice_is_one_connection(user: User, feed_server: FeedServer) -> None:
    first = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    again = accounts.connect_feed(user, address=f" {feed_server.address} ", now=NOW + timedelta(minutes=1))
    assert (again.pk, Connection.objects.count(), Calendar.objects.count()) == (first.pk, 1, 1)


def test_two_calendars_of_one_host_are_two_connections(user: User, feed_server: FeedServer) -> None:
    accounts.connect_feed(user, address=feed_server.address, now=NOW)
    accounts.connect_feed(user, address=f"{feed_server.url}another.ics", now=NOW)
    assert Connection.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "no_address"),
        ("ftp://club.example/a.ics", "no_address"),
        ("http://club.example/a.ics", "unencrypted"),
        ("https://anna:secret@club.example/a.ics", "user_info"),
        ("https://calendar.google.com/calendar/embed?src=anna", "google_page"),
    ],
)
def test_an_address_that_no_feed_can_have_is_refused_unasked(user: User, address: str, code: str) -> None:
    assert refused(user, address) == code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.HTML, "not_a_feed"),
        (Fault.HALF_A_FILE, "feed_broken"),
        (Fault.STRANGER, "feed_stranger"),
        (Fault.ALWAYS_304, "not_a_feed"),
        (Fault.GZIP_BOMB, "feed_too_large"),
        (401, "feed_locked"),
        (403, "feed_locked"),
        (404, "feed_missing"),
        (410, "feed_missing"),
        (429, "not_reached"),
        (500, "not_reached"),
    ],
)
def test_what_answers_something_else_is_refused(
    user: User, feed_server: FeedServer, fault: Fault | int, code: str
) -> None:
    feed_server.fault = fault
    assert refused(user, feed_server.address) == code


def test_kalends_own_feeds_are_refused_by_their_address_unasked(
    user: User, feed_server: FeedServer, settings: Settings
) -> None:
    settings.BASE_URL = feed_server.url.rstrip("/")
    assert refused(user, f"{feed_server.url}feeds/{SECRET}.ics") == "own_feed"
    assert refused(user, f"{feed_server.url}booking/{SECRET}/feed.ics") == "own_feed"
    assert feed_server.requests == []


def test_kalends_own_feeds_are_refused_by_what_they_say(
    user: User, feed_server: FeedServer, settings: Settings
) -> None:
    settings.BASE_URL = "https://booking.example"
    own = feed_text(TRAINING.replace("END:VEVENT", "URL:https://booking.example/bookings/1/\r\nEND:VEVENT"))
    feed_server.data = own.replace(b"-//Example//Club//EN", b"-//Kalends//Kalends//EN")
    assert refused(user, feed_server.address) == "own_feed"


def test_at_a_new_address_the_same_calendar_keeps_its_choices(user: User, feed_server: FeedServer) -> None:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    Calendar.objects.update(all_day_rule=Calendar.AllDay.NEVER)
    events = set(Event.objects.values_list("pk", flat=True))
    moved = f"{feed_server.url}moved/{SECRET}.ics"
    feed_server.data = feed_text(TRAINING, event_text("party@club.example", "20261206T180000", "20261206T200000"))
    report = accounts.reconnect_feed(connection, address=moved, now=NOW + timedelta(hours=1))
    assert (report.added, report.removed, report.confirmed, report.complete) == (1, 1, 1, True)
    assert (connection.password, Calendar.objects.get().all_day_rule) == (moved, Calendar.AllDay.NEVER)
    assert len(events & set(Event.objects.values_list("pk", flat=True))) == 1


def test_a_new_address_that_does_not_answer_changes_nothing(user: User, feed_server: FeedServer) -> None:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    feed_server.fault = 404
    with pytest.raises(ConnectFailed):
        accounts.reconnect_feed(connection, address=f"{feed_server.url}moved.ics", now=NOW)
    connection.refresh_from_db()
    assert (connection.password, connection.error_code) == (feed_server.address, "")


def test_the_address_of_another_connection_is_no_new_address(user: User, feed_server: FeedServer) -> None:
    other = accounts.connect_feed(user, address=f"{feed_server.url}other.ics", now=NOW)
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    with pytest.raises(ConnectFailed) as failure:
        accounts.reconnect_feed(connection, address=other.password, now=NOW)
    assert failure.value.problem.code == "feed_connected"


def test_disconnecting_leaves_nothing_of_it(user: User, feed_server: FeedServer) -> None:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    accounts.disconnect(connection)
    assert (Connection.objects.count(), Event.objects.count(), Occurrence.objects.count()) == (0, 0, 0)


def test_another_persons_feed_at_the_same_address_is_their_own(user: User, anna: User, feed_server: FeedServer) -> None:
    accounts.connect_feed(user, address=feed_server.address, now=NOW)
    accounts.connect_feed(anna, address=feed_server.address, now=NOW)
    assert Connection.objects.filter(user=anna).count() == 1
    assert feed_server.data == feed_text(TRAINING, MATCH)
