"""Every fault between Kalends and iCloud: the right state, sentence and next try, nothing unblocked, and on it goes.

Each row is a fault and what follows from it: the error's code, its sentence, seconds to the next try (None: only a
person helps), and how far the calendars are believed a quarter of an hour after the last good read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from connections import accounts
from connections.models import Calendar, Connection, Occurrence
from connections.sync.poll import poll_due
from connections.sync.run import sync_connection
from tests.bookings.practice import HOUR, Practice, berlin
from tests.traps.conftest import turn
from tests.traps.disturbing import (
    BOTH,
    DOUBTED,
    FORBIDDEN,
    GONE,
    NO_HOME,
    NOT_FOUND,
    OLD,
    OWED,
    PASSWORD,
    PORTAL,
    REDIRECTS,
    STRANGER,
    WAITS,
    WELL_AGAIN,
    WITHDRAWN,
    Fault,
    Impatient,
    Outcome,
    fault,
    home_refused,
    of_work,
    status,
    throttled,
    unread,
)
from tests.traps.looking import WELL, blocked, differences, row, state, times

pytestmark = pytest.mark.usefixtures("steady")
LATER = timedelta(minutes=15)


def outcome(practice: Practice) -> Outcome:
    """What the rows say after a fault."""
    connection = Connection.objects.get(pk=practice.connection.pk)
    seconds = connection.next_sync_at and int((connection.next_sync_at - practice.now).total_seconds())
    return connection.error_code, connection.sentence, seconds, state(practice)[2]


def by_sync(practice: Practice) -> None:
    """By the door of a person, a command and a booking."""
    practice.sync()


def by_poll(practice: Practice) -> None:
    """By the door of the schedule."""
    for report in poll_due(practice.now):
        if report.unfinished:
            sync_connection(report.connection, now=practice.now, probed=True)


@pytest.fixture
def stricken(practice: Practice) -> Practice:
    """The dentist at two was read; lunch at twelve is new."""
    practice.icloud.switches.gzip = False
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14))
    practice.poll_later()
    practice.phone.add(practice.account.calendar("Work"), "Lunch", berlin(1, 12))
    practice.later(LATER)
    return practice


@pytest.fixture
def ignore_retry_after(monkeypatch: pytest.MonkeyPatch) -> Impatient:
    """While it lasts nobody waits longer than three quarters of a second."""

    @contextmanager
    def short() -> Iterator[None]:
        with override_settings(TASK_TIMEOUT_SECONDS=0.8), monkeypatch.context() as patience:
            patience.setattr("connections.sync.poll.PROBE_TIMEOUT", 0.7)
            yield

    return short


def mended(practice: Practice) -> tuple[object, ...]:
    """After the fault is over: state, what is missing, whether the token moved on, how much blocks."""
    before = row("Work").sync_token
    practice.icloud.faults.clear()
    connection = Connection.objects.get(pk=practice.connection.pk)
    if connection.needs_attention:
        accounts.reconnect(connection, password=practice.account.new_app_password(), now=practice.now)
    practice.phone.add(practice.account.calendar("Work"), "Dinner", berlin(1, 18))
    practice.later(2 * HOUR)
    practice.sync()
    return state(practice), differences(practice), row("Work").sync_token not in ("", before), len(blocked(practice))


GOOD = (WELL, {}, True, 3)

# --- at the home ------------------------------------------------------------------------------------------

HOME: dict[str, tuple[Fault, Outcome]] = {
    "latency": (fault("slow", 0.02), WELL_AGAIN),
    "reset once": (fault("reset", times=1), WELL_AGAIN),
    "reset": (fault("reset"), WAITS),
    "truncated": (fault("truncate"), PORTAL),
    "length too long": (fault("wrong_length", 100), WAITS),
    "length too short": (fault("wrong_length", -100), PORTAL),
    "closed before": (fault("refuse"), WAITS),
    "closed after": (fault("lost"), WAITS),
    "slow": (fault("slow", 2), WAITS),
    "dripping": (fault("drip", 0.1, 8), WAITS),
    "200 and nothing": (fault("add", status=200, content=b""), PORTAL),
    "200 and a page": (fault("html"), PORTAL),
    "400": (status(400), ("server_refused", "The server refused it (400).", 300, "trusted")),
    "401 once": (fault("unauthorized", times=1), WELL_AGAIN),
    "401": (fault("unauthorized"), PASSWORD),
    "403": (status(403), home_refused(403)),
    "404": (status(404), NO_HOME),
    "410": (status(410), NO_HOME),
    "412": (status(412), home_refused(412)),
    "413": (status(413), home_refused(413)),
    "421": (status(421), WAITS),
    "429": (status(429), throttled()),
    "429, wait": (status(429, retry_after="1800"), throttled(1800)),
    "500": (status(500), WAITS),
    "502 and a page": (fault("html", 502), WAITS),
    "503": (status(503), throttled()),
    "503, wait": (status(503, retry_after="1800"), throttled(1800)),
    "503, wait too short": (status(503, retry_after="1"), throttled()),
    **{f"{code} to the pod": (fault("redirect", "pod", code, times=1), WELL_AGAIN) for code in REDIRECTS},
    **{f"{code} to the stranger": (fault("redirect", "stranger", code), STRANGER) for code in REDIRECTS},
    "a circle": (fault("redirect", "entry"), WAITS),
    "to nowhere": (fault("redirect", ""), PORTAL),
}
BY_POLL = ["reset once", "reset", "slow", "200 and a page", "401 once", "401", "403", "404", "503, wait"]
DOORS = [(name, by_sync) for name in HOME] + [(name, by_poll) for name in [*BY_POLL, "307 to the stranger"]]


@pytest.mark.parametrize(("name", "door"), DOORS)
def test_a_fault_at_the_home_leaves_everything_blocked_and_is_over_when_it_is_over(
    stricken: Practice, ignore_retry_after: Impatient, name: str, door: Callable[[Practice], None]
) -> None:
    strike, expected = HOME[name]
    strike(stricken.icloud.faults, method="PROPFIND", path="calendars")
    with ignore_retry_after():
        door(stricken)
    assert (outcome(stricken), times()) == (expected, BOTH if expected == WELL_AGAIN else OLD)
    assert (mended(stricken), stricken.icloud.stranger_connections) == (GOOD, 0)


# --- while a calendar is read -----------------------------------------------------------------------------

DELTA: dict[str, tuple[Fault, Outcome]] = {
    "latency": (fault("slow", 0.02), WELL_AGAIN),
    "reset once": (fault("reset", times=1), WELL_AGAIN),
    "reset": (fault("reset"), WAITS),
    "truncated": (fault("truncate"), of_work(PORTAL)),
    "length too short": (fault("wrong_length", -100), of_work(PORTAL)),
    "slow": (fault("slow", 2), WAITS),
    "dripping": (fault("drip", 0.1, 8), WAITS),
    "200 and a page": (fault("html"), of_work(PORTAL)),
    "401 once": (fault("unauthorized", times=1), WELL_AGAIN),
    "401": (fault("unauthorized"), PASSWORD),
    "404": (status(404), NOT_FOUND),
    "410": (status(410), NOT_FOUND),
    "421": (status(421), WAITS),
    "429": (status(429), throttled()),
    "502 and a page": (fault("html", 502), WAITS),
    "503": (status(503), throttled()),
    "503, wait": (status(503, retry_after="1800"), throttled(1800)),
    "301 to the stranger": (fault("redirect", "stranger", 301), STRANGER),
    "308 to the pod": (fault("redirect", "pod", 308, times=1), WELL_AGAIN),
    # Without sync-collection everything is listed in another way.
    **{str(code): (status(code), WELL_AGAIN) for code in (400, 403, 412, 500, 507)},
}
AS_BEFORE = ("reset once", "reset", "slow", "401", "404", "421", "502 and a page", "503, wait", "301 to the stranger")
MEMBERS = {name: DELTA[name] for name in AS_BEFORE} | {
    # A batch that brings nothing costs only its members: they are owed, and asked for soon.
    **{name: (DELTA[name][0], OWED) for name in ("truncated", "length too short", "200 and a page", "400", "412")},
    "403": (status(403), FORBIDDEN),
    "413": (status(413), OWED),
    "500": (status(500), OWED),
    "507": (status(507), OWED),
}
READING = [("sync-collection", DELTA, name) for name in DELTA] + [
    ("calendar-multiget", MEMBERS, name) for name in MEMBERS
]


@pytest.mark.parametrize(
    ("report", "table", "name"), READING, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_while_a_calendar_is_read_leaves_everything_blocked_and_is_over_when_it_is_over(
    stricken: Practice,
    ignore_retry_after: Impatient,
    report: str,
    table: dict[str, tuple[Fault, Outcome]],
    name: str,
) -> None:
    strike, expected = table[name]
    strike(stricken.icloud.faults, body=report)
    with ignore_retry_after():
        by_sync(stricken)
    assert (outcome(stricken), times()) == (unread(expected), BOTH if expected == WELL_AGAIN else OLD)
    assert (mended(stricken), stricken.icloud.stranger_connections) == (GOOD, 0)


# --- tokens -----------------------------------------------------------------------------------------------

FACES = ["403-precondition", "403", "409", "410", "412", "500", "507", "207-everything", "207-nothing", "207-error"]


@pytest.mark.parametrize("face", FACES)
def test_an_expired_token_is_no_fault_that_anybody_sees(stricken: Practice, face: str) -> None:
    turn(stricken.icloud, {"expired_token": face})
    stricken.icloud.forget_tokens()
    by_sync(stricken)
    assert (outcome(stricken), times(), differences(stricken)) == (WELL_AGAIN, BOTH, {})
    assert mended(stricken) == GOOD


# --- members ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fate", ["missing", "left-out", "empty", "error"])
def test_a_member_that_never_can_be_read_is_owed_for_a_day_and_then_a_named_problem(
    stricken: Practice, fate: Any
) -> None:
    work = stricken.account.calendar("Work")
    (lunch,) = differences(stricken)
    work.spoil(lunch, fate)
    by_sync(stricken)
    assert (outcome(stricken), times(), list(differences(stricken))) == (OWED, OLD, [lunch])
    for _ in range(5):
        stricken.later(5 * HOUR)
        stricken.sync()
    assert (outcome(stricken)[3], times(), list(differences(stricken))) == ("fresh", OLD, [lunch])
    work.heal(lunch)
    stricken.later(HOUR)
    assert mended(stricken) == GOOD


# --- calendars --------------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Callable[[Practice], object], dict[str, Any], Outcome, list[str]]] = {
    "removed": (lambda one: work_of(one).remove(), {}, GONE, []),
    "removed, 410": (lambda one: work_of(one).remove(), {"removed_calendar": "410"}, GONE, []),
    "shared away": (lambda one: work_of(one).remove(), {"removed_calendar": "403"}, WITHDRAWN, []),
    "made again under its name": (lambda one: made_again(one), {}, GONE, ["Work"]),
    "renamed": (lambda one: work_of(one).rename("Practice"), {}, WELL_AGAIN, []),
    "made read-only": (lambda one: work_of(one).make_read_only(), {}, WELL_AGAIN, []),
    "account at another pod": (lambda one: one.icloud.move_pod(), {}, WELL_AGAIN, []),
    "account at another pod, 421": (lambda one: one.icloud.move_pod("421"), {}, WELL_AGAIN, []),
    "account at another pod, 404": (lambda one: one.icloud.move_pod("404"), {}, WELL_AGAIN, []),
    "account at another pod, 503": (lambda one: one.icloud.move_pod("503"), {}, throttled(), []),
}


def work_of(practice: Practice) -> Any:
    return practice.account.calendar("Work")


def made_again(practice: Practice) -> None:
    work_of(practice).remove()
    practice.account.add_calendar("Work", id="ANOTHER")


@pytest.mark.parametrize("name", CHANGES)
def test_a_calendar_that_changes_hands_never_reads_as_an_empty_one(stricken: Practice, name: str) -> None:
    change, switches, expected, asked_about = CHANGES[name]
    before = row("Work")
    turn(stricken.icloud, switches)
    change(stricken)
    by_sync(stricken)
    after = Calendar.objects.get(pk=before.pk)
    known = list(Occurrence.objects.filter(calendar=after, blocks=True).order_by("start"))
    assert (outcome(stricken), len(known)) == (expected, 2 if expected == WELL_AGAIN else 1)
    new = Calendar.objects.filter(asked_about=False).values_list("name", flat=True)
    assert (after.path, after.is_conflict_calendar, list(new)) == (before.path, True, asked_about)
    stricken.later(2 * HOUR)
    stricken.sync()
    assert (outcome(stricken)[0], after.occurrences.count() > 0) == (
        "" if expected[0] == "throttled" else expected[0],
        True,
    )


def test_a_calendar_that_was_really_emptied_is_believed_a_minute_later(stricken: Practice) -> None:
    work = work_of(stricken)
    by_sync(stricken)
    stricken.icloud.forget_tokens()
    for href in list(work.resources):
        work.delete(href)
    stricken.later(LATER)
    by_sync(stricken)
    assert (outcome(stricken), times()) == (DOUBTED, BOTH)
    stricken.later(timedelta(seconds=60))
    by_poll(stricken)
    assert (outcome(stricken), times(), differences(stricken)) == (WELL_AGAIN, [], {})
