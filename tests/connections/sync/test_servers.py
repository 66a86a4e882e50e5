"""The engine against independent servers: whatever Radicale and Xandikos do otherwise than iCloud, the result is it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections import accounts
from connections.models import Calendar, Connection, Event, Occurrence
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.models import User
from tests.factories import NOW
from tests.ics_text import event
from tests.servers import PASSWORD, USERNAME, CalendarServer


class Served:
    """Anna's account at a server, with a calendar `work`; the clock goes on by five minutes a sync."""

    def __init__(self, server: CalendarServer, user: User) -> None:
        self.server = server
        self.path = server.add_calendar("work", "Work")
        self.connection = accounts.connect(user, username=USERNAME, password=PASSWORD, url=server.url, now=NOW)
        self.now = NOW
        calendar = Calendar.objects.get(path=self.path)
        accounts.configure(user, linked=calendar, conflicts=[], now=NOW)

    def write(self, name: str, summary: str) -> None:
        self.server.write(f"{self.path}{name}.ics", event(name, summary))

    def sync(self, *, full: bool = False) -> SyncReport:
        self.now += timedelta(minutes=5)
        return sync_connection(self.connection.pk, now=self.now, full=full)

    def titles(self) -> list[str]:
        assert Event.objects.exclude(pending_etag="").count() == 0
        return sorted(Occurrence.objects.values_list("summary", flat=True))


@pytest.fixture(params=["radicale", "xandikos"])
def served(request: pytest.FixtureRequest, anna: User) -> Served:
    return Served(request.getfixturevalue(request.param), anna)


def test_what_is_added_changed_and_removed_follows(served: Served) -> None:
    for name in ("a", "b", "c"):
        served.write(name, f"Event {name}")
    report = served.sync()
    assert (report.changed, report.removed, report.error, served.titles()) == (
        3,
        0,
        None,
        ["Event a", "Event b", "Event c"],
    )
    served.write("b", "Changed")
    served.write("d", "New")
    served.server.remove(f"{served.path}a.ics")
    report = served.sync()
    assert (report.requests, report.changed, report.removed) == (3, 2, 1)
    assert served.titles() == ["Changed", "Event c", "New"]


def test_a_poll_without_change_is_one_request(served: Served) -> None:
    served.write("a", "Event a")
    served.sync()
    assert [served.sync().requests for _ in range(3)] == [1, 1, 1]
    assert Calendar.objects.get(path=served.path).fresh_at == served.now


def test_a_forgotten_token_is_no_trouble(served: Served) -> None:
    served.write("a", "Event a")
    served.write("b", "Event b")
    served.sync()
    Calendar.objects.update(sync_token="http://radicale.org/ns/sync/" + "0" * 64)
    served.write("b", "Changed")
    served.server.remove(f"{served.path}a.ics")
    report = served.sync()
    assert (report.changed, report.removed, report.error, served.titles()) == (1, 1, None, ["Changed"])
    assert served.sync().requests == 1


def test_an_emptied_calendar_is_doubted_once_and_then_believed(served: Served) -> None:
    served.write("a", "Event a")
    served.sync()
    served.server.remove(f"{served.path}a.ics")
    assert (served.sync(full=True).removed, served.titles()) == (0, ["Event a"])
    assert (served.sync().removed, served.titles()) == (1, [])


def test_a_removed_calendar_is_gone_and_its_times_stay(served: Served) -> None:
    served.write("a", "Event a")
    served.sync()
    served.server.remove(served.path)
    report = served.sync()
    assert (report.error.code if report.error else "", served.titles()) == ("calendar_gone", ["Event a"])
    assert Connection.objects.get().error_code == "calendar_gone"


def test_a_wrong_password_needs_a_person(served: Served) -> None:
    Connection.objects.update(password="wrong")
    assert (served.sync().requests, Connection.objects.get().needs_attention) == (2, True)
