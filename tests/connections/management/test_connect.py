"""connect: an account at any provider, or a calendar by its web address."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from connections import accounts
from connections.models import Connection
from practice.models import User
from tests.factories import NOW
from tests.feed_server import FeedServer
from tests.servers import PASSWORD, USERNAME, CalendarServer
from tests.shell import Answer, ask, refusal, shown


def connect(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> Answer:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    return ask("connect", "--user", "anna", *arguments)


def test_a_nextcloud_is_connected_by_the_address_of_its_server(
    cloud: CalendarServer, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cloud.add_calendar("personal", "Personal")
    given = ("--provider", "nextcloud", "--username", USERNAME, "--url", f"{cloud.url}nextcloud")
    answer = connect(monkeypatch, PASSWORD, *given)
    connection = Connection.objects.get()
    assert (connection.provider, connection.user) == ("nextcloud", anna)
    assert answer == Answer(
        0,
        {
            "connection": connection.pk,
            "calendars": [{"path": path, "name": "Personal", "color": "#1BADF8", "writable": True}],
        },
        "",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("nextcloud", "--username", "anna"), "Enter the address of the server, like https://cloud.example.org."),
        (("nextcloud", "--url", "cloud.example.org"), "Enter the login name that Nextcloud’s settings show."),
        (
            ("fastmail", "--username", "anna"),
            "The user name is an e-mail address, like anna@example.com. Check what is missing; nothing was sent.",
        ),
        (("ics", "--username", "anna"), "A calendar by web address has no user name. Leave --username out."),
    ],
)
def test_what_is_missing_is_said_in_the_words_of_the_provider_and_is_exit_two(
    anna: User, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], sentence: str
) -> None:
    assert connect(monkeypatch, "secret", "--provider", *given) == refusal(sentence)


def test_an_address_of_icloud_takes_no_normal_password_whatever_is_chosen(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("--provider", "caldav", "--username", "anna@example.com", "--url", "https://caldav.icloud.com/")
    assert connect(monkeypatch, "Summer2026!", *given) == refusal(
        "This does not look like an app-specific password, so it was not sent. It has four groups of four letters, "
        "like abcd-efgh-ijkl-mnop. Your normal Apple password does not work here."
    )


def test_a_calendar_by_web_address_reads_the_address_from_standard_input(
    feed_server: FeedServer, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = connect(monkeypatch, f"{feed_server.url}club.ics", "--provider", "ics")
    connection = Connection.objects.get()
    assert (answer.code, answer.json["connection"], connection.provider) == (0, connection.pk, "ics")
    assert [calendar["writable"] for calendar in answer.json["calendars"]] == [False]


def test_of_a_calendar_by_web_address_it_is_said_what_it_does_and_what_names_it(
    feed_server: FeedServer, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def added() -> list[str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{feed_server.address}\n"))
        return shown("connect", "--provider", "ics", "--user", "anna").splitlines()

    first = added()
    connection = Connection.objects.get()
    line = f"Added as connection {connection.pk}: “Club” ({connection.username})."
    assert first == [line, "Next: configure_calendars. Until calendars are chosen nobody can book this person."]
    accounts.configure(anna, linked=None, conflicts=[], now=NOW)
    assert added() == [line, "It blocks time from now on, and receives no bookings."]


def test_an_unknown_provider_is_refused(anna: User) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'hotmail'"):
        call_command("connect", "--provider", "hotmail", "--user", "anna")
