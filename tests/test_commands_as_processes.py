"""Commands as a shell runs them: exit codes, JSON alone on standard output, one sentence on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookings.models import Mail
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.any_day import faketime_environment
from tests.factories import MailFactory, ProposalFactory, ServiceFactory, UserFactory, office_hours
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parent.parent
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Manage = Callable[..., Ended]


@pytest.fixture
def manage(shared_database: str) -> Manage:  # noqa: F811
    """Run manage.py on the database of the test; `typed` is its standard input, `more` further environment."""

    def run(*arguments: str, typed: str = "", **more: str) -> Ended:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = {**kept, "DEBUG": "true", "DATABASE_URL": shared_database, **faketime_environment(), **more}
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def monday(hour: int) -> datetime:
    """That hour of next Monday in Berlin."""
    today = datetime.now(BERLIN).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.today
def test_the_road_from_nothing_to_a_booking_on_the_phone(
    manage: Manage, icloud: Sandbox, account: Account, app_password: str
) -> None:
    def go(*arguments: str, typed: str = "") -> Any:
        ended = manage(*arguments, "--json", typed=typed)
        assert (ended.code, ended.err) == (0, ""), ended
        return ended.json

    go("create_staff", "--username", "anna", "--timezone", "Europe/Berlin", typed="a long enough secret\n")
    go("create_service", "--slug", "talk", "--name", "Talk", "--minutes", "60", "--user", "anna")
    apple_id = ("--apple-id", "anna@example.com", "--url", icloud.entry_url)
    connected = go("connect_icloud", "--user", "anna", *apple_id, typed=f"{app_password}\n")
    assert [row["name"] for row in connected["calendars"]] == ["Home", "Work", "Team"]
    go("configure_calendars", "--user", "anna", "--linked", "Home", "--conflict", "Work", "Team")
    assert [row["error"] for row in go("sync_calendars", "--user", "anna")] == [None]
    booking = go("book", "--service", "talk", "--start", monday(10).isoformat(), "--name", "Carla")
    assert go("push_bookings") == [{"booking": booking["id"], "push": "pushed", "error": None}]
    assert [href.rsplit("/", 1)[1] for href in account.calendar("Home").resources] == [f"{booking['uid']}.ics"]
    assert go("audit") == []
    account.revoke_all()
    audited = manage("audit", "--json")
    assert (audited.code, audited.err) == (1, "Kalends and the calendars differ in 3 points.\n")
    assert {row["kind"] for row in audited.json} == {"unread"}


@pytest.fixture
def to_be_told() -> tuple[str, ...]:
    """A decision of which a client is told by mail at once."""
    start = monday(10)
    proposal = ProposalFactory(booking__start=start, booking__end=start + timedelta(hours=1))
    MailFactory(seat=proposal.booking.seat, state="sent")
    return ("decide", "--proposal", str(proposal.pk), "--choice", "cancel")


@pytest.mark.today
def test_mails_that_no_server_takes_are_not_mixed_with_the_answer(manage: Manage, to_be_told: tuple[str, ...]) -> None:
    ended = manage(*to_be_told, "--json")
    assert (ended.code, ended.json["status"]) == (0, "cancelled")
    assert (ended.err.count("Subject: Cancelled: "), ended.out.count("Subject: ")) == (1, 0)


def test_a_mail_server_that_fails_undoes_nothing_and_the_mail_is_tried_again(
    manage: Manage, to_be_told: tuple[str, ...]
) -> None:
    ended = manage(*to_be_told, "--json", EMAIL_URL="smtp://127.0.0.1:1")
    assert (ended.code, ended.json["status"], ended.err) == (0, "cancelled", "")
    mail = Mail.objects.get(kind="cancellation")
    assert (mail.state, mail.error_code, mail.attempts) == ("due", "ConnectionRefusedError", 1)


def test_what_nobody_expected_is_one_sentence_and_a_traceback_only_where_it_is_asked_for(manage: Manage) -> None:
    ended = manage("bookings", "--user", "anna", "--json", DJANGO_SETTINGS_MODULE="tests.broken_settings")
    sentence = "Something unexpected went wrong in Kalends (ZeroDivisionError). Give --traceback to see where."
    assert ended == Ended(1, json.dumps({"error": sentence}, indent=2) + "\n", sentence + "\n")
    traced = manage("bookings", "--user", "anna", "--traceback", DJANGO_SETTINGS_MODULE="tests.broken_settings")
    assert (traced.code, traced.err.startswith("Traceback (most recent call last):")) == (1, True)


@pytest.mark.parametrize("json_too", [True, False])
def test_what_is_not_utf_8_is_refused(manage: Manage, json_too: bool) -> None:
    garbled = os.fsdecode(b"M\xfcller")
    ended = manage("bookings", "--user", garbled, *(["--json"] if json_too else []))
    sentence = "bookings: “M\N{REPLACEMENT CHARACTER}ller” is not UTF-8; see --help."
    assert (ended.code, ended.err) == (2, sentence + "\n")
    assert (json.loads(ended.out) if ended.out else None) == ({"error": sentence} if json_too else None)


@pytest.mark.today
def test_a_refusal_is_exit_two_one_sentence_and_json(manage: Manage) -> None:
    anna = UserFactory(username="anna")
    office_hours(anna)
    ServiceFactory(slug="talk", staff=[anna])
    book = ("book", "--service", "talk", "--name", "Carla", "--json", "--start")
    closed = manage(*book, monday(20).isoformat())
    assert (closed.code, closed.err.count("\n")) == (2, 1)
    assert "). Next openings: " in closed.err
    assert closed.err.startswith(closed.json["error"])
    naive = manage(*book, "2026-12-01T10:00:00")
    sentence = "“2026-12-01T10:00:00” has no time zone. Add one, like 2026-12-01T10:00:00+01:00 or …Z."
    assert naive == Ended(2, json.dumps({"error": sentence}, indent=2, ensure_ascii=False) + "\n", sentence + "\n")
    assert manage(*book[:-2], "--start", "2026-12-01T10:00:00") == Ended(2, "", sentence + "\n")


def test_arguments_that_make_no_sense_are_one_sentence_too(manage: Manage) -> None:
    sentence = "decide: argument --choice: invalid choice: 'maybe' (choose from "
    ended = manage("decide", "--proposal", "1", "--choice", "maybe", "--json")
    assert (ended.code, ended.err.count("\n"), ended.err.startswith(sentence)) == (2, 1, True)
    assert ended.json == {"error": ended.err.strip()}


def test_a_password_is_never_printed_and_what_looks_like_a_normal_one_is_not_sent(manage: Manage) -> None:
    UserFactory(username="anna")
    ended = manage(
        "connect_icloud", "--user", "anna", "--apple-id", "anna@example.com", "--json", typed="Correct1Horse\n"
    )
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "was not sent" in ended.json["error"]
    assert "Correct1Horse" not in ended.out + ended.err


@pytest.mark.parametrize("name", ["busy", "bookings"])
def test_a_database_without_tables_is_one_sentence(manage: Manage, tmp_path: Path, name: str) -> None:
    span = {"busy": ("--from", "2026-12-01T10:00:00Z", "--to", "2026-12-01T11:00:00Z"), "bookings": ()}[name]
    ended = manage(name, "--user", "anna", *span, "--json", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    sentence = "The database cannot be used: no such table: practice_user."
    assert (ended.code, ended.json, ended.err) == (1, {"error": sentence}, sentence + "\n")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DEBUG": "false"}, "SECRET_KEY is not set. Set SECRET_KEY in the environment to a long random text"),
        ({"STALE_POLICY": "maybe"}, "STALE_POLICY is 'maybe'. Set it to one of: pending, no_openings, trust."),
        ({"WORKERS": "many"}, "WORKERS is invalid. Set it to a number, or leave it out."),
    ],
)
def test_settings_that_are_missing_or_make_no_sense_are_said_as_json_too(
    manage: Manage, given: dict[str, str], words: str
) -> None:
    ended = manage("check_connections", "--json", **given)
    assert (ended.code, ended.err.count("\n"), ended.err.startswith(words)) == (1, 1, True)
    assert ended.json == {"error": ended.err.strip()}
    assert manage("check_connections", **given) == Ended(1, "", ended.err)


@pytest.mark.parametrize("command", ["run", "web", "worker"])
@pytest.mark.parametrize("given", [{"DEBUG": "false"}, {"WORKERS": "many"}])
def test_what_serves_refuses_such_settings_so_that_its_unit_is_not_started_again(
    manage: Manage, command: str, given: dict[str, str]
) -> None:
    ended = manage(command, "--json", **given)
    assert (ended.code, ended.json) == (2, {"error": ended.err.strip()})


def test_keys_are_rotated_from_one_process_to_the_next(
    manage: Manage, icloud: Sandbox, account: Account, app_password: str
) -> None:
    UserFactory(username="anna")
    connect = ("connect_icloud", "--user", "anna", "--apple-id", "anna@example.com", "--url", icloud.entry_url)
    assert manage(*connect, typed=f"{app_password}\n", FERNET_KEYS="old").code == 0
    rotated = manage("reencrypt_passwords", FERNET_KEYS="new,old")
    assert rotated == Ended(0, "1 password re-encrypted.\n", "")
    assert manage("sync_calendars", "--json", FERNET_KEYS="new").code == 0
    assert manage("reencrypt_passwords", FERNET_KEYS="old").code == 1
