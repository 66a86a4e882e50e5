"""PUT and DELETE: what iCloud accepts, what it refuses and how, and what mail it would have sent."""

from __future__ import annotations

import pytest

from sandbox.server.dav.properties import COLOR
from sandbox.server.dav.xml import c, d
from sandbox.server.store.scheduling import SchedulingMail
from tests.sandbox.client import at, event


@pytest.fixture
def href(work):
    """An existing event."""
    return work.put("a.ics", event())


def test_a_new_event_is_201_and_a_changed_one_204_each_with_its_etag(client, work):
    path = f"{work.path}a.ics"
    first = client.put(path, event(), If_None_Match="*")
    second = client.put(path, event(end="20261123T110000Z"), If_Match=first.headers["ETag"])
    assert (first.status, second.status) == (201, 204)
    assert work.resources[path].etag == second.headers["ETag"]
    assert "Schedule-Tag" not in second.headers


def test_the_etag_can_be_left_out(icloud, client, work):
    icloud.switches.etag_on_put = False
    path = f"{work.path}a.ics"
    assert "ETag" not in client.put(path, event()).headers
    etag = client.propfind(path, d("getetag")).found(path, d("getetag")).text
    assert etag == work.resources[path].etag


def test_there_is_no_schedule_tag_to_ask_for(client, href):
    assert client.propfind(href, c("schedule-tag")).found(href, c("schedule-tag")) is None


def test_conditions_that_are_not_met_are_412(client, work, href):
    assert client.put(href, event(), If_None_Match="*").status == 412
    assert client.put(href, event(), If_Match='"stale"').status == 412
    assert client.put(href, event(), If_Match=f"W/{work.resources[href].etag}").status == 412
    assert client.put(f"{work.path}b.ics", event("b"), If_Match='"any"').status == 412
    assert client.ask("DELETE", href, If_Match='"stale"').status == 412
    assert list(work.resources) == [href]


def test_if_match_with_a_star_is_backwards_unless_switched(icloud, client, work, href):
    assert client.put(href, event(), If_Match="*").status == 412
    assert client.put(f"{work.path}b.ics", event("b"), If_Match="*").status == 201
    icloud.switches.wildcard_if_match = "proper"
    assert client.put(href, event(), If_Match="*").status == 204
    assert client.put(f"{work.path}c.ics", event("c"), If_Match="*").status == 412


@pytest.mark.parametrize(("how", "status"), [("404", 404), ("403", 403), ("201", 201)])
def test_an_event_without_an_end_is_refused_as_if_the_calendar_were_gone(icloud, client, work, how, status):
    icloud.switches.no_end = how
    assert client.put(f"{work.path}a.ics", event(end="")).status == status
    assert client.put(f"{work.path}b.ics", event("b", end="", more="DURATION:PT1H\r\n")).status == 201


@pytest.mark.parametrize(
    ("how", "status"), [("403", 403), ("403-precondition", 403), ("409", 409), ("412", 412), ("accepted", 201)]
)
def test_a_uid_stands_once_in_an_account(icloud, client, account, href, how, status):
    icloud.switches.uid_conflict = how
    answer = client.put(f"{account.calendar('home').path}other.ics", event())
    assert answer.status == status
    if how != "accepted":
        assert answer.headers["Location"] == href
        assert account.calendar("home").resources == {}
    if how in {"403-precondition", "409", "412"}:
        assert answer.preconditions == [c("no-uid-conflict")]


def test_a_uid_stands_once_in_a_calendar_and_an_update_keeps_it(client, work, href):
    assert client.put(f"{work.path}b.ics", event()).status == 403
    assert client.put(href, event("another")).status == 403


def test_a_uid_can_linger_after_its_delete(icloud, client, account, href):
    icloud.switches.uid_lag_seconds = 30
    assert client.ask("DELETE", href).status == 204
    other = f"{account.calendar('home').path}b.ics"
    assert client.put(other, event()).status == 403
    icloud.advance(31)
    assert client.put(other, event()).status == 201


def test_a_read_only_calendar_refuses_everything(client, account):
    team = account.calendar("Team")
    href = team.put("a.ics", event())
    for answer in (client.put(f"{team.path}b.ics", event("b")), client.ask("DELETE", href)):
        assert (answer.status, answer.preconditions) == (403, [d("need-privileges")])
    assert list(team.resources) == [href]


@pytest.mark.parametrize(
    ("data", "precondition"),
    [
        (event().replace(b"VEVENT", b"VTODO"), "supported-calendar-component"),
        (event().replace(b"VEVENT", b"VJOURNAL"), "supported-calendar-component"),
        (event().replace(b"VERSION:2.0", b"VERSION:2.0\r\nMETHOD:REQUEST"), "valid-calendar-object-resource"),
        (event().replace(b"UID:A-1\r\n", b""), "valid-calendar-object-resource"),
        (
            event().replace(b"END:VCALENDAR\r\n", event("B-2").split(b"EN\r\n", 1)[1]),
            "valid-calendar-object-resource",
        ),
        (b"hello", "valid-calendar-data"),
        (event().replace(b"END:VEVENT\r\n", b""), "valid-calendar-data"),
    ],
)
def test_what_is_no_single_event_is_403(client, work, data, precondition):
    answer = client.put(f"{work.path}a.ics", data)
    assert (answer.status, answer.preconditions) == (403, [c(precondition)])
    assert work.resources == {}


def test_more_than_20_megabytes_is_413(client, work):
    big = event(more="".join(f"DESCRIPTION:{'x' * 60}\r\n" for _ in range(300_000)))
    assert client.put(f"{work.path}a.ics", big).status == 413


