"""Polls that find nothing new end together, and that leaves the rows as if each had been settled alone."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connections import dav
from connections.models import Calendar, CalendarConfiguration, Connection, Event, SyncRun
from connections.sync import home, poll
from connections.sync.home import Probe
from connections.sync.run import Sync, carry_out
from connections.sync.state import lease
from tests.factories import NOW, CalendarFactory, ConnectionFactory, EventFactory, UserFactory
from tests.servers import Served, multistatus, prop, reply

HOME = "/1/calendars/"
QUIET = ("nothing new",)


def listed(*calendars: str, token: str = "7", name: str = "Work", after: str = "") -> bytes:
    """The listing of a home with these calendars."""
    types = "<resourcetype><collection/><C:calendar/></resourcetype>"
    found = (
        prop(f"{HOME}{one}/", f"{types}<displayname>{name}</displayname><sync-token>{token}</sync-token>")
        for one in calendars
    )
    return multistatus(prop(HOME, "<resourcetype><collection/></resourcetype>"), *found, after=after)


class Server:
    """Answers each account as its user name says: `behaviour-number`; `asked` counts its requests."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}
        self.others = ""  # the address of another port of the same host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        username = base64.b64decode(environ["HTTP_AUTHORIZATION"][6:]).decode().partition(":")[0]
        self.asked[username] = self.asked.get(username, 0) + 1
        answer = ANSWERS.get(username.partition("-")[0], ANSWERS["nothing new"])
        return answer(self, self.asked[username])(environ, start_response)


ANSWERS: dict[str, Callable[[Server, int], Any]] = {
    "nothing new": lambda server, count: reply(207, listed("work")),
    "changed": lambda server, count: reply(207, listed("work", token="8")),
    "renamed": lambda server, count: reply(207, listed("work", name="Office")),
    "another calendar": lambda server, count: reply(207, listed("work", "other")),
    "a calendar less": lambda server, count: reply(207, listed()),
    "said otherwise": lambda server, count: reply(207, listed("work", after=f"<sync-token>{count}</sync-token>")),
    "no token": lambda server, count: reply(207, listed("work", token="")),
    "refused once": lambda server, count: reply(401) if count == 1 else reply(207, listed("work")),
    "refused": lambda server, count: reply(401),
    "throttled": lambda server, count: reply(429, retry_after="1800"),
    "failing": lambda server, count: reply(500),
    "vanished": lambda server, count: reply(404),
    "a page": lambda server, count: reply(200, b"<html>Sign in</html>"),
    "elsewhere": lambda server, count: reply(301, location=f"{server.others}1/calendars/"),
    "away": lambda server, count: reply(301, location="https://example.com/1/calendars/"),
}


def calendar_with(**values: Any) -> Callable[[Connection], object]:
    return lambda row: Calendar.objects.filter(connection=row).update(**values)


def connection_with(**values: Any) -> Callable[[Connection], object]:
    return lambda row: Connection.objects.filter(pk=row.pk).update(**values)


def pending(row: Connection) -> None:
    for calendar in Calendar.objects.filter(connection=row):
        EventFactory(calendar=calendar, pending_etag='"2"', pending_since=NOW, pending_next_at=NOW + timedelta(days=1))


def nothing_known(row: Connection) -> None:
    Calendar.objects.filter(connection=row).delete()
    Connection.objects.filter(pk=row.pk).update(listing_digest="")


EARLIER = NOW - timedelta(hours=1)
STANDS: dict[str, Callable[[Connection], object]] = {
    "well": lambda row: None,
    "never listed": connection_with(listing_digest=""),
    "failed before": connection_with(error_code="unavailable", failures=2, failing_since=EARLIER),
    "failed and waited": connection_with(not_before=EARLIER),
    "told of an outage": connection_with(notified_error_code="unavailable"),
    "asked at another host": connection_with(origin="http://127.0.0.1:9"),
    "nothing known": nothing_known,
    "not chosen": calendar_with(is_conflict_calendar=False),
    "unread": calendar_with(probe_token="6"),
    "never read": calendar_with(read_at=None),
    "compared yesterday": calendar_with(compared_at=NOW - timedelta(hours=24)),
    "to be compared": calendar_with(compared_at=None),
    "suspected": calendar_with(mass_deletion_suspected_at=NOW, suspected_deletion_digest="x"),
    "with a problem": calendar_with(error_code="forbidden"),
    "missing": calendar_with(error_code="calendar_missing"),
    "gone": calendar_with(gone_at=EARLIER, error_code="calendar_gone"),
    "pending": pending,
    "fresher": calendar_with(fresh_at=NOW + timedelta(minutes=1)),
}
CASES = [
    *((answer, "well") for answer in ANSWERS),
    *(("nothing new", stand) for stand in STANDS),
    *((answer, "never listed") for answer in ANSWERS),
]


def due_connection(number: int, url: str, answer: str, stand: str) -> Connection:
    """A connection that a poll takes, whose tables follow the listing of "nothing new" unless `stand` says else."""
    user = UserFactory(configuration__saved_at=NOW)
    row = ConnectionFactory(
        user=user, provider="caldav", url=url, origin=url.rstrip("/"), username=f"{answer}-{number}", home_path=HOME,
        next_sync_at=NOW, listing_digest=digest(url),
    )  # fmt: skip
    CalendarFactory(
        connection=row, path=f"{HOME}work/", name="Work", color="", position=0, listed_token="7", probe_token="7",
        sync_token="7", compared_at=EARLIER,
    )  # fmt: skip
    STANDS[stand](row)
    return row


