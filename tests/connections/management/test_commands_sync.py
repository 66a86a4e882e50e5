"""connect_icloud, sync_calendars and check_connections: what they print and how they end."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from connections.models import Connection, SyncRun
from connections.problems import sentence
from connections.status.health import NEEDS_CHOICE_CODES
from connections.sync.state import lease
from tests.connections.engine import World, at
from tests.factories import FEED_ADDRESS, NOW, ConnectionFactory, UserFactory, dead_feed
from tests.shell import Answer, ask, refusal, shown

THROTTLED = "iCloud asks Kalends to wait. It tries again by itself."
UNAUTHORIZED = (
    "Apple no longer accepts the app-specific password of anna@example.com. Make a new one at account.apple.com and "
    "reconnect."
)


def sync(world: World, *arguments: object, seconds: float = 300) -> Answer:
    """Five minutes later."""
    world.now += timedelta(seconds=seconds)
    answer = ask("sync_calendars", *arguments, now=world.now)
    for row in answer.json if isinstance(answer.json, list) else []:
        assert row.pop("seconds") < 60
    return answer


def row(
    world: World, *, requests: int = 1, changed: int = 0, error: str | None = None, **more: int
) -> dict[str, object]:
    plain = {"removed": 0, "problems": 0, **more}
    return {"connection": world.pk, "requests": requests, "changed": changed, **plain, "error": error}


# --- connect_icloud -------------------------------------------------------------------------------------------


def connect(world: World, typed: str, monkeypatch: pytest.MonkeyPatch, *more: str) -> Answer:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return ask("connect_icloud", "--user", "anna", "--apple-id", "anna@example.com", *more)


def test_connecting_prints_the_connection_and_its_calendars(
    stranger_to_icloud: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stranger_to_icloud
    answer = connect(world, world.password + "\n", monkeypatch)
    connection = Connection.objects.get()
    work, team = connection.calendars.get(name="Work"), connection.calendars.get(name="Team")
    assert (answer.code, answer.json["connection"]) == (0, connection.pk)
    assert answer.json["calendars"][1:] == [
        {"path": work.path, "name": "Work", "color": "#63DA38", "writable": True},
        {"path": team.path, "name": "Team", "color": "#FF2968", "writable": False},
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abcd-efgh-ijkl-mnop\n", "Not accepted. Mistyped, revoked, or made under another Apple Account."),
        ("Summer2026!\n", None),
        ("", "Enter the password: without one nothing was sent."),
    ],
)
def test_a_password_that_does_not_work_is_exit_two(
    stranger_to_icloud: World, monkeypatch: pytest.MonkeyPatch, typed: str, sentence: str | None
) -> None:
    shape = (
        "This does not look like an app-specific password, so it was not sent. It has four groups of four letters, "
        "like abcd-efgh-ijkl-mnop. Your normal Apple password does not work here."
    )
    assert connect(stranger_to_icloud, typed, monkeypatch) == refusal(sentence or shape)
    assert Connection.objects.count() == 0


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://[::1"])
def test_an_address_that_is_none_is_exit_two(
    stranger_to_icloud: World, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    sentence = "There is no calendar server at this address. Check the address."
    assert connect(stranger_to_icloud, "x\n", monkeypatch, "--url", url) == refusal(sentence)


def test_a_server_that_is_down_is_exit_one(stranger_to_icloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger_to_icloud.icloud.down()
    answer = connect(stranger_to_icloud, stranger_to_icloud.password, monkeypatch)
    sentence = "The server does not answer just now, so nothing was changed. Try again in a few minutes."
    assert answer == Answer(1, {"error": sentence}, sentence)


def test_a_password_is_no_argument(stranger_to_icloud: World) -> None:
    given = ("--user", "anna", "--apple-id", "anna@example.com", "--password", stranger_to_icloud.password)
    with pytest.raises(CommandError, match="unrecognized arguments: --password"):
        call_command("connect_icloud", *given)
    assert (stranger_to_icloud.asked(), Connection.objects.count()) == ([], 0)


def test_an_unknown_user_is_exit_two(connected: World) -> None:
    assert ask("connect_icloud", "--user", "nobody", "--apple-id", "x") == refusal("There is no user “nobody”.")


# --- sync_calendars -------------------------------------------------------------------------------------------


def test_a_sync_prints_what_it_did(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.add("Physio", at(12))
    assert sync(world) == Answer(0, [row(world, requests=3, changed=2)])
    world.phone.delete(href)
    assert sync(world, "--user", "anna") == Answer(0, [row(world, requests=2, removed=1)])
    assert sync(world, "--connection", world.pk) == Answer(0, [row(world)])


def test_an_event_that_cannot_be_read_is_a_problem_and_no_failure(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    assert sync(world) == Answer(0, [row(world, requests=3, problems=1)])
    assert sync(world, seconds=1) == Answer(0, [row(world, problems=1)])  # still, though it was not asked for again


UNREAD = "1 event is listed but could not be read yet. Kalends keeps trying; what is known of it stays."


def test_force_asks_again_for_what_could_not_be_read_and_fails_while_it_stays_unread(world: World) -> None:
    href = world.add("Bad", at(10))
    world.theirs("Work").spoil(href)
    sync(world)
    answer = sync(world, "--force", seconds=1)
    assert answer == Answer(1, [row(world, requests=2, problems=1, error=UNREAD)], UNREAD)
    [told] = ask("check_connections").json
    assert (told["healthy"], told["needs_person"], told["error"]) == (False, False, UNREAD)
    world.theirs("Work").heal(href)
    assert sync(world, "--force", seconds=1) == Answer(0, [row(world, requests=2, changed=1)])
    [told] = ask("check_connections").json
    assert (told["healthy"], told["error"]) == (True, None)


def test_a_full_sync_compares_everything(world: World) -> None:
    world.add("Dentist", at(10))
    sync(world)
    world.asked()
    assert sync(world, "--full") == Answer(0, [row(world, requests=2)])
    assert world.asked() == ["PROPFIND /calendars/ 1 207", "sync-collection /calendars/work/ 0 207"]


def test_a_failure_is_exit_one_with_the_reports(world: World) -> None:
    world.account.revoke_all()
    assert sync(world) == Answer(1, [row(world, requests=2, error=UNAUTHORIZED)], UNAUTHORIZED)
    assert sync(world) == Answer(1, [row(world, requests=2, error=UNAUTHORIZED)], UNAUTHORIZED)


def test_our_own_pauses_are_ignored(world: World) -> None:
    world.icloud.faults.status(500)
    sync(world)
    assert world.connection.failures == 1
    assert sync(world, seconds=1) == Answer(0, [row(world)])


def test_retry_after_is_honoured_unless_forced(world: World) -> None:
    world.icloud.faults.status(503, retry_after="600")
    assert sync(world).code == 1
    assert sync(world) == Answer(1, [row(world, requests=0, error=THROTTLED)], THROTTLED)
    assert sync(world, "--force", seconds=1) == Answer(0, [row(world)])


def test_one_that_fails_does_not_keep_the_others_from_their_sync(world: World) -> None:
    broken = ConnectionFactory(url="http://127.0.0.1:1/", origin="")
    answer = sync(world)
    sentence = "iCloud does not answer just now. Kalends tries again by itself."
    assert [(one["connection"], one["error"]) for one in answer.json] == [(world.pk, None), (broken.pk, sentence)]
    assert (answer.code, answer.error) == (1, sentence)


def test_a_sync_that_needs_several_goes_is_one_report(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connections.sync.run.MAX_TURN_SECONDS", 0)
    for hour in range(120):
        world.add(f"Event {hour}", at(0) + timedelta(hours=hour))
    answer = sync(world)
    assert (answer.code, [one["changed"] for one in answer.json], world.known()) == (0, [120], world.there())
    assert answer.json[0]["requests"] == 3 + 4 + 4  # a delta half of which is known by now is compared with a listing


def test_a_lease_of_a_dead_process_is_waited_out(world: World) -> None:
    lease(Connection.objects.all(), NOW - timedelta(seconds=140))
    assert sync(world).code == 0
    assert SyncRun.objects.filter(trigger="person").count() == 1


def test_what_is_not_there_is_exit_two(world: World) -> None:
    assert ask("sync_calendars", "--connection", 4711) == refusal("There is no connection 4711.")
    assert ask("sync_calendars", "--connection", 10**30).code == 2
    assert ask("sync_calendars", "--user", "nobody") == refusal("There is no user “nobody”.")


@pytest.mark.django_db
def test_without_connections_there_is_nothing_to_do() -> None:
    assert ask("sync_calendars") == Answer(0, [])
    assert shown("sync_calendars") == "There is no connection to sync.\n"


def test_for_people_a_sync_is_one_line(world: World) -> None:
    world.add("Dentist", at(10))
    line = shown("sync_calendars", now=world.now + timedelta(minutes=5))
    assert line.startswith(f"Connection {world.pk}: 1 changed, 0 removed, 0 with a problem, 3 requests, ")


# --- check_connections ----------------------------------------------------------------------------------------


def check(world: World) -> Answer:
    return ask("check_connections", now=world.now)


def test_healthy_connections_are_exit_zero(world: World) -> None:
    world.sync()
    assert check(world) == Answer(
        0,
        [
            {
                "connection": world.pk,
                "user": "anna",
                "account": "anna@example.com",
                "healthy": True,
                "needs_person": False,
                "error": None,
                "as_of": f"{world.now:%Y-%m-%dT%H:%M:%SZ}",
                "next_sync_at": f"{world.now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
            }
        ],
    )


def test_one_that_needs_a_person_is_exit_one_and_named(world: World) -> None:
    world.account.revoke_all()
    world.sync()
    answer = check(world)
    assert (answer.code, answer.error) == (1, "1 of 1 connections needs a person: anna (anna@example.com).")
    assert [(one["healthy"], one["needs_person"], one["error"]) for one in answer.json] == [(False, True, UNAUTHORIZED)]


def test_one_that_only_waits_is_exit_zero_and_says_why(world: World) -> None:
    world.icloud.down()
    world.sync()
    answer = check(world)
    assert (answer.code, [one["error"] for one in answer.json]) == (0, [THROTTLED])


@pytest.mark.parametrize("status", [404, 403])
def test_a_calendar_that_blocks_and_is_there_no_longer_needs_a_person(world: World, status: int) -> None:
    world.choose("Work", "Home", linked="Home")
    world.sync()
    path = world.theirs("Work").path
    world.theirs("Work").remove()
    world.icloud.faults.status(status, path=path, times=None)
    world.now += timedelta(minutes=5)
    world.sync()
    answer = check(world)
    assert (answer.code, answer.json[0]["needs_person"]) == (1, True)
    assert answer.json[0]["error"] in {sentence(code, {"calendar": "Work"}) for code in NEEDS_CHOICE_CODES}


def test_a_calendar_by_web_address_is_told_without_its_address(db: None) -> None:
    feed = dead_feed(UserFactory.create(username="anna"))
    Connection.objects.update(username="club.example…0123abcd")
    answer = ask("check_connections")
    assert answer == Answer(
        0,
        [
            {
                "connection": feed.connection_id,
                "user": "anna",
                "account": "club.example…0123abcd",
                "healthy": False,
                "needs_person": False,
                "error": "The web address does not answer just now. Kalends tries again by itself. If this stays, "
                "check the address, or untick the calendar.",
                "as_of": "2026-10-31T08:00:00Z",
                "next_sync_at": "2036-11-27T08:00:00Z",
            }
        ],
    )
    assert FEED_ADDRESS not in str(answer.json)
