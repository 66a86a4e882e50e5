"""What the answers of a server mean: calendars, their privileges, and the members of a listing."""

from __future__ import annotations

import pytest

from connections.dav import Changes, Credentials, RemoteCalendar, Session
from tests.servers import multistatus, prop, reply, script

HOME = "/1/calendars/"


WORK = "/1/calendars/work/"


CALENDAR = "<resourcetype><collection/><C:calendar/></resourcetype>"


MEMBER = prop(f"{WORK}a.ics", '<getetag>"1"</getetag>')


GONE = f"<href>{WORK}b.ics</href><status>HTTP/1.1 404 Not Found</status>"


def said(web, *replies):
    """A session with a server that gives these replies in turn."""
    server = web(script(*replies))
    return Session(Credentials(server.url, "anna", "x"), timeout=5), server


MAY_WRITE = "<current-user-privilege-set><privilege><{}/></privilege></current-user-privilege-set>"


def one_calendar(web, *entries: str) -> list[RemoteCalendar]:
    session, _ = said(web, reply(207, multistatus(*entries)))
    with session:
        return session.calendars(HOME)


def test_what_is_no_event_calendar_is_left_out(web) -> None:
    components = '<C:supported-calendar-component-set><C:comp name="{}"/></C:supported-calendar-component-set>'
    assert [
        c.path
        for c in one_calendar(
            web,
            prop(HOME, "<resourcetype><collection/></resourcetype>"),
            prop(f"{HOME}inbox/", "<resourcetype><collection/><C:schedule-inbox/></resourcetype>"),
            prop(f"{HOME}feed/", "<resourcetype><collection/><CS:subscribed/></resourcetype>"),
            prop(f"{HOME}tasks/", CALENDAR + components.format("VTODO")),
            prop(f"{HOME}lower/", CALENDAR + components.format("vevent")),
            prop(f"{HOME}any", CALENDAR),
        )
    ] == [f"{HOME}lower/", f"{HOME}any/"]


@pytest.mark.parametrize(
    ("written", "color"),
    [
        ("#1badf8ff", "#1BADF8"),
        ("#1BADF8", "#1BADF8"),
        (" #1BADF8FF ", "#1BADF8"),
        ("red", ""),
        ("#12345", ""),
        ("", ""),
        ("#1BADF8;background:url(x)", ""),
    ],
)
def test_a_color_is_six_digits_or_nothing(web, written: str, color: str) -> None:
    (calendar,) = one_calendar(web, prop(WORK, f"{CALENDAR}<A:calendar-color>{written}</A:calendar-color>"))
    assert calendar.color == color


@pytest.mark.parametrize(
    ("privilege", "writable"),
    [
        ("write", True),
        ("write-content", True),
        ("bind", True),
        ("all", True),
        ("read", False),
        ("write-properties", False),
        ("unbind", False),
    ],
)
def test_a_calendar_is_writable_by_the_privileges_that_store_events(web, privilege: str, writable: bool) -> None:
    (calendar,) = one_calendar(web, prop(WORK, CALENDAR + MAY_WRITE.format(privilege)))
    assert calendar.writable is writable


def test_silence_about_privileges_is_read_only_where_others_have_some(web) -> None:
    listed = one_calendar(web, prop(WORK, CALENDAR), prop(f"{HOME}b/", CALENDAR + MAY_WRITE.format("write")))
    assert [calendar.writable for calendar in listed] == [False, True]


def test_silence_about_privileges_everywhere_means_there_is_no_access_control(web) -> None:
    absent = "<propstat><prop><current-user-privilege-set/></prop><status>HTTP/1.1 404 Not Found</status></propstat>"
    listed = one_calendar(web, prop(WORK, CALENDAR), prop(f"{HOME}b/", CALENDAR, more=absent))
    assert [calendar.writable for calendar in listed] == [True, True]


def test_refused_privileges_are_read_only_and_cost_no_other_calendar(web) -> None:
    refused = "<propstat><prop><current-user-privilege-set/></prop><status>HTTP/1.1 403 Forbidden</status></propstat>"
    listed = one_calendar(web, prop(WORK, CALENDAR, more=refused), prop(f"{HOME}b/", CALENDAR))
    assert [calendar.writable for calendar in listed] == [False, False]


@pytest.mark.parametrize(
    ("props", "token"),
    [
        ("<sync-token>s</sync-token><CS:getctag>c</CS:getctag>", "s"),
        ("<CS:getctag>c</CS:getctag>", "c"),
        ("", ""),
    ],
)
def test_the_probe_token_is_the_sync_token_else_the_ctag(web, props: str, token: str) -> None:
    assert [calendar.token for calendar in one_calendar(web, prop(WORK, CALENDAR + props))] == [token]


def test_a_calendar_without_a_name_is_called_by_its_path(web) -> None:
    listed = one_calendar(
        web,
        prop(f"{HOME}gr%C3%BCn/", CALENDAR),
        prop(WORK, f"{CALENDAR}<displayname> Two\n lines </displayname>"),
    )
    assert [calendar.name for calendar in listed] == ["grün", "Two lines"]


@pytest.mark.parametrize("kind", ["shared", "shared-owner"])
def test_a_calendar_shared_either_way_is_shared(web, kind: str) -> None:
    types = f"<resourcetype><collection/><C:calendar/><CS:{kind}/></resourcetype>"
    assert [calendar.shared for calendar in one_calendar(web, prop(WORK, types))] == [True]


def test_a_member_said_to_be_there_and_gone_is_there(web) -> None:
    gone = f"<href>{WORK}a.ics</href><status>HTTP/1.1 404 Not Found</status>"
    for order in ([MEMBER, gone], [gone, MEMBER]):
        session, _ = said(web, reply(207, multistatus(*order, after="<sync-token>2</sync-token>")))
        assert session.changes(WORK, "1") == Changes({f"{WORK}a.ics": '"1"'}, frozenset(), "2", complete=False)


@pytest.mark.parametrize(
    "response",
    [
        f"<href>{WORK}a.ics</href><status></status>",
        f"<href>{WORK}a.ics</href><status>HTTP/1.1 403 Forbidden</status>",
        f"<href>{WORK}a.ics</href><status>HTTP/1.1 500 Oops</status>",
        prop(f"{WORK}a.ics", "<getetag/>", status=404),
    ],
)
def test_a_member_with_an_unclear_status_is_to_be_read_not_removed(web, response: str) -> None:
    session, _ = said(web, reply(207, multistatus(response, after="<sync-token>2</sync-token>")))
    assert session.changes(WORK, "1") == Changes({f"{WORK}a.ics": ""}, frozenset(), "2", complete=False)


def test_a_listing_drops_members_that_are_already_gone(web) -> None:
    session, _ = said(web, reply(207, multistatus(MEMBER, GONE, after="<sync-token>2</sync-token>")))
    assert session.listing(WORK) == Changes({f"{WORK}a.ics": '"1"'}, frozenset(), "2", complete=True)