def digest(url: str) -> str:
    with dav.Session(dav.Credentials(url, "nothing new", "x")) as session:
        return session.home_listing(HOME).digest


def one_by_one(now: datetime) -> None:
    """Poll what is due the long way: each over a connection of its own, read, and settled alone."""
    for pk in Connection.objects.due(now).values_list("pk", flat=True):
        [leased] = lease(Connection.objects.filter(pk=pk), now)
        with dav.Session(leased.connection.account) as session:
            try:
                found: home.Look | dav.DavError = dav.despite_one_401(partial(home.look, session, HOME))
            except dav.DavError as error:
                found = error
            probe = Probe(found, session.origin, session.requests, session.answers)
        sync = Sync(leased, now=now)
        carry_out(sync, partial(sync.settle, probe), SyncRun.Trigger.SCHEDULE)


def rows() -> list[list[dict[str, Any]]]:
    """All that a poll may write, with the moments of failures and of their next tries only as far as they are fixed."""
    tables = (Connection, Calendar, CalendarConfiguration, Event, SyncRun)
    found = ([_fixed(row) for row in table.objects.values()] for table in tables)
    return [sorted(some, key=str) for some in found]  # what is new in both has other numbers and another order


def _fixed(row: dict[str, Any]) -> dict[str, Any]:
    drop = {"seconds", "password", *(["id"] if "connection_id" in row else [])}
    row = {name: value for name, value in row.items() if name not in drop}
    if row.get("failures"):
        for name in ("failing_since", "not_before"):
            row[name] = row[name] and round((row[name] - NOW).total_seconds() / 300)
        row["next_sync_at"] = row["next_sync_at"] and row["next_sync_at"] > NOW + timedelta(seconds=299)
    return row


@contextmanager
def undone() -> Iterator[None]:
    """What is written in the block is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def compare(server: Server, url: str, cases: list[tuple[str, str]]) -> None:
    with undone():
        for number, (answer, stand) in enumerate(cases):
            due_connection(number, url, answer, stand)
        with undone():
            server.asked = {}
            one_by_one(NOW)
            alone, asked_alone = rows(), server.asked
        server.asked = {}
        poll.poll_due(NOW)
        assert rows() == alone
        assert server.asked == asked_alone


@pytest.fixture
def server(web: Callable[..., Served]) -> tuple[Server, str]:
    server = Server()
    other = Server()
    server.others = web(other).url
    return server, web(server).url


@pytest.mark.django_db
def test_a_batch_of_everything_leaves_the_rows_of_the_long_way(server: tuple[Server, str]) -> None:
    compare(*server, CASES)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(st.tuples(st.sampled_from(sorted(ANSWERS)), st.sampled_from(sorted(STANDS))), max_size=8))
def test_any_mixture_leaves_the_rows_of_the_long_way(server: tuple[Server, str], cases: list[tuple[str, str]]) -> None:
    compare(*server, cases)


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["nothing new", "said otherwise"])
def test_forty_quiet_polls_need_few_statements(server: tuple[Server, str], answer: str) -> None:
    for number in range(40):
        due_connection(number, server[1], answer, "well")
    with CaptureQueriesContext(
        database,
    ) as captured:
        assert len(poll.poll_due(NOW)) == 40
    work = [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(work) <= 9
    assert set(Connection.objects.values_list("polls", "polled_at", "lease_token")) == {(1, NOW, "")}
    assert set(Calendar.objects.values_list("fresh_at", flat=True)) == {NOW}


@pytest.mark.django_db
def test_an_answer_that_says_the_same_in_other_words_is_known_from_then_on(server: tuple[Server, str]) -> None:
    row = due_connection(1, server[1], "nothing new", "never listed")
    poll.poll_due(NOW)
    row.refresh_from_db()
    assert row.listing_digest == digest(server[1])


@pytest.mark.django_db
def test_who_lost_the_lease_meanwhile_writes_nothing(server: tuple[Server, str]) -> None:
    row = due_connection(1, server[1], "nothing new", "well")
    other = due_connection(2, server[1], "nothing new", "well")

    batch = poll.due.lease_due(NOW)
    Connection.objects.filter(pk=row.pk).update(lease_token="another", lease_until=NOW + timedelta(minutes=9))
    poll.settle_all(batch, _asked(batch), NOW)
    found = dict(Connection.objects.values_list("pk", "lease_token"))
    assert (found, set(Connection.objects.filter(polls=1).values_list("pk", flat=True))) == (
        {row.pk: "another", other.pk: ""},
        {other.pk},
    )


@pytest.mark.django_db
def test_another_time_that_was_asked_for_meanwhile_stays(server: tuple[Server, str]) -> None:
    row = due_connection(1, server[1], "nothing new", "well")
    batch = poll.due.lease_due(NOW)
    Connection.objects.update(next_sync_at=NOW)  # a choice of calendars
    poll.settle_all(batch, _asked(batch), NOW)
    row.refresh_from_db()
    assert (row.next_sync_at, row.lease_until, row.polls) == (NOW, None, 1)


def _asked(batch: list[Any]) -> dict[int, poll.AskedHome]:
    asked = poll._ask_all([one.question for one in batch], time.monotonic() + 30)
    return {one.pk: answer for one, answer in zip(batch, asked, strict=True)}