def test_blanks_and_umlauts_in_names_and_uids_are_refused_unless_switched(icloud, client, work):
    assert client.put(f"{work.path}a%20b.ics", event()).status == 403
    assert client.put(f"{work.path}a.ics", event("ä")).status == 403
    icloud.switches.odd_names = "accepted"
    assert client.put(f"{work.path}a%20b.ics", event("ä b")).status == 201


def test_stricter_servers_can_be_had(icloud, client, work):
    zoned = event().replace(b"DTSTART:20261123T090000Z", b"DTSTART;TZID=Europe/Berlin:20261123T090000")
    attempts = [
        (event("a"), "text/plain"),
        (event("b").replace(b"\r\n", b"\n"), "text/calendar"),
        (zoned, "text/calendar"),
    ]

    def statuses():
        return [
            client.put(f"{work.path}{n}.ics", data, Content_Type=kind).status for n, (data, kind) in enumerate(attempts)
        ]

    assert statuses() == [201, 201, 201]
    icloud.switches.strict_content_type = True
    icloud.switches.strict_line_ends = True
    icloud.switches.strict_time_zones = True
    assert statuses() == [403, 403, 403]


def test_a_delete_is_204_and_then_404(client, work, href):
    assert client.ask("DELETE", href, If_Match=work.resources[href].etag).status == 204
    assert client.ask("DELETE", href).status == 404


def test_move_is_412_unless_switched(icloud, client, account, href):
    target = f"{account.calendar('home').path}a.ics"
    assert client.ask("MOVE", href, Destination=icloud.entry_url + target[1:]).status == 412
    icloud.switches.move = "201"
    assert client.ask("MOVE", href, Destination=icloud.entry_url + target[1:]).status == 201
    assert list(account.calendar("home").resources) == [target]


def test_an_event_with_guests_would_have_sent_mail(icloud, client, work):
    path = f"{work.path}a.ics"
    guests = "ORGANIZER:mailto:anna@example.com\r\nATTENDEE;CN=Ben:mailto:ben@example.com\r\n"
    client.put(path, event(more=guests))
    assert icloud.scheduled == [SchedulingMail("invitation", "ben@example.com", "A-1", path)]
    assert b"ATTENDEE;SCHEDULE-STATUS=1.2;CN=Ben:mailto" in work.resources[path].data
    client.ask("DELETE", path)
    assert icloud.scheduled[-1] == SchedulingMail("cancellation", "ben@example.com", "A-1", path)


def test_deleting_an_invitation_would_have_answered_it(icloud, client, work, phone):
    href = phone.receive_invitation(work, "Council", at("2026-11-23 09:30"))
    assert icloud.scheduled == []
    client.ask("DELETE", href)
    assert [(mail.kind, mail.recipient) for mail in icloud.scheduled] == [("reply", "ada@icloud.example")]


def test_schedule_agent_is_not_obeyed_unless_switched(icloud, client, work):
    guests = "ORGANIZER:mailto:anna@example.com\r\nATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:ben@example.com\r\n"
    client.put(f"{work.path}a.ics", event(more=guests))
    assert len(icloud.scheduled) == 1
    icloud.switches.honours_schedule_agent = True
    client.put(f"{work.path}b.ics", event("b", more=guests))
    assert len(icloud.scheduled) == 1


def test_an_event_without_guests_sends_nothing(icloud, client, work, href):
    client.put(href, event(end="20261123T110000Z"))
    client.ask("DELETE", href)
    assert icloud.scheduled == []


MKCALENDAR = (
    '<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><displayname>New</displayname>'
    "{}</prop></set></C:mkcalendar>"
)


def test_a_client_can_make_a_calendar_and_remove_it(client, account):
    path = f"/{account.dsid}/calendars/made/"
    assert client.ask("MKCALENDAR", path, MKCALENDAR.format("")).status == 201
    assert account.calendar("made").name == "New"
    assert client.ask("MKCALENDAR", path, MKCALENDAR.format("")).status == 403
    assert client.ask("DELETE", path).status == 204
    assert client.propfind(path, d("displayname")).status == 404
    assert client.ask("MKCALENDAR", path, MKCALENDAR.format("")).status == 201


def test_there_can_be_a_hundred_calendars_and_no_more(client, account):
    for number in range(100 - len(account.calendars)):
        account.add_calendar(f"Number {number}")
    assert client.ask("MKCALENDAR", f"/{account.dsid}/calendars/made/").status == 403


def test_a_collection_is_for_events_or_for_tasks(client, account):
    both = '<C:comp name="VEVENT"/><C:comp name="VTODO"/>'
    kinds = f"<C:supported-calendar-component-set>{both}</C:supported-calendar-component-set>"
    assert client.ask("MKCALENDAR", f"/{account.dsid}/calendars/made/", MKCALENDAR.format(kinds)).status == 403


@pytest.mark.parametrize(
    ("given", "stored"), [("#FF2D55", "#FF2D55FF"), ("#FF2D5580", "#FF2D5580"), ("red", "#63DA38FF")]
)
def test_names_of_colours_are_accepted_and_ignored(client, work, given, stored):
    body = (
        '<propertyupdate xmlns="DAV:"><set><prop><displayname>Practice</displayname>'
        f'<c:calendar-color xmlns:c="http://apple.com/ns/ical/">{given}</c:calendar-color></prop></set></propertyupdate>'
    )
    answer = client.ask("PROPPATCH", work.path, body)
    assert answer.found(work.path, COLOR) is not None
    assert (work.name, work.color) == ("Practice", stored)


def test_a_calendar_can_become_read_only_later(client, account, work, href):
    work.make_read_only()
    assert client.put(href, event()).status == 403
    work.make_read_only(False)
    assert client.put(href, event()).status == 204
