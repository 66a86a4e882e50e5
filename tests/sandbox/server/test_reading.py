"""Reading events: GET, multiget, time ranges, and how iCloud's answers differ from each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from sandbox.server.dav.xml import c, d
from tests.sandbox.client import QUERY, VEVENT, at, event


def test_bytes_come_back_as_they_were_sent(client, work):
    data = event(more='X-ODD;X-P="a,b":k\\;ept]]>\r\nDESCRIPTION:' + "ä" * 40 + "\r\n")
    href = f"{work.path}a.ics"
    etag = client.put(href, data).headers["ETag"]
    answer = client.ask("GET", href)
    assert (answer.body, answer.headers["ETag"]) == (data, etag)
    assert client.multiget(work.path, href).data == {href: data}
    assert client.query(work.path).data == {href: data}


def test_head_is_refused_also_for_an_event(client, work):
    answer = client.ask("HEAD", work.put("a.ics", event()))
    assert (answer.status, answer.body) == (400, b"")


def test_calendar_data_is_wrapped_in_cdata_unless_switched(icloud, client, work):
    href = work.put("a.ics", event())
    assert b"<![CDATA[BEGIN:VCALENDAR" in client.multiget(work.path, href).body
    icloud.switches.cdata = False
    text = client.multiget(work.path, href).root.findtext(f".//{c('calendar-data')}")
    assert text.encode() == event()


def test_multiget_takes_hrefs_on_either_host_and_in_any_spelling(icloud, client, account):
    calendar = account.add_calendar("Odd", id="a@b")
    href = calendar.put("x.ics", event())
    given = [f"{icloud.pod_url.rstrip('/')}{href}", href.replace("@", "%40")]
    assert client.multiget(calendar.path, *given).hrefs == [href, href]


@pytest.mark.parametrize(
    ("how", "statuses"), [("404", "404"), ("404-propstat", None), ("left-out", None), ("empty-status", "")]
)
def test_multiget_misses_a_member_in_four_ways(icloud, client, work, how, statuses):
    icloud.switches.multiget_missing = how
    there, missing = work.put("a.ics", event()), f"{work.path}b.ics"
    answer = client.multiget(work.path, there, missing)
    assert answer.status == 207
    assert answer.data == {there: event()}
    assert answer.hrefs == ([there] if how == "left-out" else [there, missing])
    assert answer.statuses.get(missing) == statuses
    if how == "404-propstat":
        assert answer.root.findtext(f"{d('response')}[2]/{d('propstat')}/{d('status')}") == "HTTP/1.1 404 Not Found"


def test_multiget_of_a_collection_is_a_404_member(client, work):
    assert client.multiget(work.path, work.path).statuses == {work.path: "404"}


def test_a_spoilt_member_is_listed_but_never_read(client, work):
    hrefs = [work.put(f"{name}.ics", event(name)) for name in "abc"]
    work.spoil(hrefs[1])
    assert hrefs[1] in client.sync(work.path).hrefs
    answer = client.multiget(work.path, *hrefs)
    assert (list(answer.data), answer.statuses) == ([hrefs[0], hrefs[2]], {hrefs[1]: "404"})
    assert client.ask("GET", hrefs[1]).status == 404
    work.heal(hrefs[1])
    assert list(client.multiget(work.path, *hrefs).data) == hrefs


def test_a_spoilt_member_can_be_left_out_empty_or_fail_its_batch(client, work):
    hrefs = [work.put(f"{name}.ics", event(name)) for name in "ab"]
    work.spoil(hrefs[0], "left-out")
    assert client.multiget(work.path, *hrefs).hrefs == [hrefs[1]]
    work.spoil(hrefs[0], "empty")
    assert client.multiget(work.path, *hrefs).data == {hrefs[0]: b"", hrefs[1]: event("b")}
    work.spoil(hrefs[0], "error")
    assert client.multiget(work.path, *hrefs).status == 500
    assert client.multiget(work.path, hrefs[1]).status == 207


def test_a_fresh_write_is_listed_before_it_can_be_read(icloud, client, work):
    icloud.advance(60)
    icloud.switches.lag_seconds = 30
    href = work.put("a.ics", event())
    assert href in client.sync(work.path).hrefs
    assert client.multiget(work.path, href).statuses == {href: "404"}
    assert client.ask("GET", href).status == 404
    icloud.advance(31)
    assert client.multiget(work.path, href).data == {href: event()}


def test_a_write_is_read_at_once_although_the_clock_was_set_back(icloud, client, work):
    href = work.put("a.ics", event())
    icloud.advance(-86400)
    assert client.multiget(work.path, href).data == {href: event()}


def test_a_fresh_change_can_show_what_was_before(icloud, client, work):
    href = work.put("a.ics", event())
    icloud.advance(60)
    icloud.switches.lag_seconds = 30
    icloud.switches.lag_shows = "old"
    work.put("a.ics", event(end="20261123T120000Z"))
    assert client.multiget(work.path, href).data == {href: event()}
    icloud.advance(31)
    assert client.multiget(work.path, href).data == {href: event(end="20261123T120000Z")}


def test_a_time_range_finds_what_overlaps_it(client, work):
    morning = work.put("a.ics", event("a"))
    work.put("b.ics", event("b", start="20261124T090000Z", end="20261124T100000Z"))
    assert client.query(work.path, "20261123T093000Z", "20261123T110000Z").hrefs == [morning]
    assert client.query(work.path, "20261123T100000Z", "20261123T110000Z").hrefs == []
    assert len(client.query(work.path, "20261123T093000Z").hrefs) == 2


def test_a_time_range_finds_a_series_by_any_of_its_occurrences(client, work, phone):
    href = phone.add(work, "Class", at("2026-11-23 09:30"), rule="FREQ=WEEKLY")
    assert client.query(work.path, "20280110T083000Z", "20280110T084000Z").hrefs == [href]
    assert client.query(work.path, "20280111T083000Z", "20280111T084000Z").hrefs == []


def test_a_moved_occurrence_is_found_where_it_was_and_not_where_it_is(icloud, client, work, phone):
    href = phone.add(work, "Class", at("2026-11-23 09:30"), rule="FREQ=WEEKLY;COUNT=2")
    phone.move_one(href, at("2026-11-30 09:30"), at("2026-12-17 15:00"))
    old, new = ("20261130T000000Z", "20261201T000000Z"), ("20261217T000000Z", "20261218T000000Z")
    assert (client.query(work.path, *old).hrefs, client.query(work.path, *new).hrefs) == ([href], [])
    icloud.switches.moved_occurrences = "by-both"
    assert client.query(work.path, *new).hrefs == [href]


def test_overrides_without_a_master_are_found_by_their_slot(client, work, phone):
    href = phone.receive_invitation(work, "Lecture", at("2026-12-17 15:00"), only=at("2026-11-30 09:30"))
    assert client.query(work.path, "20261130T000000Z", "20261201T000000Z").hrefs == [href]
    assert client.query(work.path, "20261217T000000Z", "20261218T000000Z").hrefs == []


def test_time_range_answers_are_not_the_bytes_of_multiget(icloud, client, work, phone):
    data = (
        event("s", more="RRULE:FREQ=WEEKLY\r\n").replace(b"END:VCALENDAR\r\n", b"")
        + b"BEGIN:VEVENT\r\nUID:s\r\nRECURRENCE-ID:20261130T090000Z\r\nDTSTAMP:20261122T060000Z\r\n"
        b"DTSTART:20261130T110000Z\r\nDTEND:20261130T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    href = work.put("s.ics", data)
    assert client.multiget(work.path, href).data[href] == data
    queried = client.query(work.path, "20261101T000000Z", "20261201T000000Z").data[href]
    assert queried.count(b"X-RECURRENCE-EXCEPTION:True\r\n") == 1
    assert queried.replace(b"X-RECURRENCE-EXCEPTION:True\r\n", b"") == data
    icloud.switches.marks_exceptions = False
    assert client.query(work.path, "20261101T000000Z", "20261201T000000Z").data[href] == data


def test_overrides_can_be_served_with_two_dtstamps(icloud, client, work, phone):
    href = phone.add(work, "Class", at("2026-11-23 09:30"), rule="FREQ=WEEKLY;COUNT=2")
    phone.move_one(href, at("2026-11-30 09:30"), at("2026-12-01 15:00"))
    icloud.switches.doubles_dtstamp = True
    served = client.multiget(work.path, href).data[href]
    assert (served.count(b"DTSTAMP:"), work.resources[href].data.count(b"DTSTAMP:")) == (3, 2)


def test_the_server_can_expand(client, work, phone):
    phone.add(work, "Class", at("2026-11-23 09:30"), rule="FREQ=WEEKLY")
    span = 'start="20261201T000000Z" end="20261220T000000Z"'
    data = f"<C:calendar-data><C:expand {span}/></C:calendar-data>"
    (text,) = client.query(work.path, "20261201T000000Z", "20261220T000000Z", data=data).data.values()
    assert (text.count(b"BEGIN:VEVENT"), b"RRULE" in text, b"DTSTART:20261207T083000Z" in text) == (2, False, True)


def ask(client, path, inner):
    return client.ask("REPORT", path, QUERY.format("", inner), Depth="1")


def test_a_query_without_a_component_is_400_unless_switched(icloud, client, work):
    work.put("a.ics", event())
    assert ask(client, work.path, "").status == 400
    icloud.switches.query_without_component = "207"
    assert len(ask(client, work.path, "").hrefs) == 1


def test_what_icloud_cannot_search_it_answers_with_nothing(client, work):
    work.put("a.ics", event(more="CATEGORIES:Sport\r\n"))
    span = '<C:time-range start="20000101T000000Z" end="20400101T000000Z"/>'
    both = VEVENT.format("") + VEVENT.format("").replace("VEVENT", "VTODO")
    alarm = VEVENT.format(f'<C:comp-filter name="VALARM">{span}</C:comp-filter>')
    todo = f'<C:comp-filter name="VTODO">{span}</C:comp-filter>'
    category = VEVENT.format('<C:prop-filter name="CATEGORIES"><C:text-match>Sport</C:text-match></C:prop-filter>')
    assert [ask(client, work.path, one).hrefs for one in (both, alarm, todo, category)] == [[], [], [], []]


def test_texts_are_found_in_other_properties(client, work):
    href = work.put("a.ics", event("find-me"))
    uid = VEVENT.format('<C:prop-filter name="UID"><C:text-match>FIND</C:text-match></C:prop-filter>')
    absent = VEVENT.format('<C:prop-filter name="CLASS"><C:is-not-defined/></C:prop-filter>')
    assert [ask(client, work.path, one).hrefs for one in (uid, absent)] == [[href], [href]]


def test_a_resource_that_cannot_be_parsed_is_served_all_the_same(client, work):
    data = event().replace(b"DTSTART:20261123T090000Z", b"DTSTART:tomorrow")
    href = work.put("a.ics", data)
    assert client.multiget(work.path, href).data == {href: data}
    assert client.query(work.path, "20261101T000000Z", "20261201T000000Z").hrefs == [href]


def test_answers_are_compressed_for_those_who_ask(icloud, client, work, account):
    path = f"/{account.dsid}/calendars/"
    compressed = client.propfind(path, d("displayname"), depth="1")
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert icloud.log[-1].body_bytes == int(compressed.headers["Content-Length"])
    icloud.switches.gzip = False
    plain = client.propfind(path, d("displayname"), depth="1")
    assert "Content-Encoding" not in plain.headers
    assert plain.body == compressed.body


def test_the_date_header_follows_the_clock(icloud, client):
    icloud.advance(3600 * 24 * 365)
    there = parsedate_to_datetime(client.propfind("/", d("displayname")).headers["Date"])
    assert round((there - datetime.now(UTC)) / timedelta(days=1)) == 365
